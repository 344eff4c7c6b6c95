//! `dataset.json`: what a dataset's owner states about it, checked against the files; it does not look into tables.
//!
//! ```json
//! {
//!   "name": "wine", "title": "Wine recognition", "description": "…", "source": "…",
//!   "licence": "CC BY 4.0", "modality": "tabular",
//!   "files": [{"path": "wine.data", "sha256": "…", "bytes": 10782, "columns": ["cultivar", "alcohol"], "skip_lines": 0}],
//!   "columns": {"alcohol": "Alcohol content in percent"},
//!   "combine": "side_by_side"
//! }
//! ```
//!
//! Every field may be missing, and fields of other names, or `columns` of another form, mean nothing
//! here. `license` is read as `licence`. `columns` of a file names the columns of a table without a
//! header; `combine` (`side_by_side`, `stacked`) is needed when that is said of several files.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use digest::Sha256;
use facts::{Combine, Declared, DeclaredFile, DeclaredTable, RawFile};
use serde::Deserialize;
use serde_json::Value;

use crate::error::OpenError;
use crate::inventory::STATEMENT;

/// What `dataset.json` says; empty when there is none.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Statement {
    pub(crate) name: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) source: Option<String>,
    #[serde(alias = "license")]
    pub(crate) licence: Option<String>,
    pub(crate) modality: Option<String>,
    #[serde(default)]
    pub(crate) files: Vec<StatedFile>,
    #[serde(default)]
    pub(crate) columns: Value,
    #[serde(default)]
    pub(crate) combine: Value,
    #[serde(skip)]
    pub(crate) path: Utf8PathBuf,
}

/// What is stated of one file.
#[derive(Debug, Deserialize)]
pub(crate) struct StatedFile {
    pub(crate) path: String,
    sha256: Option<Sha256>,
    bytes: Option<u64>,
    #[serde(default)]
    pub(crate) columns: Value,
    skip_lines: Option<usize>,
}

impl Statement {
    /// Reads the `dataset.json` of a folder.
    pub(crate) fn read(folder: &Utf8Path) -> Result<Self, OpenError> {
        let path = folder.join(STATEMENT);
        let bytes = fs_err::read(&path).map_err(|source| OpenError::Read {
            path: path.clone(),
            source,
        })?;
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let statement: Self =
            serde_json::from_slice(bytes).map_err(|error| OpenError::Statement {
                path: path.clone(),
                message: error.to_string(),
            })?;
        Ok(Self { path, ..statement })
    }

    /// Keeps only what is said of one file, when it is said of that file at all; else everything is dropped.
    pub(crate) fn about(mut self, file: &str) -> Option<Self> {
        let others = self.files.len() > 1;
        self.files.retain(|stated| stated.path == file);
        if self.files.is_empty() {
            return None;
        }
        if others {
            // Two files of one dataset must not get the same id.
            let stem = Utf8Path::new(file).file_stem().unwrap_or(file);
            self.name = self.name.map(|name| format!("{name}-{stem}"));
        }
        Some(self)
    }

    /// Checks that every stated file is there and the one that was meant.
    pub(crate) fn check(&self, files: &[RawFile]) -> Result<(), OpenError> {
        for stated in &self.files {
            let Some(found) = files.iter().find(|file| file.path == stated.path) else {
                let file = stated.path.clone();
                return Err(OpenError::StatedFileMissing {
                    path: self.path.clone(),
                    file,
                });
            };
            let (digest, bytes) = (found.sha256.clone(), found.bytes.to_string());
            for (what, stated_value, found_value) in [
                (
                    "its size in bytes",
                    stated.bytes.map(|bytes| bytes.to_string()),
                    bytes,
                ),
                (
                    "its SHA-256",
                    stated.sha256.map(|digest| digest.to_string()),
                    digest,
                ),
            ] {
                if let Some(value) = stated_value.filter(|value| *value != found_value) {
                    return Err(OpenError::Mismatch {
                        file: stated.path.clone().into(),
                        by: format!("`{}`", self.path),
                        what,
                        found: found_value,
                        stated: value,
                    });
                }
            }
        }
        Ok(())
    }

    /// What is stated about tables and columns.
    pub(crate) fn declared(&self) -> Result<Declared, OpenError> {
        let files: Vec<DeclaredFile> = self.files.iter().filter_map(StatedFile::declared).collect();
        let combine = match (files.len(), Combine::deserialize(&self.combine)) {
            (0, _) => None,
            (1, _) => Some(Combine::Single),
            (_, Ok(combine @ (Combine::SideBySide | Combine::Stacked))) => Some(combine),
            (count, _) => {
                return Err(OpenError::Statement {
                    path: self.path.clone(),
                    message: format!(
                        "it says how {count} files are read, but not whether they `combine` as `side_by_side` or `stacked`"
                    ),
                });
            }
        };
        Ok(Declared {
            table: combine.map(|combine| DeclaredTable { files, combine }),
            meanings: BTreeMap::deserialize(&self.columns).unwrap_or_default(),
        })
    }

    /// The licence as stated, unless that says that there is none.
    pub(crate) fn stated_licence(&self) -> Option<String> {
        let licence = text(&self.licence)?;
        let lower = licence.to_lowercase();
        let unstated = [
            "unstated",
            "unknown",
            "not stated",
            "not specified",
            "none stated",
        ];
        let silent = unstated.iter().any(|start| lower.starts_with(start))
            || matches!(lower.as_str(), "none" | "n/a" | "na" | "?" | "-");
        (!silent).then_some(licence)
    }
}

impl StatedFile {
    fn declared(&self) -> Option<DeclaredFile> {
        let names: Option<Vec<String>> = Deserialize::deserialize(&self.columns).ok();
        let names = names.filter(|names| !names.is_empty());
        (names.is_some() || self.skip_lines.is_some()).then(|| DeclaredFile {
            path: self.path.clone(),
            names,
            names_source: STATEMENT.to_owned(),
            skip_lines: self.skip_lines,
        })
    }
}

/// A stated text without blanks around it; `None` when nothing is left.
pub(crate) fn text(stated: &Option<String>) -> Option<String> {
    stated
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use facts::FileKind;

    fn read(json: &str) -> Result<Statement, OpenError> {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        fs_err::write(root.join(STATEMENT), json).unwrap();
        Statement::read(root).map(|statement| Statement {
            path: STATEMENT.into(),
            ..statement
        })
    }

    fn file(path: &str) -> RawFile {
        RawFile {
            path: path.to_owned(),
            bytes: 3,
            sha256: digest::sha256_bytes("a,b").to_string(),
            kind: FileKind::Delimited,
        }
    }

    #[test]
    fn licences() {
        for (stated, expected) in [
            ("CC BY 4.0", Some("CC BY 4.0")),
            (" MIT ", Some("MIT")),
            ("unstated", None),
            ("Unstated for the data (the repository is GPL-3)", None),
            ("unknown", None),
            ("", None),
        ] {
            let statement = Statement {
                licence: Some(stated.to_owned()),
                ..Statement::default()
            };
            assert_eq!(statement.stated_licence().as_deref(), expected, "{stated}");
        }
    }

    #[test]
    fn unknown_fields_and_forms_mean_nothing() {
        let statement = read("\u{feff}{\"license\": \"MIT\", \"columns\": 14, \"rows\": [1], \"files\": [{\"path\": \"a\", \"columns\": {}}]}").unwrap();
        assert_eq!(statement.stated_licence().as_deref(), Some("MIT"));
        assert_eq!(statement.declared().unwrap(), Declared::default());
    }

    #[test]
    fn tables_are_declared() {
        let json = r#"{"files": [{"path": "a", "columns": ["x"]}, {"path": "b", "skip_lines": 2}], "combine": "side_by_side", "columns": {"x": "an x"}}"#;
        let declared = read(json).unwrap().declared().unwrap();
        let table = declared.table.unwrap();
        assert_eq!((table.files.len(), table.combine), (2, Combine::SideBySide));
        assert_eq!(table.files[0].names.as_deref(), Some(&["x".to_owned()][..]));
        assert_eq!(table.files[1].skip_lines, Some(2));
        assert_eq!(declared.meanings["x"], "an x");
        let error = read(&json.replace("side_by_side", "somehow"))
            .unwrap()
            .declared()
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "`dataset.json` is no description of a dataset: it says how 2 files are read, but not whether they `combine` as `side_by_side` or `stacked`"
        );
    }

    #[test]
    fn files_are_checked() {
        let check = |fields: &str| {
            let statement =
                read(&format!(r#"{{"files": [{{"path": "a.csv"{fields}}}]}}"#)).unwrap();
            statement
                .check(&[file("a.csv")])
                .map_err(|error| error.to_string())
        };
        let digest = digest::sha256_bytes("a,b");
        assert_eq!(check(""), Ok(()));
        assert_eq!(
            check(&format!(r#", "sha256": "{digest}", "bytes": 3"#)),
            Ok(())
        );
        assert_eq!(
            check(r#", "bytes": 4"#).unwrap_err(),
            "`a.csv` is not the file that `dataset.json` states: its size in bytes is 3, not 4"
        );
        let other = "0".repeat(64);
        let expected = format!(
            "`a.csv` is not the file that `dataset.json` states: its SHA-256 is {digest}, not {other}"
        );
        assert_eq!(
            check(&format!(r#", "sha256": "{other}""#)).unwrap_err(),
            expected
        );
        let missing = read(r#"{"files": [{"path": "b.csv"}]}"#)
            .unwrap()
            .check(&[file("a.csv")]);
        assert_eq!(
            missing.unwrap_err().to_string(),
            "`dataset.json` names `b.csv`, which is not there"
        );
    }

    #[test]
    fn bad_json_names_the_place() {
        for (json, message) in [
            ("{", "EOF while parsing an object at line 1 column 1"),
            (
                "[1]",
                "invalid type: integer `1`, expected a string at line 1 column 2",
            ),
            (
                r#"{"name": 3}"#,
                "invalid type: integer `3`, expected a string at line 1 column 10",
            ),
        ] {
            let error = read(json).unwrap_err().to_string();
            assert!(
                error.ends_with(&format!("is no description of a dataset: {message}")),
                "{error}"
            );
        }
    }

    #[test]
    fn one_file_of_several() {
        let json = r#"{"name": "alone", "files": [{"path": "a.csv"}, {"path": "b.csv"}]}"#;
        let about = |file| read(json).unwrap().about(file);
        assert_eq!(about("a.csv").unwrap().name.as_deref(), Some("alone-a"));
        assert!(about("c.csv").is_none());
    }
}
