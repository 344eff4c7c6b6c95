//! Why a dataset was not opened: refused with a reason, or an error of ours or the caller's; never both.

use std::io;

use camino::Utf8PathBuf;
use facts::{Refusal, RefusalReason};

/// A dataset that was not opened.
#[derive(Debug)]
pub enum NotOpened {
    /// The data are unfit: a result with a reason, to be reported as such.
    Refused(Refusal),
    /// The work could not be done.
    Failed(OpenError),
}

impl NotOpened {
    pub(crate) fn refused(reason: RefusalReason, detail: impl Into<String>) -> Self {
        Self::Refused(Refusal {
            reason,
            detail: detail.into(),
        })
    }
}

impl From<OpenError> for NotOpened {
    fn from(error: OpenError) -> Self {
        Self::Failed(error)
    }
}

/// Why a dataset could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A file or folder can't be read.
    #[error("can't read `{path}`")]
    Read {
        /// The file or folder.
        path: Utf8PathBuf,
        /// The reason.
        #[source]
        source: io::Error,
    },
    /// The staging folder can't be written.
    #[error("can't write `{path}`")]
    Write {
        /// The file or folder.
        path: Utf8PathBuf,
        /// The reason.
        #[source]
        source: io::Error,
    },
    /// There is more than anyone would mean to give.
    #[error("`{folder}` holds more than {limit}")]
    TooLarge {
        /// The folder.
        folder: Utf8PathBuf,
        /// The limit that was passed, e.g. `100000 files`.
        limit: String,
    },
    /// What would be written lies inside the folder that is to be read.
    #[error("`{staging}` lies inside the dataset's folder `{folder}`")]
    StagingInside {
        /// The dataset's folder.
        folder: Utf8PathBuf,
        /// The folder to be written.
        staging: Utf8PathBuf,
    },
    /// `dataset.json` is not what it should be.
    #[error("`{path}` is no description of a dataset: {message}")]
    Statement {
        /// The file.
        path: Utf8PathBuf,
        /// What is wrong with it, with line and column where there is one.
        message: String,
    },
    /// `dataset.json` names a file that is not there.
    #[error("`{path}` names `{file}`, which is not there")]
    StatedFileMissing {
        /// The `dataset.json`.
        path: Utf8PathBuf,
        /// The file that it names.
        file: String,
    },
    /// A file is not the one that was stated.
    #[error("`{file}` is not the file that {by} states: {what} is {found}, not {stated}")]
    Mismatch {
        /// The file.
        file: Utf8PathBuf,
        /// Who states it.
        by: String,
        /// `its SHA-256` or `its size in bytes`.
        what: &'static str,
        /// What was found.
        found: String,
        /// What was stated.
        stated: String,
    },
    /// A data set inside a package was asked for, without the environment that has the package.
    #[error("`{spec}` is read from the Python environment, and there is none")]
    NoEnvironment {
        /// What was asked for.
        spec: String,
    },
}

impl OpenError {
    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Read { path, source } if source.kind() == io::ErrorKind::PermissionDenied => {
                Some(format!(
                    "give yourself the right to read it: `chmod -R u+rX {path}`"
                ))
            }
            Self::Read { .. } => None,
            Self::Write { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                Some("free some space, or choose another output folder".to_owned())
            }
            Self::Write { .. } => None,
            Self::TooLarge { .. } => Some(
                "give the folder that holds the data of one dataset, not one above it".to_owned(),
            ),
            Self::StagingInside { .. } => Some("choose an output folder outside of it".to_owned()),
            Self::Statement { .. } => {
                Some("fix it, or give it another name if it is data".to_owned())
            }
            Self::StatedFileMissing { .. } => {
                Some("put the file there, or take it out of `files`".to_owned())
            }
            Self::Mismatch { by, .. } => Some(format!(
                "get the file again, or correct {by} if the change is meant"
            )),
            Self::NoEnvironment { .. } => {
                Some("build it with `cargo xtask sandbox build`".to_owned())
            }
        }
    }
}
