//! Why a ledger could not be used, and what to do about it.

use std::io;

use camino::Utf8PathBuf;
use digest::CanonicalError;

/// Why a ledger could not be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Another run holds it.
    #[error("the ledger `{folder}` is in use by {holder}")]
    Locked {
        /// The ledger.
        folder: Utf8PathBuf,
        /// `process 1234`, or `another process`.
        holder: String,
    },
    /// It was written by a later version of the program.
    #[error("the ledger `{folder}` has format {found}, and this program writes format {known}")]
    Newer {
        /// The ledger.
        folder: Utf8PathBuf,
        /// Its major version.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// A line before the last is no event.
    #[error("line {line} of `{path}` is no event")]
    Damaged {
        /// The log.
        path: Utf8PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// There is no ledger.
    #[error("there is no ledger `{folder}`")]
    Missing {
        /// Where it was looked for.
        folder: Utf8PathBuf,
    },
    /// A file of it can't be read.
    #[error("can't read `{path}`")]
    Read {
        /// The file.
        path: Utf8PathBuf,
        /// The reason.
        #[source]
        source: io::Error,
    },
    /// A file of it can't be written.
    #[error("can't write `{path}`")]
    Write {
        /// The file.
        path: Utf8PathBuf,
        /// The reason.
        #[source]
        source: io::Error,
    },
    /// An event holds a number that JSON has not: a mistake of ours.
    #[error("an event can't be written as JSON")]
    Unwritable {
        /// The reason.
        #[source]
        source: CanonicalError,
    },
}

impl LedgerError {
    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Locked { .. } => {
                Some("wait for that run to end, or choose another output folder".to_owned())
            }
            Self::Newer { .. } => Some(
                "use the version of the program that wrote it, or choose another output folder"
                    .to_owned(),
            ),
            Self::Damaged { path, .. } => Some(format!(
                "move `{}` away to start anew",
                path.parent().unwrap_or(path)
            )),
            Self::Missing { .. } => Some("nothing was generated there yet".to_owned()),
            Self::Write { source, .. } if source.kind() == io::ErrorKind::StorageFull => Some(
                "free some space and run the same command again: finished stages are kept"
                    .to_owned(),
            ),
            Self::Read { .. } | Self::Write { .. } | Self::Unwritable { .. } => None,
        }
    }
}
