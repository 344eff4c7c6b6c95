//! The files of a package as they stand on disk.

use serde::{Deserialize, Serialize};

/// Facts about a package's files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PackageFacts {
    /// Every regular file, sorted by path.
    pub files: Vec<PackageFile>,
    /// Entries that are neither a regular file nor a folder (links, devices), by path.
    pub irregular: Vec<String>,
    /// Text of `description.md`; empty when there is none.
    pub description: String,
    /// Text of `task.toml`; empty when there is none.
    pub manifest_text: String,
}

impl PackageFacts {
    /// Whether a file of that path exists.
    pub fn has(&self, path: &str) -> bool {
        self.files.iter().any(|file| file.path == path)
    }
}

/// One file of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageFile {
    /// Path inside the package, with `/`.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of the contents, lower-case hex.
    pub sha256: String,
}
