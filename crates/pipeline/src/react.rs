//! A model that takes part in an episode: between the episode's actions and the agent that asks the model.

use agents::llm::{AgentError, React, ReactLimits};
use environment::Realised;
use executor::ExecuteError;
use executor::agent::Agent;
use executor::episode::{Action, Observation};
use llm::Chat;
use task_format::Manifest;

use crate::{PipelineError, engine::python_environment};

/// An agent that asks a model.
pub struct ReactAgent<'a> {
    react: React<'a>,
}

impl<'a> ReactAgent<'a> {
    /// Lets `react` take part.
    pub(crate) fn new(react: React<'a>) -> Self {
        Self { react }
    }

    /// Lets the model `chat` take part in an episode of the task.
    ///
    /// # Errors
    ///
    /// When the environment, of which the model is told, can't be read.
    pub fn of(
        chat: &'a dyn Chat,
        environment: &Realised,
        manifest: &Manifest,
        limits: ReactLimits,
    ) -> Result<Self, PipelineError> {
        let python = python_environment(environment)?;
        let (dataset, task) = (&manifest.dataset.name, manifest.id.as_str());
        Ok(Self::new(React::new(
            chat, &python, dataset, task, 1, limits,
        )))
    }
}

impl Agent for ReactAgent<'_> {
    fn name(&self) -> &'static str {
        "react"
    }

    fn model(&self) -> Option<&str> {
        Some(self.react.model())
    }

    async fn next(&mut self, last: Option<&Observation>) -> Result<Option<Action>, ExecuteError> {
        let mut seen = last.map(|seen| told(seen, self.react.steps_left()));
        // What is no action costs the agent a reply of its own budget, which ends this.
        loop {
            let Some(action) = self.react.next(seen.as_ref()).await.map_err(gone)? else {
                return Ok(None);
            };
            match Action::from_json(&action.to_string()) {
                Ok(action) => return Ok(Some(action)),
                Err(wrong) => {
                    seen = Some(serde_json::json!({
                        "feedback": {"kind": "invalid_action", "message": wrong.message}
                    }));
                }
            }
        }
    }
}

/// What a model is told of an observation: without what the clock has a say in, so that the same work asks the same of the model
/// again; the steps that are left are at most those of the model's own budget.
fn told(seen: &Observation, steps_left: u32) -> serde_json::Value {
    let mut seen = seen.clone();
    let left = u64::from(steps_left);
    seen.remaining.steps = Some(seen.remaining.steps.map_or(left, |steps| steps.min(left)));
    seen.remaining.wall_seconds = None;
    let mut value =
        serde_json::to_value(&seen).expect("an observation has string keys and finite numbers");
    if let Some(remaining) = value["remaining"].as_object_mut() {
        remaining.retain(|_, left| !left.is_null());
    }
    value
}

fn gone(error: AgentError) -> ExecuteError {
    ExecuteError::Agent {
        fault: error.fault(),
        hint: error.hint(),
        source: Box::new(error),
    }
}

#[cfg(test)]
mod tests {
    use executor::episode::{Feedback, HistorySummary, Remaining, Status};

    use super::*;

    fn seen(steps: Option<u64>, wall_seconds: Option<u64>) -> Observation {
        Observation {
            step: 1,
            action_status: Status::Success,
            feedback: Feedback::Info { parts: Vec::new() },
            current_raw_score: None,
            best_raw_score: None,
            current_position_score: None,
            best_position_score: None,
            milestones_reached: Vec::new(),
            remaining: Remaining {
                steps,
                submissions: None,
                wall_seconds,
            },
            history: HistorySummary::default(),
        }
    }

    #[test]
    fn a_model_is_told_nothing_that_differs_between_two_runs() {
        let told_at = |wall_seconds| told(&seen(Some(49), Some(wall_seconds)), 19);
        assert_eq!(told_at(3600), told_at(3599));
        assert_eq!(told_at(3600)["remaining"], serde_json::json!({"steps": 19}));
        // What the episode allows counts where it is less.
        assert_eq!(told(&seen(Some(2), None), 19)["remaining"]["steps"], 2);
    }
}
