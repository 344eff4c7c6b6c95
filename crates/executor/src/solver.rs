//! Runs a solver on the public files alone, and takes out its submission.

use camino::Utf8Path;
use facts::RunFailure;
use sandbox::{
    Mount,
    roles::{self, CODE, PUBLIC, WORK},
};
use task_format::LimitsTable;

use crate::{ExecuteError, Executor, Usage, executor};

/// File that a solver leaves in its working folder.
pub const SUBMISSION_FILE: &str = "submission.csv";

impl Executor {
    /// Runs the script `name` that stands in the folder `code` with `public` at `public/` in its working folder, and
    /// copies its submission to `into`, which must not exist.
    ///
    /// # Errors
    ///
    /// When the run could not be made; a solver that fails is the inner error.
    pub async fn solve(
        &self,
        code: &Utf8Path,
        name: &str,
        public: &Utf8Path,
        into: &Utf8Path,
        limits: &LimitsTable,
    ) -> Result<(Result<(), RunFailure>, Usage), ExecuteError> {
        let limits = executor::limits(limits);
        let mut policy = roles::solver(&self.closure(), public, code, limits.clone());
        policy.mounts.push(Mount::Symlink {
            target: PUBLIC.into(),
            inside: Utf8Path::new(WORK).join("public"),
        });
        let script = Utf8Path::new(CODE).join(name);
        let completed = self.python(&policy, &[script.as_str()]).await?;
        let usage = Usage::from(&completed.record);
        if let Some(failure) = executor::failure(&completed.record, &limits) {
            return Ok((Err(failure), usage));
        }
        let taken = completed
            .outputs
            .folder(Utf8Path::new(WORK))
            .take_file(Utf8Path::new(SUBMISSION_FILE), limits.file_bytes, into)
            .map_err(|source| ExecuteError::Collect { source })?;
        let outcome = taken
            .map(drop)
            .map_err(|refusal| RunFailure::MissingOutput {
                detail: refusal.to_string(),
            });
        Ok((outcome, usage))
    }
}
