//! What can be wrong with a file that hostile code wrote, and what can go wrong with us.
//!
//! Two types, because one is a finding about the author and the other an error of ours.

use camino::Utf8PathBuf;

/// Why a file is not taken. Says something about who wrote it, not about us.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no such file.
    #[error("`{name}` was not written")]
    Missing {
        /// Path in the folder.
        name: String,
    },
    /// It is there, but not as a regular file: a link, a pipe, a socket, a device, a folder.
    #[error("`{name}` is {kind}, not a regular file")]
    NotRegular {
        /// Path in the folder.
        name: String,
        /// What it is, with its article.
        kind: &'static str,
    },
    /// The file has other names too.
    #[error("`{name}` has {links} hard links")]
    HardLinked {
        /// Path in the folder.
        name: String,
        /// How many names it has.
        links: u64,
    },
    /// The file, or the tree with it, is too large.
    #[error("`{name}` takes more than the {max_bytes} bytes allowed")]
    TooLarge {
        /// Path in the folder.
        name: String,
        /// The limit.
        max_bytes: u64,
    },
    /// The tree has too many files or folders.
    #[error("more than {max_entries} files and folders were written")]
    TooMany {
        /// The limit.
        max_entries: u64,
    },
    /// Folders are nested too deeply.
    #[error("`{name}` is nested more than {max_depth} folders deep")]
    TooDeep {
        /// Path in the folder.
        name: String,
        /// The limit.
        max_depth: usize,
    },
    /// The name is not a plain relative UTF-8 path.
    #[error("`{name}` is not a name that can be published")]
    Name {
        /// The name; what is not UTF-8 is replaced.
        name: String,
    },
    /// Whoever wrote it took our right to read it.
    #[error("`{name}` can't be read: its permissions forbid it")]
    Unreadable {
        /// Path in the folder.
        name: String,
    },
}

/// Why taking files out could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CollectError {
    /// The folder itself could not be opened.
    #[error("could not open the folder `{path}`")]
    Folder {
        /// Path on the host.
        path: Utf8PathBuf,
        /// What the kernel said.
        #[source]
        source: std::io::Error,
    },
    /// A file could not be read.
    #[error("could not read `{name}`")]
    Read {
        /// Path in the folder.
        name: String,
        /// What the kernel said.
        #[source]
        source: std::io::Error,
    },
    /// The copy could not be written.
    #[error("could not write the copy of `{name}`")]
    Write {
        /// Path in the folder.
        name: String,
        /// What the kernel said.
        #[source]
        source: std::io::Error,
    },
}

impl CollectError {
    /// The class of this error.
    #[must_use]
    pub fn fault(&self) -> process::Fault {
        match self {
            Self::Folder { .. } | Self::Write { .. } => process::Fault::Setup,
            Self::Read { .. } => process::Fault::Transient,
        }
    }

    /// What the user can do, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Write { .. } => Some("check free space and permissions of the target".to_owned()),
            Self::Folder { .. } | Self::Read { .. } => None,
        }
    }
}

/// `Err`: we could not do it; `Ok(Err)`: what is there is not acceptable.
pub type Checked<T> = Result<Result<T, Refusal>, CollectError>;
