//! Unpacks archives that nobody vouches for: every entry is checked before it is written, and a
//! suspicious one refuses the whole archive. It does not repair, and keeps no modes, owners or times.

mod tar;
mod unpacker;
mod zip;

use camino::{Utf8Path, Utf8PathBuf};
use facts::RefusalReason;

use crate::error::{NotOpened, OpenError};

pub(crate) use unpacker::Limits;
use unpacker::Unpacker;

/// Unpacks a zip, tar or gzipped tar into an empty folder, and gives the folder inside it that holds the
/// data: folders that hold nothing but one folder are passed through.
pub(crate) fn unpack(
    archive: &Utf8Path,
    target: &Utf8Path,
    limits: &Limits,
) -> Result<Utf8PathBuf, NotOpened> {
    let unreadable = |source| OpenError::Read {
        path: archive.to_owned(),
        source,
    };
    let file = fs_err::File::open(archive).map_err(unreadable)?;
    let archive_bytes = file.metadata().map_err(unreadable)?.len();
    let mut unpacker = Unpacker::new(target, archive_bytes, limits);
    match first_bytes(archive).map_err(unreadable)? {
        [b'P', b'K', ..] => zip::unpack(file, &mut unpacker)?,
        [0x1f, 0x8b, ..] => tar::unpack_gzipped(file, &mut unpacker)?,
        _ => tar::unpack(file, &mut unpacker)?,
    }
    innermost(target.to_owned())
}

fn first_bytes(path: &Utf8Path) -> std::io::Result<[u8; 2]> {
    use std::io::Read as _;

    let mut head = Vec::new();
    fs_err::File::open(path)?.take(2).read_to_end(&mut head)?;
    Ok([
        head.first().copied().unwrap_or(0),
        head.get(1).copied().unwrap_or(0),
    ])
}

fn innermost(mut folder: Utf8PathBuf) -> Result<Utf8PathBuf, NotOpened> {
    loop {
        let unreadable = |source| OpenError::Read {
            path: folder.clone(),
            source,
        };
        let mut entries = folder.read_dir_utf8().map_err(unreadable)?;
        let (Some(first), None) = (entries.next(), entries.next()) else {
            return Ok(folder);
        };
        let first = first.map_err(unreadable)?;
        if !first.file_type().map_err(unreadable)?.is_dir() {
            return Ok(folder);
        }
        folder = first.into_path();
    }
}

fn unsafe_archive(detail: impl Into<String>) -> NotOpened {
    NotOpened::refused(RefusalReason::UnsafeArchive, detail)
}

fn damaged(detail: impl Into<String>) -> NotOpened {
    NotOpened::refused(RefusalReason::Unreadable, detail)
}

#[cfg(test)]
mod tests;
