//! Gets the pinned artefacts onto this machine: from the cache, with pip, or from a Debian archive.
//!
//! No address of a registry stands here: pip knows the user's index, apt the user's mirror. Nothing that
//! was downloaded is used before its SHA-256 was compared with the lock.

mod cache;
mod debian;
mod error;
mod mirror;
mod wheels;

use camino::Utf8Path;

pub(crate) use cache::Cache;
pub(crate) use debian::{download_index, download_signed};
pub use error::FetchError;
pub(crate) use mirror::Mirrors;
pub(crate) use wheels::{PLATFORMS, Pip};

use crate::lockfile::{Artefact, Release};
use crate::{Progress, Settings};

/// Brings `wheels` and `debs` into the cache, both at once.
///
/// # Errors
/// When a source is missing or unreachable, or gives other bytes than the lock states.
pub(crate) async fn fetch(
    wheels: &[&Artefact],
    debs: &[&Artefact],
    release: &Release,
    python: &str,
    settings: &Settings,
    progress: &dyn Progress,
) -> Result<(), FetchError> {
    let cache = Cache::open(settings)?;
    let mut missing_wheels = Vec::new();
    let mut missing_debs = Vec::new();
    for (artefacts, missing) in [(wheels, &mut missing_wheels), (debs, &mut missing_debs)] {
        for artefact in artefacts {
            if !cache.holds(artefact)? {
                missing.push(*artefact);
            }
        }
    }
    let all = || missing_wheels.iter().chain(&missing_debs);
    if all().next().is_none() {
        return Ok(());
    }
    let total: u64 = all().map(|artefact| artefact.size).sum();
    progress.stage(&format!(
        "download {} files, {} MB",
        all().count(),
        total.div_ceil(1_000_000)
    ));

    let incoming = cache.incoming()?;
    let folder = Utf8Path::from_path(incoming.path())
        .expect("the cache folder is UTF-8, and so are names in it");
    let watch = async {
        // The files grow in one folder, whoever downloads them: its size is the progress.
        loop {
            progress.bytes(folder_bytes(folder).min(total), total);
            tokio::time::sleep(std::time::Duration::from_millis(250)).await;
        }
    };
    let work = async {
        tokio::try_join!(
            wheels::download(&missing_wheels, python, folder, &cache),
            debian::download(&missing_debs, release, folder, &cache, settings),
        )
    };
    tokio::select! {
        done = work => done.map(|_| ())?,
        () = watch => unreachable!("the watch never ends by itself"),
    }
    progress.bytes(total, total);
    Ok(())
}

/// Bytes of all files below `folder`; what vanishes meanwhile counts nothing.
fn folder_bytes(folder: &Utf8Path) -> u64 {
    let Ok(entries) = fs_err::read_dir(folder) else {
        return 0;
    };
    let sizes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => entry
            .path()
            .try_into()
            .map_or(0, |path: camino::Utf8PathBuf| folder_bytes(&path)),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    });
    sizes.sum()
}
