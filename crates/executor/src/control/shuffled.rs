//! Trains the best baseline on labels without meaning: what it still gains, it has not learned from the train table.
//!
//! Kaufman et al., "Leakage in data mining" (2012), and the permutation test of Ojala & Garriga (2010), of which this is
//! the coarse form: a few trainings, each judged on its own.

use camino::Utf8Path;
use facts::{LadderFacts, ShuffledFacts, ShuffledRun};
use fs_err as fs;
use task_format::{BASELINES, Manifest, PUBLIC_TRAIN};

use super::labels::{self, Deal};
use crate::{
    ExecuteError, Executor, RUNGS, Usage,
    grader::{Grader, Submission},
};

impl Executor {
    /// Trains the best baseline of `ladder` on shuffled labels until it gains nothing over `floors`; `scratch` is an empty folder.
    pub(crate) async fn shuffled_training(
        &self,
        grader: &Grader<'_>,
        package: &Utf8Path,
        manifest: &Manifest,
        ladder: &LadderFacts,
        floors: &[Submission],
        scratch: &Utf8Path,
    ) -> Result<(ShuffledFacts, Usage), ExecuteError> {
        let mut facts = ShuffledFacts::default();
        let mut usage = Usage::default();
        let direction = grader.direction();
        let learners = ladder.rungs.iter().filter(|rung| rung.name != RUNGS[0]);
        let best = learners
            .filter_map(|rung| Some((&rung.name, direction.orient(rung.score?))))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((rung, _)) = best else {
            facts.problem = Some("no baseline but the constant has a score".to_owned());
            return Ok((facts, usage));
        };
        facts.rung.clone_from(rung);
        for run in 0..ShuffledFacts::MOST_RUNS {
            let deal = Deal {
                shuffle: run / 2,
                turned: run % 2 == 1,
            };
            let folder = scratch.join(run.to_string());
            let public = folder.join("public");
            copy_but_train(&package.join("public"), &public)?;
            let (from, to) = (package.join(PUBLIC_TRAIN), folder.join(PUBLIC_TRAIN));
            if let Err(problem) = labels::deal(&from, &to, manifest, deal) {
                facts.problem = Some(problem);
                break;
            }
            let submission = Submission::new(rung, folder.join("submission.csv"));
            let (outcome, cost) = self
                .solve(
                    &package.join(BASELINES),
                    &format!("{rung}.py"),
                    &public,
                    &submission.path,
                    &manifest.limits,
                )
                .await?;
            usage = usage.and(cost);
            let mut record = ShuffledRun {
                labels: deal.describe(),
                gain: None,
                failure: None,
            };
            match outcome {
                Err(failure) => record.failure = Some(format!("{failure:?}")),
                Ok(()) => {
                    let (gain, cost) = grader
                        .gain_over_floor(&submission, floors, &folder.join("graded"))
                        .await?;
                    usage = usage.and(cost);
                    match gain {
                        Ok(gain) => record.gain = Some(gain),
                        Err(why) => record.failure = Some(why),
                    }
                }
            }
            let gains = record
                .gain
                .as_ref()
                .and_then(|gain| gain.interval)
                .is_some_and(|(low, _)| low > 0.0);
            facts.runs.push(record);
            if !gains {
                break;
            }
        }
        Ok((facts, usage))
    }
}

/// Shows in `to` what stands in `from`, the train table excepted. Files are linked where the file system can: nobody
/// writes them.
fn copy_but_train(from: &Utf8Path, to: &Utf8Path) -> Result<(), ExecuteError> {
    fs::create_dir_all(to).map_err(ExecuteError::files)?;
    for entry in from.read_dir_utf8().map_err(ExecuteError::files)? {
        let entry = entry.map_err(ExecuteError::files)?;
        let kind = entry.file_type().map_err(ExecuteError::files)?;
        let target = to.join(entry.file_name());
        if kind.is_dir() {
            copy_but_train(entry.path(), &target)?;
        } else if kind.is_file() && !entry.path().ends_with(PUBLIC_TRAIN) {
            fs::hard_link(entry.path(), &target)
                .or_else(|_| fs::copy(entry.path(), &target).map(drop))
                .map_err(ExecuteError::files)?;
        }
    }
    Ok(())
}
