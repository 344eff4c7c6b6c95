//! Why there is no profile or no split facts. A refusal is a result with a reason; an error says what the host lacks.

use camino::Utf8PathBuf;
use facts::{Refusal, RefusalReason};

/// Why a dataset has no profile.
#[derive(Debug, thiserror::Error)]
pub enum ProfileOutcome {
    /// The data don't make a task: a result, with its reason.
    #[error("dataset refused as `{}`", .0.reason.as_str())]
    Refused(Refusal),
    /// The work could not be done.
    #[error(transparent)]
    Failed(#[from] ReadError),
}

/// Why a file could not be looked at; nothing is said about its contents.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The host does not let us read it.
    #[error("no permission to read `{path}`")]
    Permission {
        /// The file.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// It is not there any more.
    #[error("`{path}` does not exist")]
    Missing {
        /// The file.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Another failure of the file system.
    #[error("could not read `{path}`")]
    Io {
        /// The file.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

impl ReadError {
    /// Sorts what the file system said by what a person can do about it.
    pub(crate) fn new(path: impl Into<Utf8PathBuf>, source: std::io::Error) -> Self {
        let path = path.into();
        match source.kind() {
            std::io::ErrorKind::PermissionDenied => Self::Permission { path, source },
            std::io::ErrorKind::NotFound => Self::Missing { path, source },
            _ => Self::Io { path, source },
        }
    }

    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Permission { path, .. } => Some(format!("make it readable: `chmod u+r {path}`")),
            Self::Missing { .. } => {
                Some("the dataset's folder changed while it was read; run again".to_owned())
            }
            Self::Io { .. } => None,
        }
    }
}

/// Why a split could not be measured at all. Defects of its files are facts, see [`facts::SplitFacts::incomplete`].
#[derive(Debug, thiserror::Error)]
#[error("could not read the prepared files")]
pub struct SplitError(#[source] pub(crate) ReadError);

impl SplitError {
    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        self.0.hint()
    }
}

/// A refusal of that reason.
pub(crate) fn refusal(reason: RefusalReason, detail: impl Into<String>) -> Refusal {
    Refusal {
        reason,
        detail: detail.into(),
    }
}

/// A refusal because a file can't be read.
pub(crate) fn unreadable(path: &str, why: impl std::fmt::Display) -> Refusal {
    refusal(
        RefusalReason::Unreadable,
        format!("`{path}` can't be read as a table: {why}."),
    )
}
