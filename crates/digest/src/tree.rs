//! What stands in a folder, file by file, and one digest over it; it never follows a link and changes nothing.
//!
//! Only regular files count: empty folders, modes, owners and times do not, because neither git nor
//! an archive keeps all of them.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use crate::canonical::digest_of;
use crate::hash::{Sha256, sized_sha256_file};

/// One regular file of a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TreeEntry {
    /// Path inside the folder, with `/`.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of the contents.
    pub sha256: Sha256,
}

/// Why a folder has no tree digest.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// A symbolic link: its target may lie elsewhere and change.
    #[error("`{path}` is a symbolic link")]
    Link {
        /// The link.
        path: Utf8PathBuf,
    },
    /// A device, socket or pipe.
    #[error("`{path}` is neither a file nor a folder")]
    Special {
        /// The entry.
        path: Utf8PathBuf,
    },
    /// A name that is not UTF-8.
    #[error("a name in `{folder}` is not UTF-8: `{name}`")]
    NotUtf8 {
        /// The folder that holds it.
        folder: Utf8PathBuf,
        /// The name with the offending bytes replaced.
        name: String,
    },
    /// The folder or a file below it could not be read.
    #[error("can't read `{path}`")]
    Read {
        /// The folder or file.
        path: Utf8PathBuf,
        /// The reason.
        #[source]
        source: io::Error,
    },
}

/// Every regular file below a folder, sorted by the bytes of its path.
///
/// # Errors
///
/// When something below the folder is a link, a special file, badly named or unreadable.
pub fn tree_entries(root: &Utf8Path) -> Result<Vec<TreeEntry>, TreeError> {
    let mut entries = Vec::new();
    collect(root, "", &mut entries)?;
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(entries)
}

/// One digest over a list of files: that of its canonical JSON, after sorting by path.
pub fn tree_digest(entries: &[TreeEntry]) -> Sha256 {
    let mut sorted: Vec<&TreeEntry> = entries.iter().collect();
    sorted.sort();
    digest_of(&sorted).expect("paths, sizes and digests always have a JSON text")
}

fn collect(folder: &Utf8Path, prefix: &str, entries: &mut Vec<TreeEntry>) -> Result<(), TreeError> {
    let unreadable = |path: &Utf8Path| {
        let path = path.to_owned();
        move |source| TreeError::Read { path, source }
    };
    for entry in fs_err::read_dir(folder).map_err(unreadable(folder))? {
        let entry = entry.map_err(unreadable(folder))?;
        let name = entry
            .file_name()
            .into_string()
            .map_err(|name| TreeError::NotUtf8 {
                folder: folder.to_owned(),
                name: name.to_string_lossy().into_owned(),
            })?;
        let full = folder.join(&name);
        let path = if prefix.is_empty() {
            name
        } else {
            format!("{prefix}/{name}")
        };
        // The entry's own type: a link is seen as a link.
        let kind = entry.file_type().map_err(unreadable(&full))?;
        if kind.is_symlink() {
            return Err(TreeError::Link { path: full });
        } else if kind.is_dir() {
            collect(&full, &path, entries)?;
        } else if kind.is_file() {
            let (sha256, bytes) = sized_sha256_file(&full).map_err(unreadable(&full))?;
            entries.push(TreeEntry {
                path,
                bytes,
                sha256,
            });
        } else {
            return Err(TreeError::Special { path: full });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::hash::sha256_bytes;

    fn written(files: &BTreeMap<String, Vec<u8>>) -> (tempfile::TempDir, Utf8PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
        for (path, bytes) in files {
            fs_err::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs_err::write(root.join(path), bytes).unwrap();
        }
        (folder, root)
    }

    #[test]
    fn sorted_by_whole_path() {
        let files =
            ["a/b", "a-b", "a.b", "b"].map(|path| (path.to_owned(), path.as_bytes().to_vec()));
        let (_folder, root) = written(&BTreeMap::from(files));
        let paths: Vec<_> = tree_entries(&root)
            .unwrap()
            .into_iter()
            .map(|entry| entry.path)
            .collect();
        assert_eq!(paths, ["a-b", "a.b", "a/b", "b"]);
    }

    #[test]
    fn links_and_pipes_are_refused() {
        let (_folder, root) = written(&BTreeMap::from([("a/file".to_owned(), vec![1])]));
        fs_err::os::unix::fs::symlink("file", root.join("a/link")).unwrap();
        assert!(
            matches!(tree_entries(&root), Err(TreeError::Link { path }) if path == root.join("a/link"))
        );
        fs_err::remove_file(root.join("a/link")).unwrap();
        let _listener = std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();
        assert!(
            matches!(tree_entries(&root), Err(TreeError::Special { path }) if path == root.join("socket"))
        );
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = tree_entries(Utf8Path::new("no/such/folder")).unwrap_err();
        assert_eq!(error.to_string(), "can't read `no/such/folder`");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn says_what_was_written(files in prop::collection::btree_map("[a-d]/[a-z]{1,4}|[e-z]{1,4}", prop::collection::vec(any::<u8>(), 0..50), 0..8)) {
            let (_folder, root) = written(&files);
            let entries = tree_entries(&root).unwrap();
            let expected: Vec<_> = files.iter().map(|(path, bytes)| TreeEntry { path: path.clone(), bytes: bytes.len() as u64, sha256: sha256_bytes(bytes) }).collect();
            prop_assert_eq!(&entries, &expected);
            let mut shuffled = entries.clone();
            shuffled.reverse();
            prop_assert_eq!(tree_digest(&shuffled), tree_digest(&entries));
        }

        #[test]
        fn any_changed_byte_changes_the_digest(bytes in prop::collection::vec(any::<u8>(), 1..50), index: prop::sample::Index, flip in 1_u8..) {
            let entry = |bytes: &[u8]| TreeEntry { path: "file".to_owned(), bytes: bytes.len() as u64, sha256: sha256_bytes(bytes) };
            let before = tree_digest(&[entry(&bytes)]);
            let mut changed = bytes;
            let place = index.index(changed.len());
            changed[place] ^= flip;
            prop_assert_ne!(tree_digest(&[entry(&changed)]), before);
        }
    }
}
