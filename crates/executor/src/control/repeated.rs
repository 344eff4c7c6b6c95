//! Runs the best baseline again on the same files: a ladder that can't be made again is no evidence.

use camino::Utf8Path;
use facts::{LadderFacts, RepeatFacts};
use fs_err as fs;
use scoring::Direction;
use task_format::{BASELINES, Manifest};

use crate::{ExecuteError, Executor, Usage, grader::Submission, ladder::best_learner};

impl Executor {
    /// Runs the best baseline of `ladder` a second time and compares with what it handed in the first time, which is among
    /// `solved`; `scratch` is an empty folder.
    pub(crate) async fn repeat_baseline(
        &self,
        package: &Utf8Path,
        manifest: &Manifest,
        direction: Direction,
        ladder: &LadderFacts,
        solved: &[Submission],
        scratch: &Utf8Path,
    ) -> Result<(RepeatFacts, Usage), ExecuteError> {
        let best = best_learner(ladder, direction);
        let first = best.and_then(|rung| solved.iter().find(|solved| solved.name == rung.name));
        let Some(first) = first else {
            return Ok((RepeatFacts::default(), Usage::default()));
        };
        let again = scratch.join("submission.csv");
        // Forked from one server, both would find everything at the same place in memory, and hide what depends on it.
        let alone = self.clone().cold();
        let (outcome, usage) = alone
            .solve(
                &package.join(BASELINES),
                &format!("{}.py", first.name),
                &package.join("public"),
                &again,
                &manifest.limits,
            )
            .await?;
        let mut facts = RepeatFacts {
            rung: first.name.clone(),
            ..RepeatFacts::default()
        };
        match outcome {
            Err(failure) => facts.failure = Some(failure),
            Ok(()) => {
                let before = fs::read(&first.path).map_err(ExecuteError::files)?;
                let after = fs::read(&again).map_err(ExecuteError::files)?;
                facts.same_bytes = Some(before == after);
            }
        }
        Ok((facts, usage))
    }
}
