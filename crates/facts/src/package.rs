//! The files of a package as they stand on disk.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Facts about a package's files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PackageFacts {
    /// Every regular file, sorted by path.
    pub files: Vec<PackageFile>,
    /// Entries that are neither a regular file nor a folder (links, devices) or have a name that is no UTF-8, by path. While
    /// there is one, no other file is listed.
    pub irregular: Vec<String>,
    /// Files that should be texts and are too large to be read as one, by path.
    #[serde(default)]
    pub oversized: Vec<String>,
    /// Text of `description.md`; empty when there is none.
    pub description: String,
    /// Text of `task.toml`; empty when there is none.
    pub manifest_text: String,
    /// Texts of the Python files, by path.
    pub scripts: BTreeMap<String, String>,
    /// How the files compare with the package's own listing; `None` when it has neither listing nor digest.
    pub seal: Option<SealFacts>,
}

impl PackageFacts {
    /// Whether a file of that path exists.
    pub fn has(&self, path: &str) -> bool {
        self.files.iter().any(|file| file.path == path)
    }

    /// The text of a file, of those that are kept as texts.
    pub fn text(&self, path: &str) -> Option<&str> {
        match path {
            "description.md" => Some(&self.description),
            "task.toml" => Some(&self.manifest_text),
            path => self.scripts.get(path).map(String::as_str),
        }
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

/// How the files of a package compare with what was sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealFacts {
    /// Files with other contents than listed.
    pub changed: Vec<String>,
    /// Files that are listed but absent.
    pub missing: Vec<String>,
    /// Files that are present but not listed.
    pub stray: Vec<String>,
    /// The digest that `task.toml` states; empty when it states none.
    pub stated_digest: String,
    /// The digest that the files have; `None` when it could not be computed.
    pub measured_digest: Option<String>,
    /// Why the listing could not be compared: it is missing, or no listing. The lists above are then empty.
    pub unreadable: Option<String>,
}
