//! Reads the texts of a package, whatever stands in their places: nothing is opened that could block or never end.
//!
//! It parses nothing.

use std::io::{self, Read};

use camino::Utf8Path;
use fs_err as fs;

/// Largest text that is read, in bytes: several hundred thousand lines of `MANIFEST`.
pub const MOST_TEXT_BYTES: u64 = 1 << 25;

/// The text of the file `path` of the package at `root`.
///
/// # Errors
///
/// When it is missing, is no regular file, stands behind a link, is larger than [`MOST_TEXT_BYTES`] or not UTF-8.
pub fn read_text(root: &Utf8Path, path: &str) -> io::Result<String> {
    let path = Utf8Path::new(path);
    let mut place = root.to_owned();
    for part in path {
        place.push(part);
        // Looked at before it is opened: opening a pipe waits for its other end.
        let kind = fs::symlink_metadata(&place)?.file_type();
        let is_last = place == root.join(path);
        if !(if is_last {
            kind.is_file()
        } else {
            kind.is_dir()
        }) {
            return Err(refused(format!("`{place}` is no regular file")));
        }
    }
    let mut text = String::new();
    // A byte more than is allowed tells a file that is too large, even one that grows.
    fs::File::open(&place)?
        .take(MOST_TEXT_BYTES + 1)
        .read_to_string(&mut text)?;
    match text.len() as u64 > MOST_TEXT_BYTES {
        true => Err(refused(format!("`{place}` is too large for a text"))),
        false => Ok(text),
    }
}

fn refused(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use camino::Utf8PathBuf;

    use super::*;

    #[test]
    fn only_regular_files_of_a_sane_size_are_read() {
        let keep = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(keep.path().to_owned()).unwrap();
        fs::create_dir(root.join("evidence")).unwrap();
        fs::write(root.join("evidence/a"), "text").unwrap();
        assert_eq!(read_text(&root, "evidence/a").unwrap(), "text");
        let link = |target: &str, name: &str| {
            fs::os::unix::fs::symlink(target, root.join(name)).unwrap();
        };
        link("evidence", "folder");
        link("evidence/a", "file");
        link("/dev/zero", "endless");
        let _listener = std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();
        fs::File::create(root.join("large"))
            .and_then(|file| file.set_len(MOST_TEXT_BYTES + 1))
            .unwrap();
        for (name, why) in [
            ("folder/a", "is no regular file"),
            ("file", "is no regular file"),
            ("endless", "is no regular file"),
            ("socket", "is no regular file"),
            ("evidence", "is no regular file"),
            ("large", "is too large"),
        ] {
            let error = read_text(&root, name).unwrap_err();
            assert!(error.to_string().contains(why), "{name}: {error}");
        }
        let error = read_text(&root, "missing").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
