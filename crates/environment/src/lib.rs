//! A task's Python environment: from its lock file to store paths on this machine, with Nix or without.
//!
//! An environment is a Nix derivation whose only inputs are Debian packages and wheels, pinned by hash. Where
//! there is no Nix, the embedded realiser runs the same builder on the same inputs under bubblewrap, and the
//! result has the same NAR hash, or is refused. Confinement of tasks is not this crate's: [`Realised`] says what
//! a sandbox has to show and set.
//!
//! In reading order: `spec` and `lockfile` (what is pinned), `plan` and `derivation` (what is built from it),
//! `fetch` (the bytes), `realise` (the build), [`Realised`] (the result), `relock` (how a lock is made).

#![forbid(unsafe_code)]

mod error;
mod progress;
mod settings;

mod lockfile;
mod sources;
mod spec;

mod derivation;
mod plan;
mod store_path;

mod deb;
mod fetch;

mod realise;
mod realised;
mod store;

mod debian_index;
mod relock;

use camino::Utf8PathBuf;

pub use deb::DebError;
pub use error::EnvironmentError;
pub use fetch::FetchError;
pub use progress::{Progress, Silent};
pub use realise::RealiseError;
pub use realised::{ClosurePath, Realised};
pub use relock::{lock, lock_kit};
pub use settings::{RealiserChoice, Settings, SettingsError};

use lockfile::Lock;
use plan::{Plan, Stale};
use realise::{Expect, Job, Part, Realiser, blocking};
use sources::Sources;
use store::Store;

/// Names of the environments of this binary, sorted.
#[must_use]
pub fn names() -> Vec<String> {
    Sources::embedded()
        .environments()
        .into_iter()
        .map(str::to_owned)
        .collect()
}

/// Brings the environment `name` onto this machine, if it is not there yet.
///
/// # Errors
/// When there is no such environment, its artefacts can't be fetched, or the build fails or differs from the lock.
pub async fn realise(
    name: &str,
    settings: &Settings,
    progress: &dyn Progress,
) -> Result<Realised, EnvironmentError> {
    let sources = Sources::embedded();
    let (lock, plan) = load(name, &sources)?;
    let realiser = realise_locked(&lock, &plan, &sources, settings, progress).await?;
    let text = sources.lock(name).expect("its lock was just read");
    Ok(Realised::new(&lock, text, &plan, &realiser))
}

/// Reads every byte of the environment `name` again and compares it with the lock; realises it first where needed.
///
/// # Errors
/// As [`realise`]; and [`EnvironmentError::Changed`] for the first store path that was changed.
pub async fn check(
    name: &str,
    settings: &Settings,
    progress: &dyn Progress,
) -> Result<Realised, EnvironmentError> {
    let sources = Sources::embedded();
    let (lock, plan) = load(name, &sources)?;
    let failed = |source| EnvironmentError::Realise {
        name: name.to_owned(),
        source,
    };
    let realiser = realise_locked(&lock, &plan, &sources, settings, progress).await?;
    let busybox = [(plan.busybox.output.clone(), lock.busybox.nar_sha256)];
    let parts = Part::ALL.map(|part| {
        (
            part.of(&plan).output.clone(),
            part.recorded(&lock.outputs).nar_sha256,
        )
    });
    for (path, expected) in busybox.into_iter().chain(parts) {
        progress.stage(&format!("read `{path}`"));
        let (host, unchanged) = match &realiser {
            Realiser::Nix => {
                let tools = realise::nix::Tools::find().map_err(failed)?;
                (Utf8PathBuf::from(&path), tools.verify(&path).await.is_ok())
            }
            Realiser::Embedded(store) => {
                let store = Store::new(store.clone());
                let host = store.host(&path);
                let found = {
                    let path = path.clone();
                    blocking(move || store.rehash(&path)).await
                };
                (host, found.is_ok_and(|found| found == expected))
            }
        };
        if !unchanged {
            return Err(EnvironmentError::Changed { path, host });
        }
    }
    let text = sources.lock(name).expect("its lock was just read");
    Ok(Realised::new(&lock, text, &plan, &realiser))
}

/// One line about an environment.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Listing {
    /// Its name.
    pub name: String,
    /// Store path of the environment.
    pub output_path: Utf8PathBuf,
    /// Version of its numerics profile.
    pub numerics_version: u32,
    /// Packages and wheels it is made of.
    pub artefacts: usize,
    /// Bytes to download for it.
    pub download_bytes: u64,
    /// Bytes of the built store paths, as archives.
    pub store_bytes: u64,
    /// Whether the embedded store or Nix's holds it.
    pub present: bool,
}

/// The environments of this binary with their state on this machine.
///
/// # Errors
/// When a lock can't be read or is stale.
pub fn list(settings: &Settings) -> Result<Vec<Listing>, EnvironmentError> {
    let sources = Sources::embedded();
    let listing = |name: &&str| {
        let (lock, plan) = load(name, &sources)?;
        let artefacts = || {
            lock.debs
                .iter()
                .chain(&lock.wheels)
                .chain([&lock.installer, &lock.busybox.deb])
        };
        let outputs = &lock.outputs;
        let store = Store::new(settings.store());
        let embedded = store.holds(&outputs.environment.path, outputs.environment.nar_sha256);
        Ok(Listing {
            name: lock.name.clone(),
            output_path: plan.environment.output.clone().into(),
            numerics_version: lock.numerics.version,
            artefacts: artefacts().count(),
            download_bytes: artefacts().map(|artefact| artefact.size).sum(),
            store_bytes: Part::ALL
                .iter()
                .map(|part| part.recorded(outputs).nar_bytes)
                .sum(),
            present: embedded || Utf8PathBuf::from(&outputs.environment.path).exists(),
        })
    };
    sources.environments().iter().map(listing).collect()
}

/// Reads the lock of `name` and computes its derivations; refuses a lock that does not belong to the files beside it.
fn load(name: &str, sources: &Sources) -> Result<(Lock, Plan), EnvironmentError> {
    let lock = read_lock(name, sources)?;
    let spec = sources.spec(name).ok_or_else(|| unknown(name, sources))?;
    if digest::sha256_bytes(spec) != lock.specification {
        return Err(EnvironmentError::Stale {
            name: name.to_owned(),
            part: "`environment.toml`",
        });
    }
    let plan = Plan::new(&lock, sources);
    plan.check(&lock).map_err(|part| stale(name, part))?;
    Ok((lock, plan))
}

async fn realise_locked(
    lock: &Lock,
    plan: &Plan,
    sources: &Sources,
    settings: &Settings,
    progress: &dyn Progress,
) -> Result<Realiser, EnvironmentError> {
    let job = Job {
        lock,
        plan,
        sources,
        settings,
        progress,
        expect: Expect::Locked,
    };
    let (realiser, _) =
        realise::realise(&job, &Part::ALL)
            .await
            .map_err(|source| EnvironmentError::Realise {
                name: lock.name.clone(),
                source,
            })?;
    Ok(realiser)
}

fn read_lock(name: &str, sources: &Sources) -> Result<Lock, EnvironmentError> {
    if sources.spec(name).is_none() {
        return Err(unknown(name, sources));
    }
    let text = sources.lock(name).ok_or_else(|| EnvironmentError::NoLock {
        name: name.to_owned(),
    })?;
    Lock::parse(text).map_err(|source| EnvironmentError::Lock {
        name: name.to_owned(),
        source,
    })
}

fn unknown(name: &str, sources: &Sources) -> EnvironmentError {
    let known = sources
        .environments()
        .into_iter()
        .map(str::to_owned)
        .collect();
    EnvironmentError::Unknown {
        name: name.to_owned(),
        known,
    }
}

fn stale(name: &str, part: Stale) -> EnvironmentError {
    let part = match part {
        Stale::Root => "the packages or `root.sh`",
        Stale::Environment => "the wheels or `environment.sh`",
        Stale::Kit => error::KIT,
    };
    EnvironmentError::Stale {
        name: name.to_owned(),
        part,
    }
}
