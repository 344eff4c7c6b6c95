//! What became of a dataset as a whole: told to the observer, and kept on the ledger.

use ledger::Event;

use crate::{DatasetOutcome, Generator, Notice, PipelineError};

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
