//! Runs a mutated `prepare.py` once in the sandbox, so that a broken package holds what its script makes.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use executor::{Executor, Surroundings};
use task_format::{MANIFEST, Manifest, PREPARE, PUBLIC_DESCRIPTION};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The sandbox with the environment.
pub(crate) struct Kitchen {
    runtime: Runtime,
    executor: Executor,
    scratch: TempDir,
}

impl Kitchen {
    pub(crate) fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let settings = environment::Settings::from_env().unwrap();
        let realised = runtime
            .block_on(environment::realise(
                "tabular",
                &settings,
                &environment::Silent,
            ))
            .unwrap_or_else(|error| panic!("the environment can't be realised: {error:?}"));
        Self {
            runtime,
            executor: Executor::new(Arc::new(realised), 1),
            scratch: tempfile::tempdir().unwrap(),
        }
    }

    /// Every file that the package's script writes: path in the package, and where it stands now.
    pub(crate) fn prepare(&self, package: &Utf8Path, raw: &Utf8Path) -> Vec<(String, Utf8PathBuf)> {
        let scratch = Utf8Path::from_path(self.scratch.path()).unwrap();
        let code = scratch.join(package.file_name().unwrap());
        fs_err::create_dir_all(&code).unwrap();
        fs_err::copy(package.join(PREPARE), code.join(PREPARE)).unwrap();
        let manifest =
            Manifest::parse(&fs_err::read_to_string(package.join(MANIFEST)).unwrap()).unwrap();
        let into = code.join("made");
        let run =
            self.executor
                .prepare(&code, raw, &into, &manifest.limits, Surroundings::Reference);
        let (run, _) = self.runtime.block_on(run).unwrap();
        assert_eq!(run.failure, None, "{package}");
        let made = run
            .files
            .into_keys()
            .filter(|file| file != PUBLIC_DESCRIPTION);
        made.map(|file| (file.clone(), into.join(file))).collect()
    }
}
