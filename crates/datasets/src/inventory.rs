//! The raw files of a folder: which count, which do not and why; it reads them only to digest and classify them.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use facts::RawFile;

use crate::error::OpenError;
use crate::kind::kind_of;

/// The name of the file beside the data that says what they are.
pub(crate) const STATEMENT: &str = "dataset.json";

/// Most files of one dataset. Image collections have tens of thousands; a home folder has millions.
const MAX_FILES: usize = 200_000;

/// Something in a dataset's folder that is not seen by any task, and that its owner may have meant to be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Path inside the folder, with `/`; bytes that are not UTF-8 replaced.
    pub path: String,
    /// Why, e.g. `a symbolic link`.
    pub reason: &'static str,
}

/// What stands in a folder.
#[derive(Debug, Default)]
pub(crate) struct Inventory {
    /// Paths of the files that count, inside the folder and sorted.
    pub(crate) paths: Vec<String>,
    /// What was left out and may surprise, sorted. Junk and hidden files are not mentioned.
    pub(crate) skipped: Vec<Skipped>,
    /// Whether the folder holds nothing but the files that count.
    pub(crate) plain: bool,
    /// Whether there is a `dataset.json`.
    pub(crate) has_statement: bool,
}

/// Lists a folder without following links.
pub(crate) fn take_inventory(root: &Utf8Path) -> Result<Inventory, OpenError> {
    let mut inventory = Inventory {
        plain: true,
        ..Inventory::default()
    };
    let mut folders = vec![String::new()];
    while let Some(prefix) = folders.pop() {
        let folder = root.join(&prefix);
        let unreadable = |source| OpenError::Read {
            path: folder.clone(),
            source,
        };
        for entry in fs_err::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let kind = entry.file_type().map_err(unreadable)?;
            let name = entry.file_name();
            let path = join(&prefix, &name.to_string_lossy());
            let reason = if is_junk(&name.to_string_lossy()) {
                inventory.plain = false;
                continue;
            } else if path == STATEMENT && kind.is_file() {
                inventory.has_statement = true;
                inventory.plain = false;
                continue;
            } else if name.to_str().is_none() {
                "its name is not UTF-8"
            } else if kind.is_symlink() {
                "a symbolic link"
            } else if kind.is_dir() {
                folders.push(path);
                continue;
            } else if kind.is_file() {
                inventory.paths.push(path);
                if inventory.paths.len() > MAX_FILES {
                    return Err(OpenError::TooLarge {
                        folder: root.to_owned(),
                        limit: format!("{MAX_FILES} files"),
                    });
                }
                continue;
            } else {
                "neither a file nor a folder"
            };
            inventory.plain = false;
            inventory.skipped.push(Skipped { path, reason });
        }
    }
    inventory.paths.sort();
    inventory.skipped.sort();
    Ok(inventory)
}

/// Digests and classifies one file.
pub(crate) fn describe(root: &Utf8Path, path: &str) -> Result<RawFile, OpenError> {
    let full = root.join(path);
    let unreadable = |source| OpenError::Read {
        path: full.clone(),
        source,
    };
    Ok(RawFile {
        path: path.to_owned(),
        bytes: fs_err::metadata(&full).map_err(unreadable)?.len(),
        sha256: digest::sha256_file(&full).map_err(unreadable)?.to_string(),
        kind: kind_of(&full).map_err(unreadable)?,
    })
}

/// Copies some files of a folder into another that has none of them.
///
/// They are copied, not linked: a link would let a slip in staging change the owner's file.
pub(crate) fn copy_files(
    from: &Utf8Path,
    paths: &[String],
    to: &Utf8Path,
) -> Result<(), OpenError> {
    for path in paths {
        let (source, target) = (from.join(path), to.join(path));
        make_folder(target.parent().expect("a file in a folder has a parent"))?;
        copy_contents(&source, &target)?;
    }
    Ok(())
}

/// Makes a folder that holds nothing, whatever was there.
pub(crate) fn make_empty(folder: &Utf8Path) -> Result<(), OpenError> {
    match fs_err::remove_dir_all(folder) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            return Err(OpenError::Write {
                path: folder.to_owned(),
                source,
            });
        }
        _ => {}
    }
    make_folder(folder)
}

pub(crate) fn make_folder(folder: &Utf8Path) -> Result<(), OpenError> {
    fs_err::create_dir_all(folder).map_err(|source| OpenError::Write {
        path: folder.to_owned(),
        source,
    })
}

/// Whether a name is left by an operating system or a tool, and never data.
pub(crate) fn is_junk(name: &str) -> bool {
    const JUNK: [&str; 5] = [
        "__MACOSX",
        "__pycache__",
        "Thumbs.db",
        "desktop.ini",
        "Icon\r",
    ];
    // `~$` opens the lock files of office programs.
    name.starts_with('.') || name.starts_with("~$") || JUNK.contains(&name)
}

fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() {
        name.to_owned()
    } else {
        format!("{prefix}/{name}")
    }
}

/// Contents only: the copy has the modes that new files have, so that a read-only original gives no
/// copy that can't be removed.
fn copy_contents(source: &Utf8PathBuf, target: &Utf8PathBuf) -> Result<(), OpenError> {
    let unreadable = |error| OpenError::Read {
        path: source.clone(),
        source: error,
    };
    let unwritable = |error| OpenError::Write {
        path: target.clone(),
        source: error,
    };
    let input = fs_err::File::open(source).map_err(unreadable)?;
    let output = fs_err::File::create_new(target).map_err(unwritable)?;
    // Of the plain files, so that the kernel copies; it does not tell which side failed.
    io::copy(&mut input.into_file(), &mut output.into_file()).map_err(unwritable)?;
    Ok(())
}
