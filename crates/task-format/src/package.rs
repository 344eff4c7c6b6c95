//! A package on disk: opened, sealed with its identity, and compared with its own listing.
//!
//! Only names, digests and the manifest are looked at; whether the task is any good is not asked.

use camino::{Utf8Path, Utf8PathBuf};
use digest::{TreeError, tree_entries};
use fs_err as fs;

use crate::{
    DESCRIPTION, FormatError, INVENTORY, Identity, Inventory, InventoryError, MANIFEST, Manifest,
    PUBLIC_DESCRIPTION, Role, canary_line, identify, read_text, role_of, without_canary,
};

/// A published package.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its folder.
    pub root: Utf8PathBuf,
    /// Its manifest.
    pub manifest: Manifest,
    /// Its listing, as written in `MANIFEST`.
    pub inventory: Inventory,
}

/// A file that is not what `MANIFEST` says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mismatch {
    /// Other contents.
    Changed(String),
    /// Listed but absent.
    Missing(String),
    /// Present but not listed.
    Stray(String),
}

impl Mismatch {
    /// The path inside the package.
    pub fn path(&self) -> &str {
        match self {
            Self::Changed(path) | Self::Missing(path) | Self::Stray(path) => path,
        }
    }
}

/// Why a folder can't be used as a package.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// A file that every package has can't be read.
    #[error("`{root}` is no task package")]
    NotAPackage {
        /// The folder.
        root: Utf8PathBuf,
        /// Which file, and why.
        #[source]
        source: std::io::Error,
    },
    /// The manifest can't be used.
    #[error("`{root}` has no usable manifest")]
    Manifest {
        /// The folder.
        root: Utf8PathBuf,
        /// Why.
        #[source]
        source: FormatError,
    },
    /// The listing can't be used.
    #[error("`{root}` has no usable listing of its files")]
    Inventory {
        /// The folder.
        root: Utf8PathBuf,
        /// Why.
        #[source]
        source: InventoryError,
    },
    /// The folder holds a link or something else that no package has.
    #[error("`{root}` can't be listed")]
    Tree {
        /// The folder.
        root: Utf8PathBuf,
        /// Why.
        #[source]
        source: TreeError,
    },
    /// A file can't be written.
    #[error("`{root}` can't be written")]
    Write {
        /// The folder.
        root: Utf8PathBuf,
        /// Which file, and why.
        #[source]
        source: std::io::Error,
    },
}

impl PackageError {
    /// What the user can do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotAPackage { .. } => Some("give the folder that holds `task.toml`".to_owned()),
            Self::Manifest { source, .. } => source.hint(),
            Self::Tree {
                source: TreeError::Link { .. } | TreeError::Special { .. },
                ..
            } => Some("a task package holds plain files only: take it away".to_owned()),
            Self::Inventory { .. } | Self::Tree { .. } | Self::Write { .. } => None,
        }
    }
}

impl Package {
    /// Opens the package at `root`.
    ///
    /// # Errors
    ///
    /// When `task.toml` or `MANIFEST` is missing or malformed.
    pub fn open(root: &Utf8Path) -> Result<Self, PackageError> {
        let read = |name: &str| text_of(root, name);
        let manifest =
            Manifest::parse(&read(MANIFEST)?).map_err(|source| PackageError::Manifest {
                root: root.to_owned(),
                source,
            })?;
        let inventory =
            Inventory::parse(&read(INVENTORY)?).map_err(|source| PackageError::Inventory {
                root: root.to_owned(),
                source,
            })?;
        Ok(Self {
            root: root.to_owned(),
            manifest,
            inventory,
        })
    }

    /// Every file that is not what `MANIFEST` says, sorted by path.
    ///
    /// # Errors
    ///
    /// When the folder can't be read.
    pub fn mismatches(&self) -> Result<Vec<Mismatch>, PackageError> {
        let listed = |path: &str| {
            self.inventory
                .entries
                .iter()
                .find(|entry| entry.path == path)
        };
        let present = tree_entries(&self.root).map_err(|source| PackageError::Tree {
            root: self.root.clone(),
            source,
        })?;
        let mut mismatches = Vec::new();
        for file in present.iter().filter(|file| file.path != INVENTORY) {
            match listed(&file.path) {
                None => mismatches.push(Mismatch::Stray(file.path.clone())),
                Some(entry) if entry.sha256 != file.sha256.to_string() => {
                    mismatches.push(Mismatch::Changed(file.path.clone()));
                }
                Some(_) => {}
            }
        }
        let missing = self
            .inventory
            .entries
            .iter()
            .filter(|entry| !present.iter().any(|file| file.path == entry.path));
        mismatches.extend(missing.map(|entry| Mismatch::Missing(entry.path.clone())));
        mismatches.sort_by(|a, b| a.path().cmp(b.path()));
        Ok(mismatches)
    }

    /// The identity that the files on disk have; differs from the manifest's when any was changed.
    ///
    /// # Errors
    ///
    /// When the folder can't be read.
    pub fn identity(&self) -> Result<Identity, PackageError> {
        identity_of(&self.root, &self.manifest)
    }
}

/// Gives the package at `root` its identity and listing: writes the canary into the descriptions, `task.toml` and `MANIFEST`.
///
/// Every other file must stand in its place. Sealing a sealed package changes nothing.
///
/// # Errors
///
/// When a file has no place in the format, or the folder can't be read or written.
pub fn seal(root: &Utf8Path, manifest: &Manifest) -> Result<Package, PackageError> {
    let identity = identity_of(root, manifest)?;
    let write = |name: &str, text: String| {
        fs::write(root.join(name), text).map_err(|source| PackageError::Write {
            root: root.to_owned(),
            source,
        })
    };
    for name in [DESCRIPTION, PUBLIC_DESCRIPTION] {
        let text = text_of(root, name)?;
        write(
            name,
            format!("{}{}", without_canary(&text), canary_line(&identity.canary)),
        )?;
    }
    let manifest = Manifest {
        digest: identity.digest,
        canary: identity.canary,
        ..manifest.clone()
    };
    write(MANIFEST, manifest.render())?;
    let inventory = list(root, |file| file != INVENTORY)?;
    write(INVENTORY, inventory.render())?;
    Ok(Package {
        root: root.to_owned(),
        manifest,
        inventory,
    })
}

fn identity_of(root: &Utf8Path, manifest: &Manifest) -> Result<Identity, PackageError> {
    let covered =
        |file: &str| file != INVENTORY && file != MANIFEST && role_of(file) != Some(Role::Evidence);
    let mut inventory = list(root, covered)?;
    for entry in &mut inventory.entries {
        if entry.path == DESCRIPTION || entry.path == PUBLIC_DESCRIPTION {
            let text = without_canary(&text_of(root, &entry.path)?);
            entry.sha256 = digest::sha256_bytes(text.as_bytes()).to_string();
            entry.bytes = text.len() as u64;
        }
    }
    Ok(identify(manifest, &inventory))
}

fn list(root: &Utf8Path, keep: impl Fn(&str) -> bool) -> Result<Inventory, PackageError> {
    let files = tree_entries(root).map_err(|source| PackageError::Tree {
        root: root.to_owned(),
        source,
    })?;
    let kept = files.into_iter().filter(|file| keep(&file.path));
    Inventory::new(kept.map(|file| (file.path, file.sha256.to_string(), file.bytes))).map_err(
        |source| PackageError::Inventory {
            root: root.to_owned(),
            source,
        },
    )
}

fn text_of(root: &Utf8Path, name: &str) -> Result<String, PackageError> {
    read_text(root, name).map_err(|source| PackageError::NotAPackage {
        root: root.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CANARY_NOTICE, PUBLIC_TRAIN, sample};

    fn folder() -> (tempfile::TempDir, Utf8PathBuf) {
        let keep = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(keep.path().join("task")).unwrap();
        for (name, text) in [
            (DESCRIPTION, "# Title\n"),
            (PUBLIC_DESCRIPTION, "# Title\n"),
            (PUBLIC_TRAIN, "id,x\n1,2\n"),
            ("evidence/verdict.json", "{}"),
        ] {
            fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            fs::write(root.join(name), text).unwrap();
        }
        (keep, root)
    }

    #[test]
    fn sealing_twice_gives_the_same_bytes() {
        let (_keep, root) = folder();
        let first = seal(&root, &sample::manifest()).unwrap();
        let listing = fs::read_to_string(root.join(INVENTORY)).unwrap();
        let second = seal(&root, &first.manifest).unwrap();
        assert_eq!(first.manifest, second.manifest);
        assert_eq!(listing, fs::read_to_string(root.join(INVENTORY)).unwrap());
        let description = fs::read_to_string(root.join(DESCRIPTION)).unwrap();
        assert_eq!(description.matches(CANARY_NOTICE).count(), 1);
        assert!(description.contains(&first.manifest.canary));
    }

    #[test]
    fn a_sealed_package_has_no_mismatch_and_a_changed_one_names_the_file() {
        let (_keep, root) = folder();
        let package = seal(&root, &sample::manifest()).unwrap();
        assert_eq!(package.mismatches().unwrap(), []);
        fs::write(root.join(PUBLIC_TRAIN), "id,x\n1,3\n").unwrap();
        fs::remove_file(root.join("evidence/verdict.json")).unwrap();
        fs::write(root.join("public/extra.csv"), "").unwrap();
        assert_eq!(
            Package::open(&root).unwrap().mismatches().unwrap(),
            [
                Mismatch::Missing("evidence/verdict.json".to_owned()),
                Mismatch::Stray("public/extra.csv".to_owned()),
                Mismatch::Changed(PUBLIC_TRAIN.to_owned()),
            ]
        );
        assert_ne!(package.identity().unwrap().digest, package.manifest.digest);
    }

    #[test]
    fn evidence_may_name_the_digest_and_so_is_not_part_of_it() {
        let (_keep, root) = folder();
        let package = seal(&root, &sample::manifest()).unwrap();
        fs::write(
            root.join("evidence/verdict.json"),
            package.manifest.digest.clone(),
        )
        .unwrap();
        assert_eq!(package.identity().unwrap().digest, package.manifest.digest);
    }
}
