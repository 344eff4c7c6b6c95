//! Why an environment is not there: one enum for everything that callers ask of this crate.

use std::io;

use camino::Utf8PathBuf;
use process::Fault;

use crate::fetch::FetchError;
use crate::realise::RealiseError;

/// Why an environment is not there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnvironmentError {
    /// There is no environment of this name.
    #[error("there is no environment `{name}`")]
    Unknown {
        /// What was asked for.
        name: String,
        /// Those that exist.
        known: Vec<String>,
    },
    /// The environment was never locked.
    #[error("the environment `{name}` has no lock")]
    NoLock {
        /// Its name.
        name: String,
    },
    /// The lock can't be read.
    #[error("the lock of the environment `{name}` can't be read")]
    Lock {
        /// Its name.
        name: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// The lock was made from other files than those beside it.
    #[error("the lock of the environment `{name}` is stale: {part} changed since")]
    Stale {
        /// Its name.
        name: String,
        /// What changed.
        part: &'static str,
    },
    /// The specification can't be read.
    #[error("`{name}/environment.toml` can't be read")]
    Spec {
        /// Name of the environment.
        name: String,
        /// What is wrong with it.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// The specification can't be resolved to exact files.
    #[error("`{name}/environment.toml` can't be resolved: {reason}")]
    Resolve {
        /// Name of the environment.
        name: String,
        /// What is missing.
        reason: String,
    },
    /// A file can't be read or written.
    #[error("can't use `{path}`")]
    File {
        /// The file or folder.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The indexes that a lock is made from can't be fetched.
    #[error("the environment `{name}` could not be locked")]
    Fetch {
        /// Its name.
        name: String,
        /// What went wrong.
        #[source]
        source: FetchError,
    },
    /// It could not be built.
    #[error("the environment `{name}` could not be realised")]
    Realise {
        /// Its name.
        name: String,
        /// What went wrong.
        #[source]
        source: RealiseError,
    },
    /// A store path no longer has the bytes that it was built with.
    #[error("`{path}` was changed after it was built")]
    Changed {
        /// The store path.
        path: String,
        /// Where it is on this machine.
        host: Utf8PathBuf,
    },
}

impl EnvironmentError {
    /// The class of trouble.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::Unknown { .. }
            | Self::Resolve { .. }
            | Self::File { .. }
            | Self::Changed { .. } => Fault::Setup,
            Self::NoLock { .. } | Self::Lock { .. } | Self::Stale { .. } | Self::Spec { .. } => {
                Fault::Bug
            }
            Self::Fetch { source, .. } => source.fault(),
            Self::Realise { source, .. } => source.fault(),
        }
    }

    /// What to change.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unknown { known, .. } => {
                Some(format!("the environments are: {}", known.join(", ")))
            }
            Self::Stale { part, .. } if *part == KIT => Some(
                "in a checkout: `cargo xtask sandbox lock kit`, which needs no network".to_owned(),
            ),
            Self::NoLock { name } | Self::Stale { name, .. } | Self::Lock { name, .. } => {
                Some(format!("in a checkout: `cargo xtask sandbox lock {name}`"))
            }
            Self::Fetch { source, .. } => source.hint(),
            Self::Realise { source, .. } => source.hint(),
            Self::Changed { host, .. } => {
                Some(format!("delete `{host}`; the next run builds it again"))
            }
            Self::Spec { .. } | Self::Resolve { .. } | Self::File { .. } => None,
        }
    }
}

/// How [`EnvironmentError::Stale`] names the task kit.
pub(crate) const KIT: &str = "the task kit";
