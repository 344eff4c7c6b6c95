//! `lock.json`: the exact artefacts of an environment and the paths and hashes of what is built from them.
//!
//! The Nix expressions read the same file. It holds what was resolved; it decides nothing.

use digest::Sha256;
use serde::{Deserialize, Serialize};

use crate::spec::Numerics;

/// The format that this version of the project reads and writes.
pub(crate) const FORMAT: u32 = 1;

/// An environment, pinned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lock {
    /// Always [`FORMAT`].
    pub(crate) format: u32,
    pub(crate) name: String,
    /// SHA-256 of the `environment.toml` that this lock follows from.
    pub(crate) specification: Sha256,
    pub(crate) python: String,
    pub(crate) imports: Vec<String>,
    pub(crate) numerics: Numerics,
    /// The Debian release that the packages are from.
    pub(crate) release: Release,
    pub(crate) busybox: Busybox,
    /// Packages unpacked into the root.
    pub(crate) debs: Vec<Artefact>,
    /// The wheel that installs the others.
    pub(crate) installer: Artefact,
    pub(crate) wheels: Vec<Artefact>,
    pub(crate) outputs: Outputs,
}

/// A Debian release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Release {
    pub(crate) suite: String,
    /// The point release, such as `12.15`.
    pub(crate) version: String,
    pub(crate) component: String,
    pub(crate) architecture: String,
}

/// A file that has to be downloaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Artefact {
    pub(crate) name: String,
    pub(crate) version: String,
    /// The file's own name.
    pub(crate) file: String,
    /// Where a Debian archive keeps it, from the archive's root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    pub(crate) sha256: Sha256,
    /// Length in bytes.
    pub(crate) size: u64,
}

/// The package with the static busybox, and the folder that is made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Busybox {
    pub(crate) deb: Artefact,
    /// NAR hash of the folder `busybox` with a link per applet.
    pub(crate) nar_sha256: Sha256,
}

/// What is built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outputs {
    /// The unpacked Debian packages.
    pub(crate) root: Output,
    /// The Python environment.
    pub(crate) environment: Output,
    /// The Python task kit.
    pub(crate) kit: Output,
}

/// One result of a build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Output {
    /// Store path of the derivation.
    pub(crate) derivation: String,
    /// Store path of the result.
    pub(crate) path: String,
    /// NAR hash of the result.
    pub(crate) nar_sha256: Sha256,
    /// Length of its archive in bytes.
    pub(crate) nar_bytes: u64,
}

impl Lock {
    /// Reads the text of a `lock.json`.
    pub(crate) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let lock: Self = serde_json::from_str(text)?;
        if lock.format != FORMAT {
            return Err(serde::de::Error::custom(format_args!(
                "format {} is not {FORMAT}",
                lock.format
            )));
        }
        Ok(lock)
    }

    /// The text of a `lock.json`.
    pub(crate) fn render(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a lock has only string keys");
        text.push('\n');
        text
    }

    /// The package `name` of the root.
    pub(crate) fn deb(&self, name: &str) -> Option<&Artefact> {
        self.debs.iter().find(|deb| deb.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Sources;

    #[test]
    fn a_lock_is_written_as_it_is_read() {
        let sources = Sources::embedded();
        let text = sources.lock("tabular").unwrap();
        assert_eq!(Lock::parse(text).unwrap().render(), text);
    }

    #[test]
    fn other_formats_and_fields_are_refused() {
        let sources = Sources::embedded();
        let text = sources.lock("tabular").unwrap();
        let check = |from: &str, to: &str| {
            let error = Lock::parse(&text.replacen(from, to, 1)).unwrap_err();
            error.to_string()
        };
        assert_eq!(check("\"format\": 1", "\"format\": 2"), "format 2 is not 1");
        assert!(
            check("\"format\": 1", "\"format\": 1, \"more\": 0")
                .starts_with("unknown field `more`")
        );
        assert!(
            check("\"sha256\": \"", "\"sha256\": \"x").contains("is not 64 hexadecimal digits")
        );
    }
}
