//! What became of each dataset of a run: its tasks, and why there are not more.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::event::{Event, StageFinished, StageOutcome};
use crate::history::History;

/// What became of a dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DatasetSummary {
    /// Its slug; what the user named when it could not even be opened.
    pub dataset: String,
    /// Proposals whose design was begun.
    pub proposals: usize,
    /// Ids of the tasks that were published.
    pub published: Vec<String>,
    /// Proposals that came no further.
    pub lost: Vec<LostTask>,
    /// Proposals on which the work could not be done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<FailedTask>,
    /// Why no task can be made of it: class and sentence.
    pub refusal: Option<DatasetRefusal>,
    /// Why the work on it could not be done.
    pub failure: Option<String>,
}

/// A proposal that came no further.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LostTask {
    /// Id of the task that it would have become.
    pub task: String,
    /// The stage that lost it.
    pub stage: String,
    /// Ids of the checks that it failed.
    pub checks: Vec<String>,
    /// Why an agent gave it up, in its own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_up: Option<String>,
}

/// A proposal on which the work could not be done, which says nothing against it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FailedTask {
    /// Id of the task that it would become.
    pub task: String,
    /// What failed, with causes.
    pub error: String,
    /// What the user can do.
    pub hint: Option<String>,
}

/// Why no task can be made of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DatasetRefusal {
    /// The class, e.g. `not_enough_rows`.
    pub reason: String,
    /// A sentence.
    pub detail: String,
}

/// The datasets of the last run, by name.
pub(crate) fn summaries(history: &History) -> Vec<DatasetSummary> {
    let mut datasets: BTreeMap<String, DatasetSummary> = BTreeMap::new();
    let mut last: BTreeMap<&str, &StageFinished> = BTreeMap::new();
    let mut begun: Vec<&str> = Vec::new();
    for entry in history.last_run() {
        match &entry.event {
            Event::DatasetOpened { dataset, .. } => {
                of(&mut datasets, dataset);
            }
            Event::DatasetRefused {
                dataset,
                reason,
                detail,
            } => {
                of(&mut datasets, dataset).refusal = Some(DatasetRefusal {
                    reason: reason.clone(),
                    detail: detail.clone(),
                });
            }
            Event::DatasetFailed { dataset, error } => {
                of(&mut datasets, dataset).failure = Some(error.clone());
            }
            Event::TaskFailed {
                task,
                dataset,
                error,
                hint,
            } => {
                of(&mut datasets, dataset).failed.push(FailedTask {
                    task: task.clone(),
                    error: error.clone(),
                    hint: hint.clone(),
                });
            }
            Event::TaskPublished { task, dataset, .. } => {
                let published = &mut of(&mut datasets, dataset).published;
                if !published.contains(task) {
                    published.push(task.clone());
                }
            }
            Event::StageStarted { stage, subject, .. } => {
                if stage == "design" && !begun.contains(&subject.as_str()) {
                    begun.push(subject);
                }
            }
            Event::StageFinished(finished) => {
                last.insert(&finished.subject, finished);
            }
            Event::StageReused {
                key,
                stage,
                subject,
            } => {
                if stage == "design" && !begun.contains(&subject.as_str()) {
                    begun.push(subject);
                }
                if let Some(finished) = history.finished(key) {
                    last.insert(subject, finished);
                }
            }
            Event::RunStarted { .. }
            | Event::RunFinished { .. }
            | Event::ModelCalled(_)
            | Event::ModelFailed(_)
            | Event::Interrupted
            | Event::Unknown => {}
        }
    }
    for task in begun {
        let dataset = task.split_once("--").map_or(task, |(dataset, _)| dataset);
        let summary = of(&mut datasets, dataset);
        summary.proposals += 1;
        let failed = summary.failed.iter().any(|failed| failed.task == task);
        if let Some(result) = last.get(task)
            && result.outcome != StageOutcome::Passed
            && !failed
        {
            summary.lost.push(LostTask {
                task: task.to_owned(),
                stage: result.stage.clone(),
                checks: result.findings.clone(),
                given_up: result.given_up.clone(),
            });
        }
    }
    datasets.into_values().collect()
}

fn of<'a>(
    datasets: &'a mut BTreeMap<String, DatasetSummary>,
    dataset: &str,
) -> &'a mut DatasetSummary {
    datasets
        .entry(dataset.to_owned())
        .or_insert_with(|| DatasetSummary {
            dataset: dataset.to_owned(),
            ..DatasetSummary::default()
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Entry;
    use crate::key::StageKey;

    #[test]
    fn each_dataset_tells_what_it_lost_and_why() {
        let finished = |stage: &str, subject: &str, outcome, findings: &[&str]| {
            Event::StageFinished(StageFinished {
                key: StageKey::of(stage, 1, &subject),
                stage: stage.to_owned(),
                subject: subject.to_owned(),
                attempt: 1,
                outcome,
                output: None,
                findings: findings.iter().map(|id| (*id).to_owned()).collect(),
                given_up: None,
                wall_ms: 0,
                cpu_ms: 0,
                peak_memory_bytes: 0,
                tokens: 0,
                cost_usd: None,
                prompts: BTreeMap::new(),
            })
        };
        let started = |stage: &str, subject: &str| Event::StageStarted {
            key: StageKey::of(stage, 1, &subject),
            stage: stage.to_owned(),
            subject: subject.to_owned(),
            attempt: 1,
        };
        let events = [
            Event::RunStarted {
                configuration: serde_json::json!({}),
                versions: BTreeMap::new(),
            },
            Event::DatasetOpened {
                dataset: "iris".to_owned(),
                source: String::new(),
                digest: digest::sha256_bytes("iris"),
            },
            started("design", "iris--a-binary"),
            finished("design", "iris--a-binary", StageOutcome::Passed, &[]),
            started("design", "iris--b-binary"),
            finished("design", "iris--b-binary", StageOutcome::Passed, &[]),
            finished(
                "execute",
                "iris--b-binary",
                StageOutcome::Rejected,
                &["D05"],
            ),
            started("design", "iris--c-binary"),
            finished("review", "iris--c-binary", StageOutcome::Failed, &[]),
            Event::TaskFailed {
                task: "iris--c-binary".to_owned(),
                dataset: "iris".to_owned(),
                error: "no review can be believed".to_owned(),
                hint: Some("ask again".to_owned()),
            },
            Event::TaskPublished {
                task: "iris--a-binary".to_owned(),
                dataset: "iris".to_owned(),
                digest: digest::sha256_bytes("a"),
                warnings: vec!["C02".to_owned()],
            },
            Event::DatasetRefused {
                dataset: "data/notes".to_owned(),
                reason: "unreadable".to_owned(),
                detail: "it is empty".to_owned(),
            },
        ];
        let mut history = History::default();
        for event in events {
            history.push(Entry {
                at_unix_ms: 0,
                event,
            });
        }
        let datasets = summaries(&history);
        assert_eq!(datasets.len(), 2);
        assert_eq!(
            datasets[0]
                .refusal
                .as_ref()
                .map(|refusal| refusal.reason.as_str()),
            Some("unreadable")
        );
        let iris = &datasets[1];
        assert_eq!((iris.proposals, iris.published.len()), (3, 1));
        assert_eq!(
            iris.lost,
            [LostTask {
                task: "iris--b-binary".to_owned(),
                stage: "execute".to_owned(),
                checks: vec!["D05".to_owned()],
                given_up: None,
            }]
        );
        assert_eq!(iris.failed.len(), 1);
        assert_eq!(iris.failed[0].hint.as_deref(), Some("ask again"));
        let funnel = history.funnel();
        assert_eq!(funnel.failed_tasks, 1);
        assert_eq!(funnel.losses_by_stage.get("execute"), Some(&1));
        assert_eq!(funnel.losses_by_stage.get("review"), None);
        assert_eq!(funnel.datasets, 2);
        assert_eq!(funnel.refusals.get("unreadable"), Some(&1));
        assert_eq!(funnel.losses_by_stage.get("open"), Some(&1));
        assert_eq!(funnel.warnings_by_check.get("C02"), Some(&1));
    }

    #[test]
    fn what_was_opened_and_not_taken_in_was_lost_at_intake() {
        let mut history = History::default();
        for event in [
            Event::RunStarted {
                configuration: serde_json::json!({}),
                versions: BTreeMap::new(),
            },
            Event::DatasetOpened {
                dataset: "iris".to_owned(),
                source: String::new(),
                digest: digest::sha256_bytes("iris"),
            },
            Event::StageStarted {
                key: StageKey::of("intake", 1, &"iris"),
                stage: "intake".to_owned(),
                subject: "iris".to_owned(),
                attempt: 1,
            },
            Event::DatasetFailed {
                dataset: "iris".to_owned(),
                error: "the disk is full".to_owned(),
            },
            Event::DatasetFailed {
                dataset: "elsewhere/iris".to_owned(),
                error: "two datasets are called `iris`".to_owned(),
            },
        ] {
            history.push(Entry {
                at_unix_ms: 0,
                event,
            });
        }
        let funnel = history.funnel();
        assert_eq!(funnel.failed, 2);
        let losses: Vec<(&str, usize)> = funnel
            .losses_by_stage
            .iter()
            .map(|(stage, &count)| (stage.as_str(), count))
            .collect();
        assert_eq!(losses, [("intake", 1), ("open", 1)]);
    }
}
