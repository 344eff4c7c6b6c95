//! The realiser for machines with Nix (2.8 or later): the same expressions, built into Nix's own store.
//!
//! It gives Nix the artefacts by hash, so that Nix downloads nothing, and never asks a binary cache.

use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use digest::Sha256;
use process::HostCommand;

use super::bootstrap::write_busybox;
use super::{Done, Job, Part, RealiseError, one_at_a_time};
use crate::fetch::{self, Cache};
use crate::store_path::from_nix_base32;

/// The programs of Nix, and the options that every call gets.
#[derive(Clone, Debug)]
pub(crate) struct Tools {
    store: HostCommand,
    build: HostCommand,
    options: Vec<String>,
}

impl Tools {
    /// Finds the programs; whether the store can be used shows with the first call.
    pub(crate) fn find() -> Result<Self, RealiseError> {
        let find = |program: &str| HostCommand::find(program).map_err(|_| RealiseError::NoNix);
        let mut options = Self::option("substitute", "false");
        if is_root_alone() {
            options.extend(Self::option("build-users-group", ""));
        }
        Ok(Self {
            store: find("nix-store")?,
            build: find("nix-build")?,
            options,
        })
    }

    /// Fails unless this user can write to the store, by himself or through a daemon.
    pub(crate) async fn probe(&self) -> Result<(), RealiseError> {
        // Without a path to verify this only opens the store.
        let opened = self.store().arg("--verify-path").succeed().await;
        opened
            .map(|_| ())
            .map_err(|source| RealiseError::NixUnusable { source })
    }

    fn option(name: &str, value: &str) -> Vec<String> {
        ["--option", name, value].map(str::to_owned).into()
    }

    fn store(&self) -> HostCommand {
        self.store.clone().args(self.options.clone())
    }

    fn build(&self) -> HostCommand {
        self.build
            .clone()
            .args(self.options.clone())
            .time_limit(Duration::from_secs(1800))
    }

    /// Hash and size of each of `paths` as Nix recorded them, if its store holds them all.
    async fn states(&self, paths: &[&str]) -> Option<Vec<(Sha256, u64)>> {
        let query = async |what: &str| {
            let answer = self
                .store()
                .args(["--query", what])
                .args(paths.iter().copied())
                .succeed()
                .await;
            Some(answer.ok()?.stdout_text())
        };
        let (hashes, sizes) = (query("--hash").await?, query("--size").await?);
        let states = hashes.lines().zip(sizes.lines()).map(|(hash, size)| {
            let hash = from_nix_base32(hash.trim().strip_prefix("sha256:")?)?;
            Some((hash, size.trim().parse().ok()?))
        });
        states
            .collect::<Option<Vec<_>>>()
            .filter(|states| states.len() == paths.len())
    }

    async fn holds(&self, path: &str) -> bool {
        self.states(&[path]).await.is_some()
    }

    /// Fails unless `path` still has the content that Nix recorded.
    pub(crate) async fn verify(&self, path: &str) -> Result<(), RealiseError> {
        let failed = |source| RealiseError::Nix {
            act: "confirm the content of its store",
            source,
        };
        self.store()
            .args(["--verify-path", path])
            .succeed()
            .await
            .map(|_| ())
            .map_err(failed)
    }
}

/// The parts with their hashes and sizes, if Nix's store holds them all.
///
/// # Errors
/// When the store holds one that differs from the lock.
pub(crate) async fn present(
    tools: &Tools,
    job: &Job<'_>,
    parts: &[Part],
) -> Result<Option<Done>, RealiseError> {
    let paths: Vec<&str> = parts
        .iter()
        .map(|part| part.of(job.plan).output.as_str())
        .collect();
    let Some(states) = tools.states(&paths).await else {
        return Ok(None);
    };
    let done: Done = parts.iter().copied().zip(states).collect();
    for (part, (found, _)) in &done {
        job.compare(*part, *found)?;
    }
    Ok(Some(done))
}

/// Realises `parts` in Nix's store, as far as they are not there yet.
pub(crate) async fn realise(
    tools: &Tools,
    job: &Job<'_>,
    parts: &[Part],
) -> Result<Done, RealiseError> {
    let mut missing = Vec::new();
    for part in parts {
        if !tools.holds(&part.of(job.plan).output).await {
            missing.push(*part);
        }
    }
    build(tools, job, &missing).await?;
    present(tools, job, parts)
        .await?
        .ok_or_else(|| RealiseError::NixAnswer {
            act: "name the hashes of what it built",
            answer: "not in the store".to_owned(),
        })
}

async fn build(tools: &Tools, job: &Job<'_>, missing: &[Part]) -> Result<(), RealiseError> {
    let home = |act| {
        let path = job.settings.home.clone();
        move |source| RealiseError::Home { act, path, source }
    };
    let _guard = one_at_a_time(job.settings, job.progress)
        .await
        .map_err(home("lock"))?;
    let aside = tempfile::tempdir_in(&job.settings.home).map_err(home("work in"))?;
    let aside = Utf8Path::from_path(aside.path()).expect("the home folder is UTF-8");
    add_artefacts(tools, job, missing, aside).await?;

    let sources = aside.join("sandboxes");
    job.sources.write_all(&sources).map_err(home("work in"))?;
    // The lock of the job and not the file's: they differ while a lock is being made.
    let lock_file = sources.join(&job.lock.name).join("lock.json");
    fs_err::write(&lock_file, job.lock.render()).map_err(home("work in"))?;
    let roots = job.settings.roots();
    fs_err::create_dir_all(&roots).map_err(home("work in"))?;
    for part in missing {
        let derivation = part.of(job.plan);
        job.progress
            .stage(&format!("build `{}` with Nix", derivation.name));
        let root = roots.join(format!("{}-{}", job.lock.name, part.attribute()));
        let built = tools
            .build()
            .args([
                sources.join("lib").as_str(),
                "--argstr",
                "name",
                &job.lock.name,
            ])
            .args(["--attr", part.attribute(), "--out-link", root.as_str()])
            .succeed()
            .await
            .map_err(|source| RealiseError::Nix {
                act: "build the environment",
                source,
            })?;
        let answer = built.stdout_text().trim().to_owned();
        if answer != derivation.output {
            return Err(RealiseError::NixAnswer {
                act: "build the environment",
                answer,
            });
        }
    }
    Ok(())
}

/// Puts what the missing parts are made of into Nix's store, each under the path that its hash gives.
async fn add_artefacts(
    tools: &Tools,
    job: &Job<'_>,
    missing: &[Part],
    aside: &Utf8Path,
) -> Result<(), RealiseError> {
    let lock = job.lock;
    let (mut debs, mut wheels) = (Vec::new(), Vec::new());
    // The kit is built in the root, and Nix keeps no inputs of what is built.
    let root_needed = !tools.holds(&job.plan.root.output).await;
    if root_needed {
        debs.extend(&lock.debs);
    }
    if missing.contains(&Part::Environment) {
        wheels.extend(&lock.wheels);
        wheels.push(&lock.installer);
    }
    let busybox_needed = !tools.holds(&job.plan.busybox.output).await;
    if busybox_needed {
        debs.push(&lock.busybox.deb);
    }
    fetch::fetch(
        &wheels,
        &debs,
        &lock.release,
        &lock.python,
        job.settings,
        job.progress,
    )
    .await
    .map_err(RealiseError::Fetch)?;

    let cache = Cache::open(job.settings).map_err(RealiseError::Fetch)?;
    let busybox = if busybox_needed { debs.pop() } else { None };
    let files: Vec<Utf8PathBuf> = debs
        .iter()
        .chain(&wheels)
        .map(|artefact| cache.path(artefact))
        .collect();
    job.progress.stage("add the artefacts to Nix's store");
    let add = |source| RealiseError::Nix {
        act: "add the artefacts to its store",
        source,
    };
    if !files.is_empty() {
        let files = files.iter().map(|file| file.as_str());
        tools
            .store()
            .args(["--add-fixed", "sha256"])
            .args(files)
            .succeed()
            .await
            .map_err(add)?;
    }
    if let Some(deb) = busybox {
        let folder = aside.join("busybox");
        write_busybox(&cache.path(deb), job.sources.lib("applets.txt"), &folder)?;
        let added = tools
            .store()
            .args(["--add-fixed", "--recursive", "sha256", folder.as_str()])
            .succeed();
        let answer = added.await.map_err(add)?.stdout_text().trim().to_owned();
        if answer != job.plan.busybox.output {
            return Err(RealiseError::NixAnswer {
                act: "add busybox to its store",
                answer,
            });
        }
    }
    Ok(())
}

/// Whether Nix would look for build users that nobody made: root, with the package of a distribution alone.
///
/// Builders then run as root inside Nix's own sandbox. A Nix that was set up for several users has the group.
fn is_root_alone() -> bool {
    let effective = std::os::unix::fs::MetadataExt::uid(&match fs_err::metadata("/proc/self") {
        Ok(metadata) => metadata,
        Err(_) => return false,
    });
    let groups = fs_err::read_to_string("/etc/group").unwrap_or_default();
    effective == 0 && !groups.lines().any(|group| group.starts_with("nixbld:"))
}
