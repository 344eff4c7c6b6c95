//! Makes `lock.json`: resolves an `environment.toml` to exact files, builds from them, records the hashes.
//!
//! Work of a maintainer, in a checkout. What a user runs never resolves anything.

use std::io::Read as _;

use camino::{Utf8Path, Utf8PathBuf};
use digest::{nar, sha256_file};
use liblzma::read::XzDecoder;

use crate::debian_index::{ReleaseFile, package};
use crate::error::EnvironmentError;
use crate::fetch::{
    self, Cache, FetchError, Mirrors, PLATFORMS, Pip, download_index, download_signed,
};
use crate::lockfile::{Artefact, Busybox, FORMAT, Lock, Output, Outputs, Release};
use crate::plan::{Plan, Stale};
use crate::realise::{Expect, Job, Part, bootstrap, realise};
use crate::sources::Sources;
use crate::spec::Spec;
use crate::{Progress, Settings};

/// Resolves the environment `name` of the folder `sandboxes` anew and writes its `lock.json`.
///
/// # Errors
/// When the specification can't be read or resolved, an index or file can't be fetched, or the build fails.
pub async fn lock(
    name: &str,
    sandboxes: &Utf8Path,
    settings: &Settings,
    progress: &dyn Progress,
) -> Result<(), EnvironmentError> {
    let sources = read(sandboxes)?;
    let text = sources
        .spec(name)
        .ok_or_else(|| crate::unknown(name, &sources))?;
    let spec = Spec::parse(text).map_err(|source| EnvironmentError::Spec {
        name: name.to_owned(),
        source: Box::new(source),
    })?;
    let failed = |source| EnvironmentError::Fetch {
        name: name.to_owned(),
        source,
    };

    let cache = Cache::open(settings).map_err(failed)?;
    let aside = tempfile::tempdir_in(&settings.home).map_err(file(&settings.home))?;
    let folder = Utf8Path::from_path(aside.path()).expect("the home folder is UTF-8");
    progress.stage("read the archive's index");
    let (release, mut debs) = resolve_debs(name, &spec, settings, folder).await?;
    progress.stage("resolve the wheels");
    let wheels = resolve_wheels(
        &spec.wheels.requirements,
        &spec.python,
        &folder.join("wheels"),
        &cache,
    )
    .await
    .map_err(failed)?;
    let installer = resolve_wheels(
        std::slice::from_ref(&spec.wheels.installer),
        &spec.python,
        &folder.join("installer"),
        &cache,
    )
    .await
    .map_err(failed)?;
    let [installer] =
        <[Artefact; 1]>::try_from(installer).map_err(|more| EnvironmentError::Resolve {
            name: name.to_owned(),
            reason: format!(
                "the installer needs {} further wheels",
                more.len().saturating_sub(1)
            ),
        })?;
    let busybox_deb = debs.pop().expect("busybox was asked for last");
    fetch::fetch(
        &[],
        &[&busybox_deb],
        &release,
        &spec.python,
        settings,
        progress,
    )
    .await
    .map_err(failed)?;
    let busybox_folder = folder.join("busybox");
    bootstrap::write_busybox(
        &cache.path(&busybox_deb),
        sources.lib("applets.txt"),
        &busybox_folder,
    )
    .map_err(|source| EnvironmentError::Realise {
        name: name.to_owned(),
        source,
    })?;
    let busybox = nar::summarise(busybox_folder.as_std_path()).map_err(file(&busybox_folder))?;

    let unknown = || Output {
        derivation: String::new(),
        path: String::new(),
        nar_sha256: digest::sha256_bytes(""),
        nar_bytes: 0,
    };
    let mut lock = Lock {
        format: FORMAT,
        name: name.to_owned(),
        specification: digest::sha256_bytes(text),
        python: spec.python,
        imports: spec.imports,
        numerics: spec.numerics,
        release,
        busybox: Busybox {
            deb: busybox_deb,
            nar_sha256: busybox.sha256,
        },
        debs,
        installer,
        wheels,
        outputs: Outputs {
            root: unknown(),
            environment: unknown(),
            kit: unknown(),
        },
    };
    record(&mut lock, &sources, settings, progress, &Part::ALL).await?;
    write(sandboxes, &lock)
}

/// Builds the task kit of the folder `sandboxes` again and records it in the `lock.json` of every environment.
///
/// It needs no network once the environments are realised.
///
/// # Errors
/// When a lock is stale in another part too, or the kit can't be built.
pub async fn lock_kit(
    sandboxes: &Utf8Path,
    settings: &Settings,
    progress: &dyn Progress,
) -> Result<(), EnvironmentError> {
    let sources = read(sandboxes)?;
    for name in sources.environments() {
        let mut lock = crate::read_lock(name, &sources)?;
        let plan = Plan::new(&lock, &sources);
        match plan.check(&lock) {
            Ok(()) => continue,
            Err(Stale::Kit) => {}
            Err(stale) => return Err(crate::stale(name, stale)),
        }
        let root = lock.outputs.root.nar_sha256;
        record(
            &mut lock,
            &sources,
            settings,
            progress,
            &[Part::Root, Part::Kit],
        )
        .await?;
        if lock.outputs.root.nar_sha256 != root {
            return Err(crate::stale(name, Stale::Root));
        }
        write(sandboxes, &lock)?;
    }
    Ok(())
}

/// Builds `parts` and writes what came out into `lock`.
async fn record(
    lock: &mut Lock,
    sources: &Sources,
    settings: &Settings,
    progress: &dyn Progress,
    parts: &[Part],
) -> Result<(), EnvironmentError> {
    let plan = Plan::new(lock, sources);
    let job = Job {
        lock,
        plan: &plan,
        sources,
        settings,
        progress,
        expect: Expect::Nothing,
    };
    let (_, done) = realise(&job, parts)
        .await
        .map_err(|source| EnvironmentError::Realise {
            name: lock.name.clone(),
            source,
        })?;
    for (part, (nar_sha256, nar_bytes)) in done {
        let derivation = part.of(&plan);
        let output = Output {
            derivation: derivation.path.clone(),
            path: derivation.output.clone(),
            nar_sha256,
            nar_bytes,
        };
        *part.recorded_mut(&mut lock.outputs) = output;
    }
    Ok(())
}

/// The packages of `spec`, and busybox's as the last.
async fn resolve_debs(
    name: &str,
    spec: &Spec,
    settings: &Settings,
    folder: &Utf8Path,
) -> Result<(Release, Vec<Artefact>), EnvironmentError> {
    let failed = |source| EnvironmentError::Fetch {
        name: name.to_owned(),
        source,
    };
    let unresolved = |reason| EnvironmentError::Resolve {
        name: name.to_owned(),
        reason,
    };
    let debian = &spec.debian;
    let mut release = Release {
        suite: debian.suite.clone(),
        version: String::new(),
        component: debian.component.clone(),
        architecture: debian.architecture.clone(),
    };
    let mirrors = Mirrors::find(settings, &release).await.map_err(failed)?;
    let signed = download_signed(&mirrors, &debian.suite, folder)
        .await
        .map_err(failed)?;
    let index = format!(
        "{}/binary-{}/Packages.xz",
        debian.component, debian.architecture
    );
    let signed = ReleaseFile::parse(&signed, &index).ok_or_else(|| {
        unresolved(format!(
            "the release file of `{}` names no `{index}`",
            debian.suite
        ))
    })?;
    release.version = signed.version;
    let index = format!("dists/{}/{index}", debian.suite);
    let packed = download_index(&mirrors, &index, signed.index, folder)
        .await
        .map_err(failed)?;
    let mut text = String::new();
    let reader = fs_err::File::open(&packed).map_err(file(&packed))?;
    XzDecoder::new(reader)
        .read_to_string(&mut text)
        .map_err(file(&packed))?;
    let wanted = debian.packages.iter().chain([&debian.busybox]);
    let found = wanted.map(|wanted| {
        package(&text, wanted)
            .ok_or_else(|| unresolved(format!("`{}` has no package `{wanted}`", debian.suite)))
    });
    Ok((release, found.collect::<Result<_, _>>()?))
}

/// The wheels that meet `requirements`, with what they need in turn, sorted by name; the cache holds them.
async fn resolve_wheels(
    requirements: &[String],
    python: &str,
    folder: &Utf8Path,
    cache: &Cache,
) -> Result<Vec<Artefact>, FetchError> {
    let at = |path: &Utf8Path| {
        let path = path.to_owned();
        move |source| FetchError::Cache { path, source }
    };
    let pip = Pip::find().await?;
    pip.download(
        &requirements.join("\n"),
        &[],
        PLATFORMS.iter().copied(),
        python,
        folder,
    )
    .await?;
    let mut wheels = Vec::new();
    for entry in folder.read_dir_utf8().map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let Some((name, version)) = wheel_name(entry.file_name()) else {
            continue;
        };
        let path: Utf8PathBuf = entry.path().to_owned();
        let artefact = Artefact {
            name,
            version,
            file: entry.file_name().to_owned(),
            path: None,
            sha256: sha256_file(&path).map_err(at(&path))?,
            size: fs_err::metadata(&path).map_err(at(&path))?.len(),
        };
        cache.adopt(&path, &artefact)?;
        wheels.push(artefact);
    }
    wheels.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(wheels)
}

/// Name (normalised as PEP 503 says) and version in the file name of a wheel.
fn wheel_name(file: &str) -> Option<(String, String)> {
    let mut parts = file.strip_suffix(".whl")?.split('-');
    let (name, version) = (parts.next()?, parts.next()?);
    Some((
        name.to_lowercase().replace(['_', '.'], "-"),
        version.to_owned(),
    ))
}

fn read(sandboxes: &Utf8Path) -> Result<Sources, EnvironmentError> {
    Sources::read(sandboxes).map_err(file(sandboxes))
}

fn write(sandboxes: &Utf8Path, lock: &Lock) -> Result<(), EnvironmentError> {
    let path = sandboxes.join(&lock.name).join("lock.json");
    let aside = path.with_extension("json.new");
    fs_err::write(&aside, lock.render()).map_err(file(&aside))?;
    fs_err::rename(&aside, &path).map_err(file(&path))
}

fn file(path: &Utf8Path) -> impl FnOnce(std::io::Error) -> EnvironmentError + use<> {
    let path = path.to_owned();
    move |source| EnvironmentError::File { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wheel_names_are_normalised() {
        let cases = [
            (
                "scikit_learn-1.9.1-cp311-cp311-manylinux_2_28_x86_64.whl",
                Some(("scikit-learn", "1.9.1")),
            ),
            (
                "python_dateutil-4.0.0-py3-none-any.whl",
                Some(("python-dateutil", "4.0.0")),
            ),
            ("requirements.txt", None),
        ];
        for (file, expected) in cases {
            let found = wheel_name(file);
            let found = found
                .as_ref()
                .map(|(name, version)| (name.as_str(), version.as_str()));
            assert_eq!(found, expected);
        }
    }
}
