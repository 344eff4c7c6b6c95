//! The ladder: every baseline solves the task from the public files, and all are scored on the same resamples.

use camino::Utf8Path;
use facts::{GradeOutcome, LadderFacts, RunFailure, Rung};
use fs_err as fs;
use task_format::{BASELINES, Manifest, SAMPLE_SUBMISSION};

use crate::{
    ExecuteError, Executor, Usage,
    grader::{Grader, Submission, Wanted, why_not},
    table::Table,
};

/// The rungs, from floor to top. The first is the constant that others must beat.
pub const RUNGS: [&str; 4] = ["constant", "linear", "forest", "boosted"];

/// Names of the submissions that no solver made.
pub(crate) const SAMPLE: &str = "sample";
pub(crate) const SHUFFLED_SAMPLE: &str = "shuffled sample";

/// The ladder with the files it was scored on.
pub(crate) struct Climb {
    pub(crate) facts: LadderFacts,
    /// Submissions of the rungs that wrote one, in order of the ladder.
    pub(crate) solved: Vec<Submission>,
    /// The sample submission.
    pub(crate) sample: Submission,
    /// The same with its predictions shuffled between ids.
    pub(crate) shuffled_sample: Submission,
}

impl Executor {
    /// Runs every baseline of the package at `package` and scores it; `scratch` is an empty folder.
    ///
    /// # Errors
    ///
    /// When a run could not be made; a baseline that fails is part of the facts.
    pub async fn climb(
        &self,
        package: &Utf8Path,
        manifest: &Manifest,
        scratch: &Utf8Path,
    ) -> Result<(LadderFacts, Usage), ExecuteError> {
        let grader = Grader::new(self, package, manifest)?;
        let (climb, usage) = self.climb_with(&grader, package, manifest, scratch).await?;
        Ok((climb.facts, usage))
    }

    pub(crate) async fn climb_with(
        &self,
        grader: &Grader<'_>,
        package: &Utf8Path,
        manifest: &Manifest,
        scratch: &Utf8Path,
    ) -> Result<(Climb, Usage), ExecuteError> {
        let sample = Submission::new(SAMPLE, package.join(SAMPLE_SUBMISSION));
        let shuffled = Table::read(&sample.path)?.predictions_shuffled("sample");
        let shuffled_sample = Submission::new(SHUFFLED_SAMPLE, scratch.join("sample_shuffled.csv"));
        fs::write(&shuffled_sample.path, shuffled.render()).map_err(ExecuteError::files)?;

        let [constant, linear, forest, boosted] =
            RUNGS.map(|name| self.rung(package, manifest, name, scratch));
        let runs = tokio::join!(constant, linear, forest, boosted);
        let mut usage = Usage::default();
        let mut solved = Vec::new();
        let mut failures = Vec::new();
        for (name, run) in RUNGS.into_iter().zip(<[_; 4]>::from(runs)) {
            let (outcome, cost) = run?;
            usage = usage.and(cost);
            match outcome {
                Ok(submission) => solved.push(submission),
                Err(failure) => failures.push((name, failure)),
            }
        }

        let mut scored = solved.clone();
        scored.push(sample.clone());
        let (graded, cost) = grader
            .grade(&scored, Wanted::Intervals, &scratch.join("graded"))
            .await?;
        usage = usage.and(cost);
        // Not among those with intervals: it has the sample's values, so its interval is as wide.
        let (shuffled, cost) = grader
            .grade(
                std::slice::from_ref(&shuffled_sample),
                Wanted::Scores,
                &scratch.join("graded_shuffled"),
            )
            .await?;
        usage = usage.and(cost);

        let rung = |name: &str| {
            let mut facts = Rung {
                name: name.to_owned(),
                score: graded.score(name),
                interval: graded.interval(name),
                gain_interval: graded.gain(name, RUNGS[0]),
                failure: None,
                invalid: None,
            };
            match failures.iter().find(|(failed, _)| *failed == name) {
                Some((_, failure)) => facts.failure = Some(failure.clone()),
                None => {
                    let outcome = graded.outcome(name);
                    if !matches!(outcome, GradeOutcome::Score { .. }) {
                        facts.invalid = Some(why_not(&outcome));
                    }
                }
            }
            facts
        };
        let facts = LadderFacts {
            rungs: RUNGS.map(rung).to_vec(),
            sample_interval: graded.interval(SAMPLE),
            sample: graded.outcome(SAMPLE),
            sample_shuffled: shuffled.outcome(SHUFFLED_SAMPLE),
        };
        let climb = Climb {
            facts,
            solved,
            sample,
            shuffled_sample,
        };
        Ok((climb, usage))
    }

    async fn rung(
        &self,
        package: &Utf8Path,
        manifest: &Manifest,
        name: &str,
        scratch: &Utf8Path,
    ) -> Result<(Result<Submission, RunFailure>, Usage), ExecuteError> {
        let submission = Submission::new(name, scratch.join(format!("{name}.csv")));
        let (outcome, usage) = self
            .solve(
                &package.join(BASELINES),
                &format!("{name}.py"),
                &package.join("public"),
                &submission.path,
                &manifest.limits,
            )
            .await?;
        Ok((outcome.map(|()| submission), usage))
    }
}
