//! Trains the best baseline on labels without meaning: what it still gains, it has not learned from the train table.
//!
//! Kaufman et al., "Leakage in data mining" (2012), and the permutation test of Ojala & Garriga (2010), of which this is
//! the coarse form: a few trainings, each judged on its own.

use camino::Utf8Path;
use facts::{LadderFacts, ShuffledFacts, ShuffledRun};
use task_format::Manifest;

use super::labels::Deal;
use crate::{
    ExecuteError, Executor, Usage,
    grader::{Grader, Submission},
    ladder::best_learner,
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
        let Some(best) = best_learner(ladder, grader.direction()) else {
            facts.problem = Some("no baseline but the constant has a score".to_owned());
            return Ok((facts, usage));
        };
        let rung = &best.name;
        facts.rung.clone_from(rung);
        for run in 0..ShuffledFacts::MOST_RUNS {
            let deal = Deal {
                shuffle: run / 2,
                turned: run % 2 == 1,
            };
            let folder = scratch.join(run.to_string());
            let (trained, cost) = self
                .train_on(package, manifest, rung, deal, &folder)
                .await?;
            usage = usage.and(cost);
            let outcome = match trained {
                Ok(outcome) => outcome,
                Err(problem) => {
                    facts.problem = Some(problem);
                    break;
                }
            };
            let submission = Submission::new(rung, folder.join(crate::SUBMISSION_FILE));
            let mut record = ShuffledRun {
                labels: deal.describe(),
                gain: None,
                failure: None,
                invalid: None,
            };
            match outcome {
                Err(failure) => record.failure = Some(failure),
                Ok(()) => {
                    let (gain, cost) = grader
                        .gain_over_floor(&submission, floors, &folder.join("graded"))
                        .await?;
                    usage = usage.and(cost);
                    match gain {
                        Ok(gain) => record.gain = Some(gain),
                        Err(why) => record.invalid = Some(why),
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
