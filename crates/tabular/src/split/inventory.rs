//! The files that a solver can see. Links and devices are not followed; contents are not read.

use camino::{Utf8Path, Utf8PathBuf};

use crate::error::ReadError;

/// Files that are listed; more are not looked at.
const FILES: usize = 200_000;

/// A regular file below `public/`.
pub(super) struct PublicFile {
    /// Path inside `public/`, with `/`.
    pub(super) path: String,
    pub(super) full: Utf8PathBuf,
    pub(super) bytes: u64,
    /// Seconds since 1970, when the file system tells.
    pub(super) modified: Option<f64>,
}

impl PublicFile {
    /// Whether it could belong to a single row: the package's own tables and texts lie at the top.
    pub(super) fn is_nested_or_no_table(&self) -> bool {
        self.path.contains('/') || !(self.path.ends_with(".csv") || self.path.ends_with(".md"))
    }
}

/// The files of a folder.
pub(super) struct Inventory {
    /// Sorted by path.
    pub(super) files: Vec<PublicFile>,
    /// Paths that are not UTF-8, as far as they can be shown, and what was left when there were too many.
    pub(super) unlisted: Vec<(String, String)>,
}

/// Every regular file at any depth; none when the folder does not exist.
pub(super) fn public_files(public: &Utf8Path) -> Result<Inventory, ReadError> {
    let mut inventory = Inventory {
        files: Vec::new(),
        unlisted: Vec::new(),
    };
    let mut folders = vec![public.to_owned()];
    while let Some(folder) = folders.pop() {
        let error = |source| ReadError::new(&folder, source);
        let entries = match fs_err::read_dir(&folder) {
            Ok(entries) => entries,
            Err(source) if source.kind() == std::io::ErrorKind::NotFound => continue,
            Err(source) => return Err(error(source)),
        };
        for entry in entries {
            let entry = entry.map_err(error)?;
            let kind = entry.file_type().map_err(error)?;
            let Ok(full) = Utf8PathBuf::from_path_buf(entry.path()) else {
                let shown = entry.path().to_string_lossy().into_owned();
                inventory
                    .unlisted
                    .push((shown, "its name is not UTF-8".to_owned()));
                continue;
            };
            if kind.is_dir() {
                folders.push(full);
            } else if kind.is_file() {
                let metadata = entry.metadata().map_err(error)?;
                let since =
                    |time: std::time::SystemTime| time.duration_since(std::time::UNIX_EPOCH).ok();
                let relative = full
                    .strip_prefix(public)
                    .expect("it was listed below this folder");
                inventory.files.push(PublicFile {
                    path: relative.as_str().to_owned(),
                    bytes: metadata.len(),
                    modified: metadata
                        .modified()
                        .ok()
                        .and_then(since)
                        .map(|time| time.as_secs_f64()),
                    full,
                });
            }
        }
    }
    inventory.files.sort_by(|a, b| a.path.cmp(&b.path));
    if inventory.files.len() > FILES {
        let reason = format!("more than {FILES} files");
        inventory
            .unlisted
            .push((inventory.files[FILES].path.clone(), reason));
        inventory.files.truncate(FILES);
    }
    inventory.unlisted.sort();
    Ok(inventory)
}
