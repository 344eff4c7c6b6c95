//! What became of a dataset as a whole, and of a task on which the work could not be done: told to the observer, and kept on the ledger.

use agents::Proposal;
use ledger::Event;

use crate::{DatasetOutcome, Generator, Notice, PipelineError, TaskFailure};

impl Generator {
    /// Keeps on the ledger why a dataset gave no task. What can't be written down becomes the outcome.
    pub(crate) fn record_outcome(&self, dataset: &str, outcome: DatasetOutcome) -> DatasetOutcome {
        let event = match &outcome {
            DatasetOutcome::Tasks => return outcome,
            DatasetOutcome::Refused(refusal) => Event::DatasetRefused {
                dataset: dataset.to_owned(),
                reason: refusal.reason.as_str().to_owned(),
                detail: refusal.detail.clone(),
            },
            DatasetOutcome::Failed { error, .. } => Event::DatasetFailed {
                dataset: dataset.to_owned(),
                error: error.clone(),
            },
        };
        match self.stages().record(&event) {
            Ok(()) => outcome,
            Err(error) => failed(&error),
        }
    }

    /// Keeps on the ledger, and tells the observer, why the work on a task could not be done.
    pub(crate) fn task_failed(
        &self,
        dataset: &str,
        proposal: &Proposal,
        error: &PipelineError,
    ) -> Result<TaskFailure, PipelineError> {
        let (dataset, task) = (dataset.to_owned(), proposal.id.to_string());
        let failure = TaskFailure {
            error: with_causes(error),
            hint: error.hint(),
            fault: error.fault(),
        };
        self.stages().record(&Event::TaskFailed {
            task: task.clone(),
            dataset: dataset.clone(),
            error: failure.error.clone(),
            hint: failure.hint.clone(),
        })?;
        self.stages().tell(&Notice::TaskFailed {
            dataset,
            task,
            error: failure.error.clone(),
            hint: failure.hint.clone(),
        });
        Ok(failure)
    }

    /// Tells the observer why a dataset gave no task.
    pub(crate) fn tell_outcome(&self, dataset: &str, outcome: &DatasetOutcome) {
        let dataset = dataset.to_owned();
        match outcome {
            DatasetOutcome::Tasks => {}
            DatasetOutcome::Refused(refusal) => self.stages().tell(&Notice::DatasetRefused {
                dataset,
                reason: refusal.reason,
                detail: refusal.detail.clone(),
            }),
            DatasetOutcome::Failed { error, hint, .. } => {
                self.stages().tell(&Notice::DatasetFailed {
                    dataset,
                    error: error.clone(),
                    hint: hint.clone(),
                });
            }
        }
    }
}

/// The outcome of work that could not be done.
pub(crate) fn failed(error: &PipelineError) -> DatasetOutcome {
    DatasetOutcome::Failed {
        error: with_causes(error),
        hint: error.hint(),
        fault: error.fault(),
        of_models: error.is_the_models(),
    }
}

/// An error and its causes in one line.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
