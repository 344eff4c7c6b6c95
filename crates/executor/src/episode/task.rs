//! A task opened for episodes: read once, shared by all of them.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use task_format::Manifest;

use super::referee::Referee;
use crate::{ExecuteError, Executor};

/// A task opened for episodes.
#[derive(Debug)]
pub struct Task {
    executor: Executor,
    package: Utf8PathBuf,
    manifest: Manifest,
    referee: Referee,
}

impl Task {
    /// Opens the package at `package`, an absolute path, which must not change while episodes go on.
    ///
    /// # Errors
    ///
    /// When its answers are not what the manifest promises.
    pub fn open(
        executor: Executor,
        package: &Utf8Path,
        manifest: Manifest,
    ) -> Result<Arc<Self>, ExecuteError> {
        let referee = Referee::new(package, &manifest)?;
        Ok(Arc::new(Self {
            executor,
            package: package.to_owned(),
            manifest,
            referee,
        }))
    }

    /// Its manifest.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What runs its scripts.
    #[must_use]
    pub fn executor(&self) -> &Executor {
        &self.executor
    }

    pub(super) fn package(&self) -> &Utf8Path {
        &self.package
    }

    pub(super) fn referee(&self) -> &Referee {
        &self.referee
    }
}
