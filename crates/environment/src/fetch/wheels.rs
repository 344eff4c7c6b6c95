//! Wheels, downloaded with the machine's own pip: it knows the user's indexes, proxies and certificates.
//!
//! Whatever Python runs pip, the wheels are for ours: platform, ABI and version are stated.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use process::{HostCommand, ProcessError};

use super::{Cache, FetchError};
use crate::lockfile::Artefact;

/// Platform tags that bookworm's C library (2.36) runs, best first; PEP 600.
pub(crate) const PLATFORMS: &[&str] = &[
    "manylinux_2_36_x86_64",
    "manylinux_2_35_x86_64",
    "manylinux_2_34_x86_64",
    "manylinux_2_31_x86_64",
    "manylinux_2_28_x86_64",
    "manylinux_2_27_x86_64",
    "manylinux_2_24_x86_64",
    "manylinux_2_17_x86_64",
    "manylinux2014_x86_64",
    "manylinux_2_12_x86_64",
    "manylinux2010_x86_64",
    "manylinux_2_5_x86_64",
    "manylinux1_x86_64",
];

/// Downloads `wheels` into `incoming`, and from there into the cache.
pub(super) async fn download(
    wheels: &[&Artefact],
    python: &str,
    incoming: &Utf8Path,
    cache: &Cache,
) -> Result<(), FetchError> {
    if wheels.is_empty() {
        return Ok(());
    }
    let folder = incoming.join("wheels");
    let used = platforms(wheels);
    let platforms = PLATFORMS.iter().copied().filter(|tag| used.contains(tag));
    let pip = Pip::find().await?;
    pip.download(
        &requirements(wheels),
        &["--no-deps", "--require-hashes"],
        platforms,
        python,
        &folder,
    )
    .await?;
    wheels
        .iter()
        .try_for_each(|wheel| cache.adopt(&folder.join(&wheel.file), wheel))
}

/// The pip of this machine.
#[derive(Debug)]
pub(crate) struct Pip {
    command: HostCommand,
}

impl Pip {
    /// Finds a pip that runs.
    pub(crate) async fn find() -> Result<Self, FetchError> {
        for candidate in [
            &["python3", "-m", "pip"][..],
            &["python", "-m", "pip"],
            &["pip3"],
            &["pip"],
        ] {
            let Ok(command) = HostCommand::find(candidate[0]) else {
                continue;
            };
            let command = command.args(candidate[1..].iter().copied());
            let works = command.clone().arg("--version").succeed().await;
            if works.is_ok() {
                return Ok(Self { command });
            }
        }
        Err(FetchError::NoPip)
    }

    /// Downloads wheels for our Python that meet `requirements` (the text of a requirements file).
    pub(crate) async fn download(
        self,
        requirements: &str,
        options: &[&str],
        platforms: impl IntoIterator<Item = &str>,
        python: &str,
        folder: &Utf8Path,
    ) -> Result<(), FetchError> {
        let write = || -> std::io::Result<Utf8PathBuf> {
            fs_err::create_dir_all(folder.join("tmp"))?;
            let file = folder.join("requirements.txt");
            fs_err::write(&file, requirements)?;
            Ok(file)
        };
        let file = write().map_err(|source| FetchError::Cache {
            path: folder.to_owned(),
            source,
        })?;
        let abi = format!("cp{}", python.replace('.', ""));
        self.command
            .args([
                "download",
                "--no-input",
                "--progress-bar=off",
                "--disable-pip-version-check",
            ])
            .args(["--only-binary=:all:", "--implementation=cp"])
            .args(platforms.into_iter().map(|tag| format!("--platform={tag}")))
            .arg(format!("--python-version={python}"))
            .args([
                format!("--abi={abi}"),
                "--abi=abi3".to_owned(),
                "--abi=none".to_owned(),
            ])
            .args(options.iter().copied())
            .args(["--dest", folder.as_str(), "--requirement", file.as_str()])
            // pip unpacks downloads there first: the same file system, and its growth can be watched.
            .variable("TMPDIR", folder.join("tmp").as_str())
            .time_limit(std::time::Duration::from_secs(1800))
            .succeed()
            .await
            .map(|_| ())
            .map_err(|source: ProcessError| FetchError::Pip { source })
    }
}

/// A requirements file that pins `wheels` by version and hash.
fn requirements(wheels: &[&Artefact]) -> String {
    let lines = wheels.iter().map(|wheel| {
        format!(
            "{}=={} --hash=sha256:{}\n",
            wheel.name, wheel.version, wheel.sha256
        )
    });
    lines.collect()
}

/// The platform tags that the files' names state, but `any`.
fn platforms<'a>(wheels: &[&'a Artefact]) -> BTreeSet<&'a str> {
    wheels
        .iter()
        .filter_map(|wheel| wheel.file.strip_suffix(".whl")?.rsplit('-').next())
        .flat_map(|tags| tags.split('.'))
        .filter(|tag| *tag != "any")
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wheel(name: &str, version: &str, tags: &str) -> Artefact {
        Artefact {
            name: name.into(),
            version: version.into(),
            file: format!("{name}-{version}-{tags}.whl"),
            path: None,
            sha256: digest::sha256_bytes(name),
            size: 1,
        }
    }

    #[test]
    fn requirements_pin_version_and_hash() {
        let (numpy, six) = (
            wheel(
                "numpy",
                "2.4.6",
                "cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64",
            ),
            wheel("six", "1.17.0", "py2.py3-none-any"),
        );
        insta::assert_snapshot!(requirements(&[&numpy, &six]), @r"
        numpy==2.4.6 --hash=sha256:73dd0baf8e5438da8816254a073ee43b61f8b2cdef6f393e0059cdbc55cb8d9c
        six==1.17.0 --hash=sha256:44778d82365e4af681c40d5f0eef5cf6f5899d3f0ac335050a7ed6779cf3f674
        ");
        let tags: Vec<_> = platforms(&[&numpy, &six]).into_iter().collect();
        assert_eq!(tags, ["manylinux_2_27_x86_64", "manylinux_2_28_x86_64"]);
    }
}
