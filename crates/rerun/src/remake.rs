//! Makes a task's data and scores once more from the raw data, in the sandbox; it compares nothing.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use executor::{ExecuteError, Executor, Surroundings};
use facts::{LadderFacts, PrepareRun};
use fs_err as fs;
use task_format::{DESCRIPTION, PREPARE, PUBLIC_DESCRIPTION, Package, Role, role_of};

use crate::failure::{self, Failure};

/// One task on its way: the published package and a folder for working files.
pub(crate) struct Workbench<'a> {
    /// As published.
    pub(crate) package: &'a Package,
    /// Paths of the files that the package has on disk.
    pub(crate) present: &'a BTreeSet<String>,
    /// Runs its scripts.
    pub(crate) executor: &'a Executor,
    /// Empty at first.
    pub(crate) scratch: &'a Utf8Path,
}

impl Workbench<'_> {
    /// Where the package is made again.
    pub(crate) fn remade(&self) -> Utf8PathBuf {
        self.scratch.join("remade")
    }

    /// Copies the raw files at `paths` into a folder of their own: `prepare.py` gets to see what the task names and nothing else.
    pub(crate) fn stage_raw<'p>(
        &self,
        folder: &Utf8Path,
        paths: impl Iterator<Item = &'p String>,
    ) -> Result<Utf8PathBuf, Failure> {
        let raw = self.scratch.join("raw");
        fs::create_dir(&raw).map_err(Failure::files)?;
        for path in paths {
            copy(&folder.join(path), &raw.join(path))?;
        }
        Ok(raw)
    }

    /// Runs `prepare.py` on `raw`.
    pub(crate) async fn prepare(&self, raw: &Utf8Path) -> Result<PrepareRun, Failure> {
        let code = self.scratch.join("code");
        copy(&self.package.root.join(PREPARE), &code.join(PREPARE))?;
        let limits = &self.package.manifest.limits;
        let (run, _usage) = self
            .executor
            .prepare(&code, raw, &self.remade(), limits, Surroundings::Reference)
            .await?;
        Ok(run)
    }

    /// Puts everything that `prepare.py` does not make beside what it made.
    pub(crate) fn complete(&self) -> Result<Package, Failure> {
        let (root, remade) = (&self.package.root, self.remade());
        for path in self.present {
            match role_of(path) {
                Some(
                    Role::Description
                    | Role::Prepare
                    | Role::Metric
                    | Role::Baseline
                    | Role::Environment,
                ) => {
                    copy(&root.join(path), &remade.join(path))?;
                }
                Some(Role::Manifest | Role::Public | Role::Private | Role::Evidence) | None => {}
            }
        }
        // A recipe may come without `public/`, where the description stands a second time.
        let description = [PUBLIC_DESCRIPTION, DESCRIPTION]
            .into_iter()
            .find(|path| self.present.contains(*path));
        if let Some(path) = description {
            copy(&root.join(path), &remade.join(PUBLIC_DESCRIPTION))?;
        }
        Ok(Package {
            root: remade,
            ..self.package.clone()
        })
    }

    /// Runs and scores the ladder on the package that was made again; the inner error says why there can be no scores on it.
    pub(crate) async fn climb(&self) -> Result<Result<LadderFacts, String>, Failure> {
        let scratch = self.scratch.join("ladder");
        fs::create_dir(&scratch).map_err(Failure::files)?;
        match self
            .executor
            .climb(&self.remade(), &self.package.manifest, &scratch)
            .await
        {
            Ok((facts, _usage)) => Ok(Ok(facts)),
            // Files that the manifest does not describe: the task's fault, not this host's.
            Err(error @ (ExecuteError::Grade { .. } | ExecuteError::Csv { .. })) => {
                Ok(Err(failure::chain(&error).join(": ")))
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn copy(from: &Utf8Path, to: &Utf8Path) -> Result<(), Failure> {
    let folder = to.parent().expect("a file in a folder has a parent");
    fs::create_dir_all(folder).map_err(Failure::files)?;
    fs::copy(from, to).map(drop).map_err(Failure::files)
}
