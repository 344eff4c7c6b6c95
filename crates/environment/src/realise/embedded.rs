//! The embedded realiser: runs the builders under bubblewrap as Nix would, with our store at `/nix/store`.
//!
//! It builds exactly the derivations of the plan, in order, and looks nothing up elsewhere. A builder sees its
//! inputs read-only, an empty store to write its output to, `/build` in memory, and no network.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use digest::{Sha256, nar};
use sandbox::{Launcher, Limits, Mount, Policy};

use super::bootstrap::{Bubblewrap, adopt_busybox};
use super::{Done, Expect, Job, Part, RealiseError, blocking, one_at_a_time};
use crate::derivation::Derivation;
use crate::fetch::{self, Cache};
use crate::lockfile::Artefact;
use crate::store::{Store, base};
use crate::store_path::{STORE, flat_file, store_name};

/// Where a builder works.
const BUILD: &str = "/build";

/// Realises `parts` (in the order of [`Part::ALL`]) in `store`, as far as they are not there yet.
pub(crate) async fn realise(
    store: &Store,
    job: &Job<'_>,
    parts: &[Part],
) -> Result<Done, RealiseError> {
    let home = |act| {
        let path = job.settings.home.clone();
        move |source| RealiseError::Home { act, path, source }
    };
    let _guard = one_at_a_time(job.settings, job.progress)
        .await
        .map_err(home("lock"))?;
    store.create().map_err(home("make a store in"))?;
    store.sweep().map_err(home("tidy up"))?;
    // Another process may have done it while this one waited.
    if let Some(done) = present(store, job, parts) {
        return Ok(done);
    }
    let missing: Vec<Part> = parts
        .iter()
        .copied()
        .filter(|part| state(store, job, *part).is_none())
        .collect();
    let launcher = prepare(store, job, &missing).await?;
    for part in missing {
        build(store, job, part, &launcher).await?;
    }
    Ok(present(store, job, parts).expect("what was just built and compared is there"))
}

/// The parts with their hashes and sizes, if `store` holds them all as the job wants them.
pub(crate) fn present(store: &Store, job: &Job<'_>, parts: &[Part]) -> Option<Done> {
    // A Python of the environment starts through busybox too.
    store.entered(&job.plan.busybox.output)?;
    parts
        .iter()
        .map(|part| Some((*part, state(store, job, *part)?)))
        .collect()
}

/// Hash and size of `part`, if the store holds it as the job wants it.
fn state(store: &Store, job: &Job<'_>, part: Part) -> Option<(Sha256, u64)> {
    let entered = store.entered(&part.of(job.plan).output)?;
    let wanted =
        job.expect == Expect::Nothing || entered.0 == part.recorded(&job.lock.outputs).nar_sha256;
    wanted.then_some(entered)
}

/// Fetches what the missing parts are made of, and sets up what builds them.
async fn prepare(store: &Store, job: &Job<'_>, missing: &[Part]) -> Result<Launcher, RealiseError> {
    let packages = Bubblewrap::packages(job.lock)?;
    let bubblewrap = Bubblewrap::at(&job.settings.home, &packages);
    let busybox_missing = store.entered(&job.plan.busybox.output).is_none();

    let mut debs: Vec<&Artefact> = Vec::new();
    if missing.contains(&Part::Root) {
        debs.extend(&job.lock.debs);
    } else if !bubblewrap.exists() {
        debs.extend(&packages);
    }
    if busybox_missing {
        debs.push(&job.lock.busybox.deb);
    }
    let mut wheels: Vec<&Artefact> = Vec::new();
    if missing.contains(&Part::Environment) {
        wheels.extend(&job.lock.wheels);
        wheels.push(&job.lock.installer);
    }
    let lock = job.lock;
    let cache = Cache::open(job.settings).map_err(RealiseError::Fetch)?;
    cache.sweep().map_err(|source| RealiseError::Home {
        act: "tidy up",
        path: job.settings.artefacts(),
        source,
    })?;
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

    if !bubblewrap.exists() {
        bubblewrap.unpack(&packages, &cache)?;
    }
    if busybox_missing {
        adopt_busybox(
            store,
            &cache.path(&lock.busybox.deb),
            job.sources.lib("applets.txt"),
            job,
        )?;
    }
    Ok(bubblewrap.launcher())
}

async fn build(
    store: &Store,
    job: &Job<'_>,
    part: Part,
    launcher: &Launcher,
) -> Result<(), RealiseError> {
    let derivation = part.of(job.plan);
    job.progress.stage(&format!("build `{}`", derivation.name));
    let home = |act, path: &Utf8Path| {
        let path = path.to_owned();
        move |source| RealiseError::Home { act, path, source }
    };
    let final_place = store.host(&derivation.output);
    let aside = store.aside().map_err(home("build in", &final_place))?;
    let aside = Utf8Path::from_path(aside.path()).expect("the home folder is UTF-8");
    let inner_store = aside.join("store");
    let kit = aside.join("taskkit");
    fs_err::create_dir(&inner_store).map_err(home("build in", &inner_store))?;
    if part == Part::Kit {
        job.sources
            .write_kit(&kit)
            .map_err(home("write the task kit to", &kit))?;
    }

    let cache = Cache::open(job.settings).map_err(RealiseError::Fetch)?;
    let policy = policy(
        derivation,
        &inner_store,
        &inputs(derivation, job, store, &cache, &kit),
    );
    let mut command = vec![derivation.builder.clone()];
    command.extend(derivation.arguments.iter().cloned());
    let confine = |source| RealiseError::Confine {
        part: derivation.name.clone(),
        source,
    };
    let done = sandbox::run(launcher, &policy, &command)
        .await
        .map_err(confine)?;
    if !done.record.outcome.is_success() {
        return Err(RealiseError::Builder {
            part: derivation.name.clone(),
            outcome: done.record.outcome.to_string(),
            complaint: done.record.stderr.last_lines(12),
        });
    }

    job.progress.stage(&format!("check `{}`", derivation.name));
    let built = inner_store.join(base(&derivation.output));
    let found = {
        let built = built.clone();
        blocking(move || nar::summarise(built.as_std_path()))
            .await
            .map_err(home("read", &final_place))?
    };
    job.compare(part, found.sha256)?;
    let (store, output) = (store.clone(), derivation.output.clone());
    blocking(move || store.adopt(&built, &output, &found))
        .await
        .map_err(home("move the result to", &final_place))
}

/// Where each input of `derivation` is on this machine.
fn inputs<'a>(
    derivation: &'a Derivation,
    job: &Job<'_>,
    store: &Store,
    cache: &Cache,
    kit: &Utf8Path,
) -> BTreeMap<&'a str, Utf8PathBuf> {
    let lock = job.lock;
    let downloads: BTreeMap<String, &Artefact> = lock
        .debs
        .iter()
        .chain(&lock.wheels)
        .chain([&lock.installer])
        .map(|artefact| {
            (
                flat_file(&store_name(&artefact.file), artefact.sha256),
                artefact,
            )
        })
        .collect();
    let built = derivation.inputs.iter().map(|input| {
        let host = match downloads.get(&input.output) {
            Some(artefact) => cache.path(artefact),
            None => store.host(&input.output),
        };
        (input.output.as_str(), host)
    });
    let sources = derivation
        .sources
        .iter()
        .map(|source| (source.as_str(), kit.to_owned()));
    built.chain(sources).collect()
}

/// The confinement of a builder, and the variables that Nix sets.
fn policy(
    derivation: &Derivation,
    inner_store: &Utf8Path,
    inputs: &BTreeMap<&str, Utf8PathBuf>,
) -> Policy {
    let mut mounts = vec![
        Mount::Writable {
            host: inner_store.to_owned(),
            inside: STORE.into(),
        },
        Mount::Tmpfs {
            inside: BUILD.into(),
            max_bytes: 1 << 30,
        },
    ];
    mounts.extend(inputs.iter().map(|(inside, host)| Mount::ReadOnly {
        host: host.clone(),
        inside: (*inside).into(),
    }));

    // Nix manual, "Derivations", section on the environment of a builder.
    let nix = [
        ("HOME", "/homeless-shelter"),
        ("NIX_BUILD_CORES", "1"),
        ("NIX_BUILD_TOP", BUILD),
        ("NIX_LOG_FD", "2"),
        ("NIX_STORE", STORE),
        ("PATH", "/path-not-set"),
        ("PWD", BUILD),
        ("TEMP", BUILD),
        ("TEMPDIR", BUILD),
        ("TERM", "xterm-256color"),
        ("TMP", BUILD),
        ("TMPDIR", BUILD),
    ];
    let mut variables: BTreeMap<String, String> = nix
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    variables.extend(derivation.variables.clone());
    Policy {
        name: "builder".to_owned(),
        mounts,
        variables,
        directory: BUILD.into(),
        limits: Limits {
            wall_seconds: 1800,
            grace_seconds: 2,
            cpu_seconds: 7200,
            memory_bytes: 4 << 30,
            address_space_bytes: 64 << 30,
            processes: 256,
            file_bytes: 4 << 30,
            disk_bytes: 8 << 30,
            disk_files: 1 << 20,
            temporary_bytes: 1 << 30,
            output_bytes: 1 << 20,
            output_stop_bytes: 1 << 30,
            open_files: 1024,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derivation::Recipe;

    #[test]
    fn a_builder_sees_its_inputs_and_writes_one_store() {
        let derivation = Derivation::built(Recipe {
            name: "x".into(),
            builder: "/nix/store/b-busybox/bin/busybox".into(),
            variables: [("HOME".to_owned(), "/own".to_owned())].into(),
            ..Recipe::default()
        });
        let inputs = [(
            "/nix/store/b-busybox",
            Utf8PathBuf::from("/cache/store/b-busybox"),
        )]
        .into();
        let policy = policy(
            &derivation,
            Utf8Path::new("/cache/store/.building-1/store"),
            &inputs,
        );
        insta::assert_debug_snapshot!(policy.mounts, @r#"
        [
            Writable {
                host: "/cache/store/.building-1/store",
                inside: "/nix/store",
            },
            Tmpfs {
                inside: "/build",
                max_bytes: 1073741824,
            },
            ReadOnly {
                host: "/cache/store/b-busybox",
                inside: "/nix/store/b-busybox",
            },
        ]
        "#);
        assert_eq!(policy.variables["out"], derivation.output);
        assert_eq!(policy.variables["NIX_STORE"], "/nix/store");
        assert_eq!(
            policy.variables["HOME"], "/own",
            "a derivation's own variables win, as with Nix"
        );
    }
}
