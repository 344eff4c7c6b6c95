//! The embedded store: a folder of the user that stands for `/nix/store` where there is no Nix.
//!
//! A path enters it whole, under a rename, with its NAR hash on a stamp beside it. Later runs trust the
//! stamp if the number and sizes of files still agree; [`Store::rehash`] trusts nothing.

use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, UNIX_EPOCH};

use camino::{Utf8Path, Utf8PathBuf};
use digest::Sha256;
use digest::nar::{self, NarSummary};
use serde::{Deserialize, Serialize};

use crate::store_path::STORE;

/// How folders of unfinished builds begin.
const ASIDE: &str = ".building-";

/// The embedded store.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    folder: Utf8PathBuf,
}

/// What was true of a path when it entered.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stamp {
    nar_sha256: Sha256,
    nar_bytes: u64,
    shape: Shape,
}

/// What a walk without reading files sees.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    entries: u64,
    file_bytes: u64,
}

impl Store {
    pub(crate) fn new(folder: Utf8PathBuf) -> Self {
        Self { folder }
    }

    /// Makes the folder; a second call changes nothing.
    pub(crate) fn create(&self) -> io::Result<()> {
        fs_err::create_dir_all(self.folder.join(".stamps"))
    }

    /// Where the store path `path` is kept on this machine.
    pub(crate) fn host(&self, path: &str) -> Utf8PathBuf {
        self.folder.join(base(path))
    }

    /// Deletes what interrupted builds left behind; nobody else may be building.
    pub(crate) fn sweep(&self) -> io::Result<()> {
        for entry in self.folder.read_dir_utf8()? {
            let entry = entry?;
            if entry.file_name().starts_with(ASIDE) {
                remove(entry.path())?;
            }
        }
        Ok(())
    }

    /// A fresh folder inside the store for something being built; gone when dropped.
    pub(crate) fn aside(&self) -> io::Result<tempfile::TempDir> {
        let aside = tempfile::Builder::new()
            .prefix(ASIDE)
            .tempdir_in(&self.folder)?;
        // Builders run under another user id where the caller is root and maps itself away.
        fs_err::set_permissions(aside.path(), std::fs::Permissions::from_mode(0o755))?;
        Ok(aside)
    }

    /// The hash that `path` entered with and the length of its archive, unless it has visibly changed since.
    pub(crate) fn entered(&self, path: &str) -> Option<(Sha256, u64)> {
        let stamp: Stamp = serde_json::from_slice(&fs_err::read(self.stamp(path)).ok()?).ok()?;
        let shape = Shape::of(&self.host(path)).ok()?;
        (shape == stamp.shape).then_some((stamp.nar_sha256, stamp.nar_bytes))
    }

    /// Whether `path` entered with the hash `nar_sha256` and has not visibly changed since.
    pub(crate) fn holds(&self, path: &str, nar_sha256: Sha256) -> bool {
        self.entered(path)
            .is_some_and(|(entered, _)| entered == nar_sha256)
    }

    /// The NAR hash of `path` as it is now.
    pub(crate) fn rehash(&self, path: &str) -> io::Result<Sha256> {
        nar::summarise(self.host(path).as_std_path()).map(|summary| summary.sha256)
    }

    /// Moves the tree at `built`, whose archive is `nar`, in as `path`.
    pub(crate) fn adopt(&self, built: &Utf8Path, path: &str, nar: &NarSummary) -> io::Result<()> {
        canonicalise(built)?;
        let shape = Shape::of(built)?;
        let stamp = Stamp {
            nar_sha256: nar.sha256,
            nar_bytes: nar.nar_bytes,
            shape,
        };
        let (host, stamp_file) = (self.host(path), self.stamp(path));
        // Without its stamp a path does not count: an interruption from here on costs a rebuild, no more.
        remove(&stamp_file)?;
        remove(&host)?;
        fs_err::rename(built, &host)?;
        let text = serde_json::to_vec(&stamp).expect("a stamp has only string keys");
        let aside = tempfile::NamedTempFile::new_in(self.folder.join(".stamps"))?;
        fs_err::write(aside.path(), text)?;
        aside
            .persist(stamp_file.as_std_path())
            .map_err(|error| error.error)?;
        Ok(())
    }

    fn stamp(&self, path: &str) -> Utf8PathBuf {
        self.folder
            .join(".stamps")
            .join(format!("{}.json", base(path)))
    }
}

/// The last part of a store path.
pub(crate) fn base(path: &str) -> &str {
    path.strip_prefix(STORE)
        .and_then(|rest| rest.strip_prefix('/'))
        .unwrap_or(path)
}

impl Shape {
    fn of(path: &Utf8Path) -> io::Result<Self> {
        let mut shape = Self::default();
        shape.add(path)?;
        Ok(shape)
    }

    fn add(&mut self, path: &Utf8Path) -> io::Result<()> {
        let metadata = fs_err::symlink_metadata(path)?;
        self.entries += 1;
        if metadata.is_dir() {
            for entry in path.read_dir_utf8()? {
                self.add(entry?.path())?;
            }
        } else if metadata.is_file() {
            self.file_bytes += metadata.len();
        }
        Ok(())
    }
}

/// Makes times and modes those of a Nix store, so that a program inside can't tell the two apart by them.
///
/// Folders stay writable for their owner, unlike in a Nix store: whoever wants the space back deletes them.
fn canonicalise(path: &Utf8Path) -> io::Result<()> {
    let metadata = fs_err::symlink_metadata(path)?;
    if metadata.is_symlink() {
        return Ok(());
    }
    let mode = match (
        metadata.is_dir(),
        metadata.permissions().mode() & 0o100 != 0,
    ) {
        (true, _) => 0o755,
        (false, true) => 0o555,
        (false, false) => 0o444,
    };
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
    if metadata.is_dir() {
        for entry in path.read_dir_utf8()? {
            canonicalise(entry?.path())?;
        }
    }
    // One second after the epoch, as Nix sets it.
    fs_err::File::open(path)?
        .file()
        .set_modified(UNIX_EPOCH + Duration::from_secs(1))
}

fn remove(path: &Utf8Path) -> io::Result<()> {
    let gone = match fs_err::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs_err::remove_dir_all(path),
        Ok(_) => fs_err::remove_file(path),
        Err(error) => Err(error),
    };
    match gone {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "/nix/store/00000000000000000000000000000000-x";

    fn built(store: &Store) -> (tempfile::TempDir, Utf8PathBuf, NarSummary) {
        let aside = store.aside().unwrap();
        let tree = Utf8PathBuf::try_from(aside.path().join("x")).unwrap();
        fs_err::create_dir_all(tree.join("bin")).unwrap();
        fs_err::write(tree.join("bin/tool"), "1").unwrap();
        fs_err::set_permissions(
            tree.join("bin/tool"),
            std::fs::Permissions::from_mode(0o700),
        )
        .unwrap();
        std::os::unix::fs::symlink("bin/tool", tree.join("link")).unwrap();
        let nar = nar::summarise(tree.as_std_path()).unwrap();
        (aside, tree, nar)
    }

    #[test]
    fn leftovers_of_an_interruption_are_swept() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::new(Utf8PathBuf::try_from(home.path().join("store")).unwrap());
        store.create().unwrap();
        let (aside, ..) = built(&store);
        let left = aside.keep();
        fs_err::create_dir(home.path().join("store/kept")).unwrap();
        store.sweep().unwrap();
        assert!(!left.exists());
        assert!(home.path().join("store/kept").exists());
    }

    #[test]
    fn a_path_counts_only_whole_and_unchanged() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::new(Utf8PathBuf::try_from(home.path().join("store")).unwrap());
        store.create().unwrap();
        let (_aside, tree, nar) = built(&store);
        let hash = nar.sha256;
        assert!(!store.holds(PATH, hash));
        store.adopt(&tree, PATH, &nar).unwrap();
        assert!(store.holds(PATH, hash));
        assert!(!store.holds(PATH, digest::sha256_bytes("other")));
        assert_eq!(
            store.rehash(PATH).unwrap(),
            hash,
            "times and modes are not in the hash"
        );

        let tool = store.host(PATH).join("bin/tool");
        let metadata = fs_err::metadata(&tool).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o555);
        assert_eq!(
            metadata.modified().unwrap(),
            UNIX_EPOCH + Duration::from_secs(1)
        );

        // A lost file shows without reading any; a changed one of equal length only when re-hashed.
        fs_err::remove_file(&tool).unwrap();
        assert!(!store.holds(PATH, hash));
        fs_err::write(&tool, "2").unwrap();
        assert!(store.holds(PATH, hash));
        assert_ne!(store.rehash(PATH).unwrap(), hash);

        let (_aside, tree, nar) = built(&store);
        let hash = nar.sha256;
        store.adopt(&tree, PATH, &nar).unwrap();
        assert_eq!(
            store.rehash(PATH).unwrap(),
            hash,
            "a spoilt path is replaced"
        );
    }
}
