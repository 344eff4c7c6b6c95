//! The format's version and JSON Schema.

use crate::Manifest;

/// Major version of the format. Additive fields are allowed within it.
pub const SCHEMA_VERSION: u32 = 1;

/// Why a manifest can't be used.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// Not TOML, or not of the format.
    #[error("`task.toml` is not a manifest of version {SCHEMA_VERSION}")]
    NotAManifest {
        /// Line and column, and what was expected there.
        #[source]
        source: toml::de::Error,
    },
    /// Written by a newer program.
    #[error("the task has format version {found}, this program knows up to {known}")]
    Newer {
        /// Version of the task.
        found: u32,
        /// Newest version known here.
        known: u32,
    },
}

impl FormatError {
    /// What the user can do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotAManifest { .. } => {
                Some("`smith schema task` prints the JSON Schema".to_owned())
            }
            Self::Newer { .. } => Some("use a newer version of this program to read it".to_owned()),
        }
    }
}

/// The JSON Schema of `task.toml`.
pub fn manifest_schema() -> serde_json::Value {
    schemars::schema_for!(Manifest).to_value()
}
