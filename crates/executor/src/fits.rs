//! Fits small models to a package's rows in the sandbox, by the task kit's own script; no code of the package runs, and the
//! package does not say how long or how large it may become.

use camino::{Utf8Path, Utf8PathBuf};
use facts::{FitFacts, RunFailure};
use fs_err as fs;
use sandbox::{
    Mount,
    roles::{self, PRIVATE, PUBLIC, WORK},
};
use serde::Serialize;
use task_format::{Manifest, Objective, SplitPolicy};

use crate::{ExecuteError, Executor, Usage, executor};

/// File that the script leaves in its working folder.
const FACTS: &str = "facts.json";
/// Largest such file that is read.
const FACTS_BYTES: u64 = 1 << 24;

/// Where the script finds its question.
const QUESTION: &str = "/question/fits.json";

/// What the script must know of a task.
#[derive(Serialize)]
struct Question<'a> {
    id_column: &'a str,
    target: &'a str,
    classification: bool,
    policy: SplitPolicy,
    split_column: Option<&'a str>,
}

impl Executor {
    /// Measures the rows of the package at `package` with models; the first target counts.
    ///
    /// # Errors
    ///
    /// When the run could not be made; a script that fails is part of the facts.
    pub async fn fit_models(
        &self,
        package: &Utf8Path,
        manifest: &Manifest,
    ) -> Result<(FitFacts, Usage), ExecuteError> {
        let Some(target) = manifest.data.target_columns.first() else {
            let facts = FitFacts {
                incomplete: Some("the manifest names no target".to_owned()),
                ..FitFacts::default()
            };
            return Ok((facts, Usage::default()));
        };
        let question = Question {
            id_column: &manifest.data.id_column,
            target,
            classification: manifest.task.objective != Objective::Regression,
            policy: manifest.split.policy,
            split_column: manifest.split.column.as_deref(),
        };
        let (_question, host) = executor::question(&question)?;
        let limits = roles::standard_limits();
        let (public, private) = (package.join("public"), package.join("private"));
        let mut policy = roles::measure(&self.closure(), &public, &private, limits.clone());
        policy.mounts.push(Mount::ReadOnly {
            host,
            inside: QUESTION.into(),
        });
        let out = format!("{WORK}/{FACTS}");
        let arguments = [
            "-m",
            "taskkit.fits",
            "--public",
            PUBLIC,
            "--private",
            PRIVATE,
            "--question",
            QUESTION,
            "--out",
            &out,
        ];
        let completed = self.python(&policy, &arguments).await?;
        let usage = Usage::from(&completed.record);
        let failed = |failure: RunFailure| FitFacts {
            failure: Some(failure),
            ..FitFacts::default()
        };
        if let Some(failure) = executor::failure(&completed.record, &limits) {
            return Ok((failed(failure), usage));
        }
        let keep = tempfile::tempdir().map_err(ExecuteError::files)?;
        let kept = Utf8PathBuf::from_path_buf(keep.path().join(FACTS))
            .expect("the folder for temporary files has a UTF-8 name");
        let taken = completed
            .outputs
            .folder(Utf8Path::new(WORK))
            .take_file(Utf8Path::new(FACTS), FACTS_BYTES, &kept)
            .map_err(|source| ExecuteError::Collect { source })?;
        let missing = |detail: String| failed(RunFailure::MissingOutput { detail });
        if let Err(refusal) = taken {
            return Ok((missing(refusal.to_string()), usage));
        }
        let text = fs::read_to_string(&kept).map_err(ExecuteError::files)?;
        let facts = serde_json::from_str(&text).unwrap_or_else(|error| {
            missing(format!("`{FACTS}` is not what the kit writes: {error}"))
        });
        Ok((facts, usage))
    }
}
