//! The folder of downloaded artefacts, shared by all environments: `artefacts/SHA256/NAME`.
//!
//! It holds only files whose hash was checked when they came in; a file is there completely or not at all.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use digest::sha256_file;

use super::FetchError;
use crate::Settings;
use crate::lockfile::Artefact;
use crate::store_path::store_name;

/// How folders of unfinished downloads begin.
const INCOMING: &str = ".incoming-";

/// The folder of downloaded artefacts.
#[derive(Clone, Debug)]
pub(crate) struct Cache {
    folder: Utf8PathBuf,
}

impl Cache {
    /// Opens the cache of `settings`, making its folder where needed.
    pub(crate) fn open(settings: &Settings) -> Result<Self, FetchError> {
        let folder = settings.artefacts();
        fs_err::create_dir_all(&folder).map_err(at(&folder))?;
        Ok(Self { folder })
    }

    /// Where `artefact` is, if the cache holds it; named as in the Nix store.
    pub(crate) fn path(&self, artefact: &Artefact) -> Utf8PathBuf {
        self.folder
            .join(artefact.sha256.to_string())
            .join(store_name(&artefact.file))
    }

    /// Whether the cache holds `artefact`, with the right bytes. A spoilt file is removed.
    pub(crate) fn holds(&self, artefact: &Artefact) -> Result<bool, FetchError> {
        let path = self.path(artefact);
        match sha256_file(&path) {
            Ok(found) if found == artefact.sha256 => Ok(true),
            Ok(_) => fs_err::remove_file(&path)
                .map(|()| false)
                .map_err(at(&path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(at(&path)(error)),
        }
    }

    /// Deletes what interrupted downloads left behind; nobody else may be downloading.
    pub(crate) fn sweep(&self) -> io::Result<()> {
        for entry in self.folder.read_dir_utf8()? {
            let entry = entry?;
            if entry.file_name().starts_with(INCOMING) {
                fs_err::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }

    /// A fresh folder for downloads on the file system of the cache; gone when dropped.
    pub(crate) fn incoming(&self) -> Result<tempfile::TempDir, FetchError> {
        tempfile::Builder::new()
            .prefix(INCOMING)
            .tempdir_in(&self.folder)
            .map_err(at(&self.folder))
    }

    /// Takes the downloaded `file` in as `artefact`, if it has the right bytes.
    pub(crate) fn adopt(&self, file: &Utf8Path, artefact: &Artefact) -> Result<(), FetchError> {
        let actual = match sha256_file(file) {
            Ok(actual) => actual,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(FetchError::Missing {
                    file: artefact.file.clone(),
                });
            }
            Err(error) => return Err(at(file)(error)),
        };
        if actual != artefact.sha256 {
            let expected = artefact.sha256;
            return Err(FetchError::Mismatch {
                file: artefact.file.clone(),
                expected,
                actual,
            });
        }
        let path = self.path(artefact);
        let parent = path
            .parent()
            .expect("an artefact is inside a folder of its own");
        fs_err::create_dir_all(parent).map_err(at(parent))?;
        fs_err::rename(file, &path).map_err(at(&path))
    }
}

fn at(path: &Utf8Path) -> impl FnOnce(io::Error) -> FetchError + use<> {
    let path = path.to_owned();
    move |source| FetchError::Cache { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artefact(content: &str) -> Artefact {
        Artefact {
            name: "x".into(),
            version: "1~2".into(),
            file: "x_1~2.deb".into(),
            path: None,
            sha256: digest::sha256_bytes(content),
            size: content.len() as u64,
        }
    }

    #[test]
    fn only_the_right_bytes_come_in_and_stay() {
        let home = tempfile::tempdir().unwrap();
        let home = Utf8Path::from_path(home.path()).unwrap();
        let cache = Cache::open(&Settings::new(home)).unwrap();
        let good = artefact("good");
        assert!(!cache.holds(&good).unwrap());

        let file = home.join("download");
        fs_err::write(&file, "evil").unwrap();
        let error = cache.adopt(&file, &good).unwrap_err();
        assert!(matches!(error, FetchError::Mismatch { .. }), "{error}");
        assert!(!cache.holds(&good).unwrap());

        fs_err::write(&file, "good").unwrap();
        cache.adopt(&file, &good).unwrap();
        assert!(cache.holds(&good).unwrap());
        assert_eq!(cache.path(&good).file_name(), Some("x_1-2.deb"));
        assert!(matches!(
            cache.adopt(&file, &good),
            Err(FetchError::Missing { .. })
        ));

        fs_err::write(cache.path(&good), "spoilt").unwrap();
        assert!(!cache.holds(&good).unwrap());
        assert!(!cache.path(&good).exists());
    }
}
