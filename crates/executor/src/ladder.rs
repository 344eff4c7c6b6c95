//! The ladder: every baseline solves the task from the public files, and all are scored on the same resamples.

use std::collections::BTreeSet;

use camino::Utf8Path;
use facts::{GradeOutcome, LadderFacts, RunFailure, Rung};
use fs_err as fs;
use scoring::Direction;
use task_format::{BASELINES, Manifest, SAMPLE_SUBMISSION};

use crate::{
    ExecuteError, Executor, Usage, constants,
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
    /// The best constant that the host made; `None` where none has a score.
    pub(crate) host_constant: Option<Submission>,
}

/// The rung above the constant with the best score; the last of equals.
pub(crate) fn best_learner(ladder: &LadderFacts, direction: Direction) -> Option<&Rung> {
    let learners = ladder.rungs.iter().filter(|rung| rung.name != RUNGS[0]);
    learners
        .filter_map(|rung| Some((rung, direction.orient(rung.score?))))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(rung, _)| rung)
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

        let constants = constants::write(package, manifest, &scratch.join("constants"))?;
        let (host, cost) = grader
            .grade(
                &constants,
                Wanted::Scores,
                &scratch.join("graded_constants"),
            )
            .await?;
        usage = usage.and(cost);
        let host_constant = host
            .best()
            .and_then(|(name, _)| constants.iter().find(|constant| constant.name == name));

        let mut scored = solved.clone();
        scored.push(sample.clone());
        scored.extend(host_constant.cloned());
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

        let is_better = |constant: &&Submission| {
            let scores = (graded.score(&constant.name), graded.score(RUNGS[0]));
            let (Some(host), Some(own)) = scores else {
                return false;
            };
            grader.direction().better(host, own)
        };
        let reference = host_constant
            .filter(is_better)
            .map_or(RUNGS[0], |constant| &constant.name);
        let rung = |name: &str| {
            let mut facts = Rung {
                name: name.to_owned(),
                score: graded.score(name),
                interval: graded.interval(name),
                gain_interval: graded.gain(name, reference),
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
            host_constants: constants
                .iter()
                .map(|constant| (constant.name.clone(), host.score(&constant.name)))
                .collect(),
            reference: reference.to_owned(),
            constant_predictions: solved
                .iter()
                .find(|submission| submission.name == RUNGS[0])
                .and_then(|constant| different_predictions(&constant.path)),
        };
        let climb = Climb {
            facts,
            solved,
            sample,
            shuffled_sample,
            host_constant: host_constant.cloned(),
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

/// How many different predictions the submission at `path` has; `None` when it is no table.
fn different_predictions(path: &Utf8Path) -> Option<usize> {
    let table = Table::read(path).ok()?;
    let different: BTreeSet<&[String]> = table.rows.iter().map(|row| &row[1..]).collect();
    Some(different.len())
}
