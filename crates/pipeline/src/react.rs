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
        let mut seen = last.map(|seen| {
            serde_json::to_value(seen).expect("an observation has string keys and finite numbers")
        });
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

fn gone(error: AgentError) -> ExecuteError {
    ExecuteError::Agent {
        fault: error.fault(),
        hint: error.hint(),
        source: Box::new(error),
    }
}
