//! An environment that is there: what a sandbox has to show of it, and how Python is started inside.
//!
//! It starts nothing itself.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use digest::Sha256;
use sandbox::Launcher;

use crate::lockfile::Lock;
use crate::plan::Plan;
use crate::realise::{Realiser, bootstrap};
use crate::store::base;

/// A store path of an environment: where it is on this machine, and where programs expect it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosurePath {
    /// Absolute path inside a sandbox: `/nix/store/…`, always the same for the same environment.
    pub inside: Utf8PathBuf,
    /// Absolute path on this machine.
    pub host: Utf8PathBuf,
}

/// An environment whose bytes are on this machine and have the hashes that its lock states.
#[derive(Clone, Debug)]
pub struct Realised {
    name: String,
    python_series: String,
    output: Utf8PathBuf,
    nar_sha256: Sha256,
    lock_sha256: Sha256,
    kit: Utf8PathBuf,
    closure: Vec<ClosurePath>,
    root: Utf8PathBuf,
    variables: BTreeMap<String, String>,
    numerics_version: u32,
}

impl Realised {
    pub(crate) fn new(lock: &Lock, lock_text: &str, plan: &Plan, realiser: &Realiser) -> Self {
        let host = |path: &str| match realiser {
            Realiser::Nix => Utf8PathBuf::from(path),
            Realiser::Embedded(store) => store.join(base(path)),
        };
        let closure = plan.closure().map(|path| ClosurePath {
            inside: path.into(),
            host: host(path),
        });
        let packages = |output: &str| {
            Utf8Path::new(output).join(format!("lib/python{}/dist-packages", lock.python))
        };
        let kit = packages(&plan.kit.output);
        Self {
            name: lock.name.clone(),
            python_series: lock.python.clone(),
            output: plan.environment.output.clone().into(),
            nar_sha256: lock.outputs.environment.nar_sha256,
            lock_sha256: digest::sha256_bytes(lock_text),
            variables: variables(lock, plan, &kit),
            kit,
            closure: closure.into(),
            root: host(&plan.root.output),
            numerics_version: lock.numerics.version,
        }
    }

    /// Name of the environment, such as `tabular`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Store path of the environment, as seen inside a sandbox. It names the inputs: other inputs, other path.
    #[must_use]
    pub fn output_path(&self) -> &Utf8Path {
        &self.output
    }

    /// NAR hash of the environment: it names the bytes.
    #[must_use]
    pub fn nar_hash(&self) -> Sha256 {
        self.nar_sha256
    }

    /// SHA-256 of its `lock.json`: it names the environment together with the task kit and the numerics profile.
    #[must_use]
    pub fn lock_digest(&self) -> Sha256 {
        self.lock_sha256
    }

    /// The store paths that have to be visible inside for Python to run, read-only.
    #[must_use]
    pub fn closure(&self) -> &[ClosurePath] {
        &self.closure
    }

    /// Python as seen inside: an absolute path, and its first argument may be a script.
    #[must_use]
    pub fn python(&self) -> Utf8PathBuf {
        self.output.join("bin/python3")
    }

    /// A shell as seen inside: busybox, which started the build too.
    #[must_use]
    pub fn shell(&self) -> Utf8PathBuf {
        let busybox = self
            .closure
            .first()
            .expect("busybox is the first path of every closure");
        busybox.inside.join("bin/sh")
    }

    /// Folder of the Python task kit as seen inside; `PYTHONPATH` in [`Realised::variables`] names it.
    #[must_use]
    pub fn kit(&self) -> &Utf8Path {
        &self.kit
    }

    /// bubblewrap of this environment, started through its own dynamic loader.
    #[must_use]
    pub fn launcher(&self) -> Launcher {
        bootstrap::launcher_of_root(&self.root)
    }

    /// Variables for every run inside: the numerics profile, a fixed locale and time zone, and how Python behaves.
    #[must_use]
    pub fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    /// Version of the numerics profile: results may differ between versions, and must not within one.
    #[must_use]
    pub fn numerics_version(&self) -> u32 {
        self.numerics_version
    }

    /// Where `inside`, a path below one of the closure's, is on this machine.
    #[must_use]
    pub fn host_path(&self, inside: &Utf8Path) -> Option<Utf8PathBuf> {
        self.closure.iter().find_map(|path| {
            let below = inside.strip_prefix(&path.inside).ok()?;
            Some(if below.as_str().is_empty() {
                path.host.clone()
            } else {
                path.host.join(below)
            })
        })
    }

    /// Folder of the installed packages on this machine: `sklearn/datasets/data` is below it.
    #[must_use]
    pub fn site_packages(&self) -> Utf8PathBuf {
        let inside = self
            .output
            .join(format!("lib/python{}/dist-packages", self.python_series));
        self.host_path(&inside)
            .expect("the environment is part of its own closure")
    }

    /// Names of the top-level modules that can be imported inside: the standard library, the packages, the kit.
    ///
    /// # Errors
    /// When the list in the environment can't be read; the error names the file.
    pub fn python_modules(&self) -> io::Result<BTreeSet<String>> {
        let list = self
            .host_path(&self.output.join("share/modules.txt"))
            .expect("the environment is part of its own closure");
        let text = fs_err::read_to_string(list)?;
        Ok(text
            .lines()
            .map(str::to_owned)
            .chain(["taskkit".to_owned()])
            .collect())
    }

    /// Name and version of every Python package that is installed, sorted by name.
    ///
    /// # Errors
    ///
    /// When the environment can't be read.
    pub fn python_packages(&self) -> io::Result<Vec<(String, String)>> {
        let mut packages = Vec::new();
        for entry in self.site_packages().read_dir_utf8()? {
            let entry = entry?;
            let Some(stem) = entry.file_name().strip_suffix(".dist-info") else {
                continue;
            };
            if let Some((name, version)) = stem.split_once('-') {
                packages.push((name.to_owned(), version.to_owned()));
            }
        }
        packages.sort();
        Ok(packages)
    }
}

/// What is set for every run, whatever it does.
fn variables(lock: &Lock, plan: &Plan, kit: &Utf8Path) -> BTreeMap<String, String> {
    let path = format!(
        "{}/bin:{}/bin",
        plan.environment.output, plan.busybox.output
    );
    let fixed = [
        ("LC_ALL", "C.UTF-8"),
        ("PATH", &path),
        // Nothing may be written into the environment, and compiled files are there already.
        ("PYTHONDONTWRITEBYTECODE", "1"),
        ("PYTHONNOUSERSITE", "1"),
        ("PYTHONPATH", kit.as_str()),
        // The locale's files are not part of the environment, so Python is told about UTF-8 itself.
        ("PYTHONUTF8", "1"),
        ("TZ", "UTC"),
    ];
    let mut variables = lock.numerics.variables.clone();
    variables.extend(fixed.map(|(name, value)| (name.to_owned(), value.to_owned())));
    variables
}
