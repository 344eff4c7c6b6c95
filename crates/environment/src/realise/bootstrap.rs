//! What the embedded realiser needs before the first build: bubblewrap with its libraries, and busybox.
//!
//! Both come out of pinned packages, without dpkg; nothing of the host but its kernel plays a part.

use std::os::unix::fs::{PermissionsExt as _, symlink};

use camino::{Utf8Path, Utf8PathBuf};
use digest::nar;
use sandbox::Launcher;

use super::{Job, RealiseError};
use crate::deb;
use crate::fetch::Cache;
use crate::lockfile::{Artefact, Lock};
use crate::store::Store;

/// Packages that bubblewrap runs from.
const BUBBLEWRAP: [&str; 5] = [
    "bubblewrap",
    "libc6",
    "libcap2",
    "libpcre2-8-0",
    "libselinux1",
];

/// The folder of shared libraries in a package, and in the root that is made of packages.
const LIBRARIES: &str = "lib/x86_64-linux-gnu";

/// The name of the dynamic loader.
const LOADER: &str = "ld-linux-x86-64.so.2";

/// bubblewrap, unpacked on its own.
#[derive(Debug)]
pub(crate) struct Bubblewrap {
    folder: Utf8PathBuf,
}

impl Bubblewrap {
    /// The packages of `lock` that it is unpacked from.
    pub(crate) fn packages(lock: &Lock) -> Result<Vec<&Artefact>, RealiseError> {
        let packages = BUBBLEWRAP
            .iter()
            .map(|package| lock.deb(package).ok_or(RealiseError::NoPackage { package }));
        packages.collect()
    }

    /// Where it is for `packages`: another set of packages is unpacked elsewhere.
    pub(crate) fn at(home: &Utf8Path, packages: &[&Artefact]) -> Self {
        let all: String = packages
            .iter()
            .map(|package| package.sha256.to_string())
            .collect();
        let digest = digest::sha256_bytes(all).to_string();
        Self {
            folder: home.join("bubblewrap").join(&digest[..16]),
        }
    }

    /// Whether it is there.
    pub(crate) fn exists(&self) -> bool {
        self.folder.is_dir()
    }

    /// Unpacks it from `packages`, which the cache holds.
    pub(crate) fn unpack(&self, packages: &[&Artefact], cache: &Cache) -> Result<(), RealiseError> {
        let parent = self.folder.parent().expect("it is below the home folder");
        let failed = |source| RealiseError::Home {
            act: "unpack bubblewrap to",
            path: self.folder.clone(),
            source,
        };
        fs_err::create_dir_all(parent).map_err(failed)?;
        let aside = tempfile::Builder::new()
            .prefix(".unpacking-")
            .tempdir_in(parent)
            .map_err(failed)?;
        let whole = Utf8Path::from_path(aside.path())
            .expect("the home folder is UTF-8")
            .join("whole");
        for package in packages {
            deb::unpack(&cache.path(package), |path| {
                let path = path.strip_prefix("usr").unwrap_or(path);
                let name = path.file_name()?;
                if path == Utf8Path::new("bin/bwrap") {
                    return Some(whole.join("bwrap"));
                }
                let library = path.parent()? == Utf8Path::new(LIBRARIES) && name.contains(".so");
                library.then(|| whole.join("lib").join(name))
            })
            .map_err(RealiseError::Unpack)?;
        }
        fs_err::rename(&whole, &self.folder).map_err(failed)
    }

    /// Starts it through its own loader.
    pub(crate) fn launcher(&self) -> Launcher {
        let libraries = self.folder.join("lib");
        Launcher::from_closure(
            &libraries.join(LOADER),
            libraries.as_str(),
            &self.folder.join("bwrap"),
        )
    }
}

/// bubblewrap of the root at `root`, started through the loader of that root.
pub(crate) fn launcher_of_root(root: &Utf8Path) -> Launcher {
    let libraries = root.join("usr").join(LIBRARIES);
    Launcher::from_closure(
        &libraries.join(LOADER),
        libraries.as_str(),
        &root.join("usr/bin/bwrap"),
    )
}

/// Makes the folder `target` of busybox and a link per applet, from its package at `deb`.
///
/// A folder and not the file alone, because busybox goes by the name it is called by, and the store would
/// give it another.
pub(crate) fn write_busybox(
    deb: &Utf8Path,
    applets: &str,
    target: &Utf8Path,
) -> Result<(), RealiseError> {
    let bin = target.join("bin");
    deb::unpack(deb, |path| {
        let path = path.strip_prefix("usr").unwrap_or(path);
        (path == Utf8Path::new("bin/busybox")).then(|| bin.join("busybox"))
    })
    .map_err(RealiseError::Unpack)?;
    let finish = || {
        fs_err::set_permissions(bin.join("busybox"), std::fs::Permissions::from_mode(0o755))?;
        applets
            .lines()
            .try_for_each(|applet| symlink("busybox", bin.join(applet)))
    };
    finish().map_err(|source| RealiseError::Home {
        act: "make the applets in",
        path: bin.clone(),
        source,
    })
}

/// Puts the folder of busybox into `store`.
pub(crate) fn adopt_busybox(
    store: &Store,
    deb: &Utf8Path,
    applets: &str,
    job: &Job<'_>,
) -> Result<(), RealiseError> {
    let path = &job.plan.busybox.output;
    let home = |act, path: &Utf8Path| {
        let path = path.to_owned();
        move |source| RealiseError::Home { act, path, source }
    };
    let host = store.host(path);
    let aside = store.aside().map_err(home("build in", &host))?;
    let folder = Utf8Path::from_path(aside.path())
        .expect("the home folder is UTF-8")
        .join("busybox");
    write_busybox(deb, applets, &folder)?;
    let found = nar::summarise(folder.as_std_path()).map_err(home("read", &folder))?;
    if found.sha256 != job.lock.busybox.nar_sha256 {
        let expected = job.lock.busybox.nar_sha256;
        return Err(RealiseError::Differs {
            path: path.clone(),
            expected,
            found: found.sha256,
        });
    }
    store
        .adopt(&folder, path, &found)
        .map_err(home("move to", &host))
}
