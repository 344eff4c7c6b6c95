//! The ladder: every baseline solves the task from the public files, and all are scored on the same resamples.

use camino::Utf8Path;
use facts::{GradeOutcome, LadderFacts, RunFailure, Rung};
use fs_err as fs;
use grading::Answers;
use scoring::{Aligned, Bootstrap, Interval, Metric, Resampling};
use task_format::{ANSWERS, BASELINES, Manifest, SAMPLE_SUBMISSION};

use crate::{ExecuteError, Executor, Usage, table::Table};

/// The rungs, from floor to top. The first is the constant that others must beat.
pub const RUNGS: [&str; 4] = ["constant", "linear", "forest", "boosted"];

/// A solver's submission, or why there is none.
struct Climbed {
    name: String,
    aligned: Result<Aligned, Failed>,
}

enum Failed {
    Run(RunFailure),
    Invalid(String),
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
        let answers =
            Answers::read(&package.join(ANSWERS), manifest).map_err(ExecuteError::grade)?;
        let [constant, linear, forest, boosted] =
            RUNGS.map(|name| self.rung(package, manifest, &answers, name, scratch));
        let runs = tokio::join!(constant, linear, forest, boosted);
        let mut climbed = Vec::new();
        let mut usage = Usage::default();
        for run in <[_; 4]>::from(runs) {
            let (rung, cost) = run?;
            usage = usage.and(cost);
            climbed.push(rung);
        }

        let sample_path = package.join(SAMPLE_SUBMISSION);
        let sample = align(&sample_path, &answers)?;
        let shuffled_path = scratch.join("sample_shuffled.csv");
        let shuffled = Table::read(&sample_path)?.predictions_shuffled("sample");
        fs::write(&shuffled_path, shuffled.render()).map_err(ExecuteError::files)?;
        let shuffled = align(&shuffled_path, &answers)?;
        Ok((judge(climbed, sample, shuffled, answers.metric()), usage))
    }

    async fn rung(
        &self,
        package: &Utf8Path,
        manifest: &Manifest,
        answers: &Answers,
        name: &str,
        scratch: &Utf8Path,
    ) -> Result<(Climbed, Usage), ExecuteError> {
        let submission = scratch.join(format!("{name}.csv"));
        let (outcome, usage) = self
            .solve(
                &package.join(BASELINES),
                &format!("{name}.py"),
                &package.join("public"),
                &submission,
                &manifest.limits,
            )
            .await?;
        let aligned = match outcome {
            Err(failure) => Err(Failed::Run(failure)),
            Ok(()) => align(&submission, answers)?.map_err(Failed::Invalid),
        };
        Ok((
            Climbed {
                name: name.to_owned(),
                aligned,
            },
            usage,
        ))
    }
}

/// The submission's rows beside the answers', or why it is invalid.
fn align(path: &Utf8Path, answers: &Answers) -> Result<Result<Aligned, String>, ExecuteError> {
    let aligned = answers.align(path).map_err(ExecuteError::grade)?;
    Ok(aligned.map_err(|invalid| invalid.to_string()))
}

/// Scores everything that can be scored, on the same resamples.
fn judge(
    climbed: Vec<Climbed>,
    sample: Result<Aligned, String>,
    shuffled: Result<Aligned, String>,
    metric: Metric,
) -> LadderFacts {
    // Every valid submission in one bootstrap: intervals of differences need the same resamples.
    let valid: Vec<&Aligned> = climbed
        .iter()
        .filter_map(|rung| rung.aligned.as_ref().ok())
        .chain(&sample)
        .collect();
    let bootstrap = Bootstrap::run(metric, &valid, Resampling::default()).ok();
    let interval = |place: usize| {
        bootstrap
            .as_ref()
            .and_then(|bootstrap| bootstrap.interval(place))
            .map(ends)
    };
    let floor_is_valid = climbed.first().is_some_and(|rung| rung.aligned.is_ok());

    let mut place = 0;
    let mut rungs = Vec::new();
    for rung in &climbed {
        let mut facts = Rung {
            name: rung.name.clone(),
            score: None,
            interval: None,
            gain_interval: None,
            failure: None,
            invalid: None,
        };
        match &rung.aligned {
            Ok(aligned) => {
                match metric.evaluate(aligned) {
                    Ok(score) => facts.score = Some(score),
                    Err(undefined) => facts.invalid = Some(undefined.to_string()),
                }
                facts.interval = interval(place);
                if floor_is_valid && place > 0 {
                    facts.gain_interval = bootstrap
                        .as_ref()
                        .and_then(|bootstrap| bootstrap.gain(place, 0))
                        .map(ends);
                }
                place += 1;
            }
            Err(Failed::Run(failure)) => facts.failure = Some(failure.clone()),
            Err(Failed::Invalid(reason)) => facts.invalid = Some(reason.clone()),
        }
        rungs.push(facts);
    }
    LadderFacts {
        rungs,
        sample_interval: sample.is_ok().then(|| interval(place)).flatten(),
        sample: outcome(sample, metric),
        sample_shuffled: outcome(shuffled, metric),
    }
}

fn outcome(submission: Result<Aligned, String>, metric: Metric) -> GradeOutcome {
    let invalid = |message: String| GradeOutcome::Invalid {
        reason: "invalid".to_owned(),
        message,
    };
    match submission {
        Ok(aligned) => match metric.evaluate(&aligned) {
            Ok(value) => GradeOutcome::Score { value },
            Err(undefined) => invalid(undefined.to_string()),
        },
        Err(message) => invalid(message),
    }
}

fn ends(interval: Interval) -> (f64, f64) {
    (interval.low, interval.high)
}
