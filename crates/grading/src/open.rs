//! From a path to the bytes of a submission: regular files only, of a size that makes sense, that look like text.

use std::io::{self, Read, Seek};
use std::os::unix::fs::{FileTypeExt, MetadataExt};

use camino::Utf8Path;

use crate::InvalidSubmission;
use crate::submission::Stop;

/// First bytes of what competitors hand in by mistake or on purpose.
const MAGIC: [(&[u8], &str); 10] = [
    (b"PK\x03\x04", "a zip archive or a workbook"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"PAR1", "a Parquet file"),
    (b"\x93NUMPY", "a NumPy file"),
    (b"\x89HDF", "an HDF5 file"),
    (b"ARROW1", "an Arrow file"),
    // Protocols 2 to 5 begin with this byte and their number; the older ones are text, with a header nobody expects.
    (b"\x80", "a pickle"),
];

/// Why a file was not opened.
#[derive(Debug)]
pub(crate) enum NotOpened {
    /// It is there and is something else than a regular file.
    NotAFile(&'static str),
    /// The host says why.
    Failed(io::Error),
}

/// Opens a regular file; a link as the last part of `path` is not followed. With the file comes its size in bytes.
pub(crate) fn open_regular(path: &Utf8Path) -> Result<(fs_err::File, u64), NotOpened> {
    let found = fs_err::symlink_metadata(path).map_err(NotOpened::Failed)?;
    // Looked at before opening: opening a pipe would wait for its other end.
    if let Some(found) = irregular(found.file_type()) {
        return Err(NotOpened::NotAFile(found));
    }
    let file = fs_err::File::open(path).map_err(NotOpened::Failed)?;
    let opened = file.metadata().map_err(NotOpened::Failed)?;
    if (opened.dev(), opened.ino()) != (found.dev(), found.ino()) {
        return Err(NotOpened::NotAFile(
            "a file that was exchanged while it was opened",
        ));
    }
    Ok((file, opened.len()))
}

/// Opens a submission of at most `limit` bytes; no more is ever read.
pub(crate) fn open(path: &Utf8Path, limit: u64) -> Result<io::Take<fs_err::File>, Stop> {
    let (mut file, bytes) = open_regular(path).map_err(|error| match error {
        NotOpened::NotAFile(found) => InvalidSubmission::NotAFile { found }.into(),
        NotOpened::Failed(error) => match error.kind() {
            io::ErrorKind::NotFound => InvalidSubmission::NoFile.into(),
            // Whoever wrote it took our right to read it.
            io::ErrorKind::PermissionDenied => InvalidSubmission::NotReadable.into(),
            _ => Stop::from(error),
        },
    })?;
    if bytes > limit {
        return Err(InvalidSubmission::TooLarge { bytes, limit }.into());
    }
    let mut first = Vec::new();
    file.by_ref().take(8).read_to_end(&mut first)?;
    if let Some((_, looks_like)) = MAGIC.iter().find(|(magic, _)| first.starts_with(magic)) {
        return Err(InvalidSubmission::NotCsv { looks_like }.into());
    }
    file.rewind()?;
    // A file that grows while it is read ends at the limit all the same.
    Ok(file.take(limit))
}

/// What a file is, unless it is a regular one.
fn irregular(kind: std::fs::FileType) -> Option<&'static str> {
    if kind.is_file() {
        None
    } else if kind.is_symlink() {
        Some("a symbolic link")
    } else if kind.is_dir() {
        Some("a folder")
    } else if kind.is_fifo() {
        Some("a named pipe")
    } else if kind.is_socket() {
        Some("a socket")
    } else {
        Some("a device")
    }
}
