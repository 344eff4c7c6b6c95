//! Feeds the entries of a zip archive to the [`Unpacker`]; encrypted ones and methods other than deflate are refused.

use std::io::BufReader;

use ::zip::ZipArchive;
use ::zip::result::ZipError;

use super::unpacker::Unpacker;
use super::{damaged, unsafe_archive};
use crate::error::NotOpened;

/// The file type in a Unix mode, and the types that may be unpacked; 0 where none was recorded.
const TYPE_MASK: u32 = 0o170_000;
const PLAIN_TYPES: [u32; 3] = [0, 0o100_000, 0o040_000];

pub(crate) fn unpack(file: fs_err::File, unpacker: &mut Unpacker<'_>) -> Result<(), NotOpened> {
    let broken = |error: ZipError| damaged(format!("the zip archive is damaged: {error}"));
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(broken)?;
    if archive.has_duplicate_names() {
        // Which one, the reader does not tell: it keeps the last.
        return Err(unsafe_archive("an entry stands in the archive twice"));
    }
    for index in 0..archive.len() {
        // Raw first: to look at an entry must not mean to decrypt or inflate it.
        let entry = archive.by_index_raw(index).map_err(broken)?;
        let name = entry.name().map_err(broken)?.into_owned();
        let Some(path) = unpacker.enter(name.as_bytes())? else {
            continue;
        };
        if entry
            .unix_mode()
            .is_some_and(|mode| !PLAIN_TYPES.contains(&(mode & TYPE_MASK)))
        {
            return Err(unsafe_archive(format!(
                "the entry `{path}` is a link or a device"
            )));
        }
        if entry.is_dir() {
            unpacker.folder(&path)?;
            continue;
        }
        if entry.encrypted() {
            return Err(damaged(format!("the entry `{path}` is encrypted")));
        }
        drop(entry);
        let entry = archive
            .by_index(index)
            .map_err(|error| damaged(format!("the entry `{path}` can't be read: {error}")))?;
        unpacker.file(&path, entry)?;
    }
    Ok(())
}
