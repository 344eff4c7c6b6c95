//! Checks and writes the entries of an archive, whatever its format; the formats' readers feed it.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};

use camino::Utf8Path;

use super::{damaged, unsafe_archive};
use crate::error::{NotOpened, OpenError};
use crate::inventory::{is_junk, make_folder};

/// What an archive may expand to.
pub(crate) struct Limits {
    /// Entries of all kinds.
    pub(crate) entries: usize,
    /// Bytes of all entries together.
    pub(crate) bytes: u64,
    /// Bytes per byte of the archive. Deflate reaches 1,032; tables and texts stay below 50.
    pub(crate) ratio: u64,
    /// Bytes from which the ratio counts: a small archive does no harm, however dense.
    pub(crate) ratio_from: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 200_000,
            bytes: 16 << 30,
            ratio: 200,
            ratio_from: 64 << 20,
        }
    }
}

/// Longest name of a file on the file systems that matter, and longest path that leaves room for the staging folder's.
const MAX_NAME_BYTES: usize = 255;
const MAX_PATH_BYTES: usize = 2048;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    File,
    Folder,
}

/// Writes entries below one folder.
pub(crate) struct Unpacker<'a> {
    target: &'a Utf8Path,
    archive_bytes: u64,
    limits: &'a Limits,
    entries: usize,
    bytes: u64,
    seen: BTreeMap<String, Seen>,
}

impl<'a> Unpacker<'a> {
    pub(crate) fn new(target: &'a Utf8Path, archive_bytes: u64, limits: &'a Limits) -> Self {
        Self {
            target,
            archive_bytes,
            limits,
            entries: 0,
            bytes: 0,
            seen: BTreeMap::new(),
        }
    }

    /// Counts an entry and gives its path with `/` between names; `None` for the archive's own root.
    pub(crate) fn enter(&mut self, name: &[u8]) -> Result<Option<String>, NotOpened> {
        self.entries += 1;
        if self.entries > self.limits.entries {
            return Err(unsafe_archive(format!(
                "the archive has more than {} entries",
                self.limits.entries
            )));
        }
        let Ok(name) = std::str::from_utf8(name) else {
            return Err(damaged(format!(
                "the name of the entry `{}` is not UTF-8",
                name.escape_ascii()
            )));
        };
        let refused =
            |why: &str| unsafe_archive(format!("the entry `{}` {why}", name.escape_debug()));
        // Archives made on Windows may separate names so; and what is no separator here may be one elsewhere.
        let path = name.replace('\\', "/");
        let drive =
            path.as_bytes().get(1) == Some(&b':') && path.as_bytes()[0].is_ascii_alphabetic();
        if path.starts_with('/') || drive {
            return Err(refused("has an absolute path"));
        }
        if path.contains('\0') {
            return Err(refused("has a NUL in its name"));
        }
        let names: Vec<&str> = path
            .split('/')
            .filter(|name| !name.is_empty() && *name != ".")
            .collect();
        if names.contains(&"..") {
            return Err(refused("would leave the folder"));
        }
        let path = names.join("/");
        if path.len() > MAX_PATH_BYTES || names.iter().any(|name| name.len() > MAX_NAME_BYTES) {
            return Err(unsafe_archive(format!(
                "the entry `{:.80}…` has too long a name",
                name.escape_debug().to_string()
            )));
        }
        Ok(Some(path).filter(|path| !path.is_empty()))
    }

    /// Takes note of a folder; it is made once a file needs it.
    pub(crate) fn folder(&mut self, path: &str) -> Result<(), NotOpened> {
        self.note(path, Seen::Folder)
    }

    /// Writes a file, unless it is junk.
    pub(crate) fn file(&mut self, path: &str, contents: impl Read) -> Result<(), NotOpened> {
        self.note(path, Seen::File)?;
        if path.split('/').any(is_junk) {
            return self.discard(path, contents);
        }
        let full = self.target.join(path);
        make_folder(full.parent().expect("a file in a folder has a parent"))?;
        let unwritable = |source| OpenError::Write {
            path: full.clone(),
            source,
        };
        let mut file = fs_err::File::create_new(&full).map_err(unwritable)?;
        self.read(path, contents, |bytes| {
            Ok(file.write_all(bytes).map_err(unwritable)?)
        })
    }

    /// Reads an entry to its end for nothing.
    pub(crate) fn discard(&mut self, path: &str, contents: impl Read) -> Result<(), NotOpened> {
        self.read(path, contents, |_| Ok(()))
    }

    fn read(
        &mut self,
        path: &str,
        mut contents: impl Read,
        mut consume: impl FnMut(&[u8]) -> Result<(), NotOpened>,
    ) -> Result<(), NotOpened> {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = match contents.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => {
                    return Err(damaged(format!("the entry `{path}` is damaged: {error}")));
                }
            };
            self.account(count as u64, path)?;
            consume(&buffer[..count])?;
        }
    }

    /// Counts bytes that came out of the archive, written or not.
    fn account(&mut self, bytes: u64, path: &str) -> Result<(), NotOpened> {
        self.bytes += bytes;
        let ratio = self.bytes / self.archive_bytes.max(1);
        if self.bytes > self.limits.bytes {
            return Err(unsafe_archive(format!(
                "the archive expands to more than {} bytes, at the entry `{path}`",
                self.limits.bytes
            )));
        }
        if self.bytes > self.limits.ratio_from && ratio > self.limits.ratio {
            return Err(unsafe_archive(format!(
                "the archive expands to more than {} times its size, at the entry `{path}`",
                self.limits.ratio
            )));
        }
        Ok(())
    }

    /// Notes an entry and the folders above it; a file must be alone with its path.
    fn note(&mut self, path: &str, kind: Seen) -> Result<(), NotOpened> {
        for (end, _) in path.match_indices('/') {
            if self.seen.insert(path[..end].to_owned(), Seen::Folder) == Some(Seen::File) {
                return Err(unsafe_archive(format!(
                    "the entry `{path}` lies below a file"
                )));
            }
        }
        match (self.seen.insert(path.to_owned(), kind), kind) {
            (None, _) | (Some(Seen::Folder), Seen::Folder) => Ok(()),
            _ => Err(unsafe_archive(format!(
                "the entry `{path}` stands in the archive twice"
            ))),
        }
    }
}
