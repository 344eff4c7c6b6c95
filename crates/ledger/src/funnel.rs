//! How many of what came through the stages, and where the rest was lost: arithmetic over events, no judgement.
//!
//! Stages count by these names, which the pipeline gives them: `intake` and `brainstorm` work on datasets;
//! `design`, `refactor`, `review` and `execute` on one proposal each.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::event::{Event, StageFinished, StageOutcome};
use crate::history::History;

/// Counts of a run, from raw data to published tasks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Funnel {
    /// Datasets that were looked at.
    pub datasets: usize,
    /// Proposals whose design was begun.
    pub proposals: usize,
    /// Proposals that were designed.
    pub drafts: usize,
    /// Drafts that were brought into the unified form.
    pub candidates: usize,
    /// Candidates that a reviewer of their own accepted before they were run; 0 where the engine has none.
    pub reviewed: usize,
    /// Candidates that were run, however that went.
    pub executed: usize,
    /// Candidates that passed.
    pub verified: usize,
    /// Tasks that were published.
    pub published: usize,
    /// Datasets and proposals that came no further, by stage.
    pub losses_by_stage: BTreeMap<String, usize>,
    /// Of these, how many failed each check. One may fail several, or none.
    pub losses_by_check: BTreeMap<String, usize>,
    /// Datasets of which no task can be made, by the class of the reason.
    pub refusals: BTreeMap<String, usize>,
    /// Datasets on which the work could not be done.
    pub failed: usize,
    /// Proposals on which the work could not be done, which says nothing against them; they are no losses.
    pub failed_tasks: usize,
    /// Published tasks that a check warned of, by check.
    pub warnings_by_check: BTreeMap<String, usize>,
}

impl Funnel {
    /// Counts the last run. Where a stage was tried several times on one subject, the last counts;
    /// results that were taken over from an earlier run count like any other.
    pub(crate) fn of(history: &History) -> Self {
        let mut datasets = BTreeSet::new();
        let mut begun = BTreeSet::new();
        let mut published = BTreeSet::new();
        let mut results: BTreeMap<(&str, &str), &StageFinished> = BTreeMap::new();
        let mut last: BTreeMap<&str, &StageFinished> = BTreeMap::new();
        let mut refused: BTreeMap<&str, &str> = BTreeMap::new();
        let mut failed = BTreeSet::new();
        let mut failed_tasks = BTreeSet::new();
        let mut opened = BTreeSet::new();
        let mut warnings: BTreeMap<&str, &[String]> = BTreeMap::new();
        for entry in history.last_run() {
            let (subject, result) = match &entry.event {
                Event::DatasetOpened { dataset, .. } => {
                    datasets.insert(dataset.as_str());
                    opened.insert(dataset.as_str());
                    continue;
                }
                Event::TaskPublished {
                    task, warnings: of, ..
                } => {
                    published.insert(task.as_str());
                    warnings.insert(task, of);
                    continue;
                }
                Event::DatasetRefused {
                    dataset, reason, ..
                } => {
                    datasets.insert(dataset.as_str());
                    refused.insert(dataset, reason);
                    continue;
                }
                Event::DatasetFailed { dataset, .. } => {
                    datasets.insert(dataset.as_str());
                    failed.insert(dataset.as_str());
                    continue;
                }
                Event::TaskFailed { task, .. } => {
                    failed_tasks.insert(task.as_str());
                    continue;
                }
                Event::StageStarted { stage, subject, .. } => {
                    note(stage, subject, &mut datasets, &mut begun);
                    continue;
                }
                Event::StageFinished(finished) => (&finished.subject, finished),
                Event::StageReused {
                    key,
                    stage,
                    subject,
                } => {
                    note(stage, subject, &mut datasets, &mut begun);
                    match history.finished(key) {
                        Some(finished) => (subject, finished),
                        None => continue,
                    }
                }
                Event::RunStarted { .. }
                | Event::RunFinished { .. }
                | Event::ModelCalled(_)
                | Event::ModelFailed(_)
                | Event::Interrupted
                | Event::Unknown => continue,
            };
            results.insert((&result.stage, subject), result);
            last.insert(subject, result);
        }
        let count = |stage: &str, counts: fn(StageOutcome) -> bool| {
            results
                .iter()
                .filter(|((name, _), result)| *name == stage && counts(result.outcome))
                .count()
        };
        let passed = |outcome| outcome == StageOutcome::Passed;
        let mut funnel = Self {
            datasets: datasets.len(),
            proposals: begun.len(),
            drafts: count("design", passed),
            candidates: count("refactor", passed),
            reviewed: count("review", passed),
            executed: count("execute", StageOutcome::is_final),
            verified: count("execute", passed),
            published: published.len(),
            failed: failed.len(),
            failed_tasks: failed_tasks.len(),
            ..Self::default()
        };
        for reason in refused.values() {
            *funnel.refusals.entry((*reason).to_owned()).or_default() += 1;
        }
        for check in warnings.values().flat_map(|checks| checks.iter()) {
            *funnel.warnings_by_check.entry(check.clone()).or_default() += 1;
        }
        // What ended no stage was lost before the first, or in it.
        let lost: BTreeSet<&str> = refused.keys().copied().chain(failed).collect();
        for dataset in lost.difference(&last.keys().copied().collect()) {
            let stage = if opened.contains(dataset) {
                "intake"
            } else {
                "open"
            };
            *funnel.losses_by_stage.entry(stage.to_owned()).or_default() += 1;
        }
        for (_, result) in last.iter().filter(|(subject, result)| {
            result.outcome != StageOutcome::Passed && !failed_tasks.contains(*subject)
        }) {
            *funnel
                .losses_by_stage
                .entry(result.stage.clone())
                .or_default() += 1;
            for check in result.findings.iter().collect::<BTreeSet<_>>() {
                *funnel.losses_by_check.entry(check.clone()).or_default() += 1;
            }
        }
        funnel
    }
}

fn note<'a>(
    stage: &str,
    subject: &'a str,
    datasets: &mut BTreeSet<&'a str>,
    begun: &mut BTreeSet<&'a str>,
) {
    match stage {
        "intake" => {
            datasets.insert(subject);
        }
        "design" => {
            begun.insert(subject);
        }
        _ => {}
    }
}
