//! Small columns and folders for this crate's tests.

use camino::{Utf8Path, Utf8PathBuf};
use facts::{DatasetFacts, FileKind, RawFile};

use crate::read::type_texts;
use crate::table::Column;

/// A typed column of these cells; empty ones are missing.
pub(crate) fn column(name: &str, cells: &[impl AsRef<str>]) -> Column {
    type_texts(name, cells.iter().map(|cell| Some(cell.as_ref())))
}

/// A folder with files, and what an inventory says of it.
pub(crate) struct Folder {
    folder: tempfile::TempDir,
    pub(crate) facts: DatasetFacts,
}

impl Folder {
    pub(crate) fn new(files: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut raw = Vec::new();
        for (path, bytes) in files {
            fs_err::write(folder.path().join(path), bytes).unwrap();
            let kind = match path.rsplit('.').next().unwrap() {
                "arff" => FileKind::Arff,
                "json" => FileKind::Json,
                "jsonl" => FileKind::JsonLines,
                "parquet" => FileKind::Parquet,
                "xlsx" => FileKind::Xlsx,
                "names" | "md" => FileKind::Documentation,
                "png" => FileKind::Image,
                _ => FileKind::Delimited,
            };
            raw.push(RawFile {
                path: (*path).to_owned(),
                bytes: bytes.len() as u64,
                sha256: String::new(),
                kind,
            });
        }
        let facts = DatasetFacts {
            slug: "made-up".to_owned(),
            title: "Made up".to_owned(),
            description: None,
            source: None,
            licence: None,
            modality: None,
            files: raw,
        };
        Self { folder, facts }
    }

    pub(crate) fn path(&self) -> &Utf8Path {
        Utf8Path::from_path(self.folder.path()).unwrap()
    }

    pub(crate) fn join(&self, path: &str) -> Utf8PathBuf {
        self.path().join(path)
    }
}

/// What relates the columns of a table of these cells.
pub(crate) fn related(columns: &[(&str, &[String])]) -> crate::relate::Related {
    let table = crate::table::Table {
        rows: columns[0].1.len(),
        columns: columns
            .iter()
            .map(|(name, cells)| column(name, cells))
            .collect(),
    };
    let profiles: Vec<facts::ColumnProfile> = table
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| crate::describe::describe(column, at, None, None))
        .collect();
    crate::relate::relate(&table, &profiles)
}
