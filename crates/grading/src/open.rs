//! From a path to the bytes of a submission: regular files only, of a size that makes sense, that look like text.

use std::io::{self, Read, Seek};
use std::os::unix::fs::{FileTypeExt, MetadataExt};

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use crate::InvalidSubmission;
use crate::submission::{Stop, shortened};

/// A file up to this size is read whatever the answers' size.
const SMALL_BYTES: u64 = 1 << 20;
/// A file above this size is read only where the answers themselves come near it.
const LARGE_BYTES: u64 = 256 << 20;

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

/// The path of the file that a solver declared as its submission, inside the folder it may write to.
///
/// # Errors
///
/// When the path is absolute or leaves the folder.
pub fn declared_path(folder: &Utf8Path, declared: &str) -> Result<Utf8PathBuf, InvalidSubmission> {
    let path = Utf8Path::new(declared);
    let inside =
        |part: Utf8Component<'_>| matches!(part, Utf8Component::Normal(_) | Utf8Component::CurDir);
    if declared.is_empty() || declared.contains('\0') || !path.components().all(inside) {
        return Err(InvalidSubmission::OutsideFolder {
            path: shortened(declared),
        });
    }
    Ok(folder.join(path))
}

/// Opens a submission to answers of `answers_bytes`; at most the returned reader's limit is ever read.
pub(crate) fn open(path: &Utf8Path, answers_bytes: u64) -> Result<io::Take<fs_err::File>, Stop> {
    let found = match fs_err::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(InvalidSubmission::NoFile.into());
        }
        Err(error) => return Err(error.into()),
    };
    // Looked at before opening: opening a pipe would wait for its other end.
    if let Some(found) = irregular(found.file_type()) {
        return Err(InvalidSubmission::NotAFile { found }.into());
    }
    let mut file = fs_err::File::open(path)?;
    let opened = file.metadata()?;
    if (opened.dev(), opened.ino()) != (found.dev(), found.ino()) {
        return Err(InvalidSubmission::NotAFile {
            found: "a file that was exchanged while it was opened",
        }
        .into());
    }
    let (bytes, limit) = (opened.len(), size_limit(answers_bytes));
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

/// The largest submission that is read: a hundred times the answers, within bounds that keep small tasks easy and
/// reading short, and always enough for a row that is eight times as long as that of the answers.
pub fn size_limit(answers_bytes: u64) -> u64 {
    answers_bytes
        .saturating_mul(100)
        .clamp(SMALL_BYTES, LARGE_BYTES)
        .max(answers_bytes.saturating_mul(8))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declared_path_stays_inside() {
        let folder = Utf8Path::new("work");
        assert_eq!(
            declared_path(folder, "out/./a.csv"),
            Ok(Utf8PathBuf::from("work/out/a.csv"))
        );
        for bad in [
            "",
            "..",
            "../a.csv",
            "out/../../a.csv",
            "/etc/passwd",
            "a\0.csv",
        ] {
            assert_eq!(
                declared_path(folder, bad).unwrap_err().code(),
                "outside_folder",
                "{bad:?}"
            );
        }
    }

    #[test]
    fn limits_grow_with_the_answers() {
        assert_eq!(size_limit(10), SMALL_BYTES);
        assert_eq!(size_limit(100_000), 10_000_000);
        assert_eq!(size_limit(10 << 20), LARGE_BYTES);
        assert_eq!(size_limit(100 << 20), 800 << 20);
    }
}
