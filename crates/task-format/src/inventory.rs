//! `MANIFEST`: one line per file, `role  sha256  bytes  path`, sorted by path.

use std::fmt::Write as _;

use crate::{INVENTORY, Role, role_of};

/// The listing of a package's files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// Sorted by path.
    pub entries: Vec<InventoryEntry>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventoryEntry {
    /// What the file is for.
    pub role: Role,
    /// SHA-256 of the contents, lower-case hex.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Path inside the package.
    pub path: String,
}

/// Why a listing can't be made or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InventoryError {
    /// A file that the format has no place for.
    #[error("`{0}` has no place in a task package")]
    Stray(String),
    /// A line that is not `role  sha256  bytes  path`.
    #[error("line {0} of `{INVENTORY}` is not `role  sha256  bytes  path`")]
    Line(usize),
}

impl Inventory {
    /// Lists files given as (path, sha256, bytes).
    ///
    /// # Errors
    ///
    /// When a path has no role in the format.
    pub fn new(
        files: impl IntoIterator<Item = (String, String, u64)>,
    ) -> Result<Self, InventoryError> {
        let mut entries = Vec::new();
        for (path, sha256, bytes) in files {
            let role = role_of(&path).ok_or_else(|| InventoryError::Stray(path.clone()))?;
            entries.push(InventoryEntry {
                role,
                sha256,
                bytes,
                path,
            });
        }
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { entries })
    }

    /// Renders the file.
    pub fn render(&self) -> String {
        let mut out = String::new();
        for entry in &self.entries {
            writeln!(
                out,
                "{}  {}  {}  {}",
                entry.role.as_str(),
                entry.sha256,
                entry.bytes,
                entry.path
            )
            .expect("writing to a string can't fail");
        }
        out
    }

    /// Parses the file.
    ///
    /// # Errors
    ///
    /// When a line is malformed or its role is not that of its path.
    pub fn parse(text: &str) -> Result<Self, InventoryError> {
        let mut entries = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let malformed = || InventoryError::Line(index + 1);
            let mut cells = line.splitn(4, "  ");
            let mut cell = || cells.next().ok_or_else(malformed);
            let (role, sha256, bytes, path) = (cell()?, cell()?, cell()?, cell()?);
            let known = role_of(path).ok_or_else(|| InventoryError::Stray(path.to_owned()))?;
            if known.as_str() != role || sha256.len() != 64 {
                return Err(malformed());
            }
            let bytes = bytes.parse().map_err(|_| malformed())?;
            entries.push(InventoryEntry {
                role: known,
                sha256: sha256.to_owned(),
                bytes,
                path: path.to_owned(),
            });
        }
        Ok(Self { entries })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing() -> Inventory {
        Inventory::new([
            ("public/train.csv".to_owned(), "b".repeat(64), 12),
            ("metric.py".to_owned(), "a".repeat(64), 3),
        ])
        .unwrap()
    }

    #[test]
    fn is_sorted_and_reads_back() {
        let rendered = listing().render();
        assert!(rendered.starts_with("metric  a"), "{rendered}");
        assert_eq!(Inventory::parse(&rendered).unwrap(), listing());
    }

    #[test]
    fn has_no_place_for_strays() {
        let stray = Inventory::new([("notes.txt".to_owned(), "a".repeat(64), 1)]);
        assert_eq!(
            stray.unwrap_err(),
            InventoryError::Stray("notes.txt".to_owned())
        );
    }

    #[test]
    fn a_role_must_fit_its_path() {
        let forged = listing().render().replace("public  ", "private  ");
        assert_eq!(
            Inventory::parse(&forged).unwrap_err(),
            InventoryError::Line(2)
        );
    }
}
