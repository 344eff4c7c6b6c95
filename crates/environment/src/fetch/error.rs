//! Why artefacts could not be fetched.

use std::io;

use camino::Utf8PathBuf;
use digest::Sha256;
use process::{Fault, ProcessError};

/// Why artefacts could not be fetched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// A folder or file of the cache can't be used.
    #[error("can't use `{path}` in the cache of artefacts")]
    Cache {
        /// The folder or file.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// No pip was found.
    #[error("pip is not installed")]
    NoPip,
    /// pip ran and failed.
    #[error("pip could not download the wheels")]
    Pip {
        /// What pip said.
        #[source]
        source: ProcessError,
    },
    /// Neither apt nor a setting names a Debian archive.
    #[error(
        "no source of Debian packages is known: apt names none, and `debian_mirror` is not set"
    )]
    NoDebianSource,
    /// There is no program that can download a file.
    #[error("nothing here can download a file: neither apt, curl, wget nor python3 is installed")]
    NoDownloader,
    /// Every known archive was asked.
    #[error("no Debian archive gave `{file}`: {tried}")]
    Unavailable {
        /// Path of the file in the archive.
        file: String,
        /// Each archive with its answer.
        tried: String,
    },
    /// A file arrived with other bytes than the lock states.
    #[error("`{file}` arrived with other bytes: SHA-256 {actual}, expected {expected}")]
    Mismatch {
        /// Name of the file.
        file: String,
        /// What the lock states.
        expected: Sha256,
        /// What arrived.
        actual: Sha256,
    },
    /// A file that was asked for did not arrive.
    #[error("`{file}` did not arrive")]
    Missing {
        /// Name of the file.
        file: String,
    },
    /// The signature of a Debian archive's index can't be checked, or is wrong.
    #[error("the signature of the archive's index is not confirmed")]
    Signature {
        /// What gpgv said.
        #[source]
        source: ProcessError,
    },
}

impl FetchError {
    /// The class of trouble.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::Cache { .. }
            | Self::NoPip
            | Self::NoDebianSource
            | Self::NoDownloader
            | Self::Signature { .. }
            | Self::Mismatch { .. } => Fault::Setup,
            // A pip that has no index at all looks the same as a broken connection.
            Self::Pip { .. } | Self::Unavailable { .. } | Self::Missing { .. } => Fault::Transient,
        }
    }

    /// What to change.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let mirror = "set `SMITH_DEBIAN_MIRROR` to the address (or folder) of a Debian archive that carries bookworm, \
                      such as the one in the apt sources of a Debian machine of yours";
        Some(match self {
            Self::Cache { .. } => "set `SMITH_HOME` to a folder that you can write, with 2 GB of space".to_owned(),
            Self::NoPip => "install pip for python3 (`python3 -m pip --version` has to work)".to_owned(),
            Self::Pip { .. } => "pip needs a package index: `PIP_INDEX_URL`, `PIP_FIND_LINKS` and `HTTPS_PROXY` are honoured"
                .to_owned(),
            Self::NoDebianSource | Self::Unavailable { .. } => mirror.to_owned(),
            Self::NoDownloader => "install curl".to_owned(),
            Self::Mismatch { file, .. } => format!("the source gives a changed `{file}`: use another mirror"),
            Self::Missing { .. } => "try again".to_owned(),
            Self::Signature { .. } => "install `gpgv` and `debian-archive-keyring`".to_owned(),
        })
    }
}
