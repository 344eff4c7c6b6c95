//! A model that takes part in an episode: between the episode's actions and the agent that asks the model.

use std::collections::BTreeMap;

use agents::llm::{AgentError, React, ReactLimits};
use environment::Realised;
use executor::ExecuteError;
use executor::agent::Agent;
use executor::episode::{Action, Observation};
use llm::Chat;
use task_format::{Manifest, slug};

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

    /// Digest of each rendered prompt by its name.
    pub(crate) fn prompts(&self) -> &BTreeMap<String, String> {
        &self.react.trace().prompts
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
        // The name is free text of whoever made the package.
        let (dataset, task) = (&slug(&manifest.dataset.name), manifest.id.as_str());
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
    use std::{future::Future, pin::Pin, sync::Mutex};

    use executor::episode::{Feedback, HistorySummary, Remaining, Status};
    use llm::{Finish, LlmError, Message, Reply, Request, ToolCall, Usage};
    use prompts::PythonEnvironment;

    use super::*;

    /// A model that says one thing after another, then the last of them for ever.
    struct Scripted {
        script: Mutex<Vec<Reply>>,
        asked: Mutex<Vec<Request>>,
    }

    impl Chat for Scripted {
        fn model(&self) -> &str {
            "scripted"
        }

        fn context_tokens(&self) -> u64 {
            100_000
        }

        fn ask<'a>(
            &'a self,
            request: &'a Request,
        ) -> Pin<Box<dyn Future<Output = Result<Reply, LlmError>> + Send + 'a>> {
            self.asked.lock().unwrap().push(request.clone());
            let mut script = self.script.lock().unwrap();
            let reply = if script.len() > 1 {
                script.remove(0)
            } else {
                script[0].clone()
            };
            Box::pin(async move { Ok(reply) })
        }
    }

    fn scripted(script: &[(&str, &str)]) -> Scripted {
        let script = script
            .iter()
            .map(|(tool, text)| Reply {
                text: if tool.is_empty() {
                    (*text).to_owned()
                } else {
                    String::new()
                },
                calls: (!tool.is_empty())
                    .then(|| ToolCall {
                        id: "call".to_owned(),
                        name: (*tool).to_owned(),
                        arguments: (*text).to_owned(),
                    })
                    .into_iter()
                    .collect(),
                finish: if tool.is_empty() {
                    Finish::Stop
                } else {
                    Finish::Tools
                },
                usage: Usage::default(),
                cost_usd: None,
            })
            .collect();
        Scripted {
            script: Mutex::new(script),
            asked: Mutex::default(),
        }
    }

    fn agent(chat: &Scripted, steps: u32) -> ReactAgent<'_> {
        let python = PythonEnvironment {
            name: "tabular".to_owned(),
            python: "3.11".to_owned(),
            packages: Vec::new(),
            wall_seconds: 60,
            memory_bytes: 1 << 30,
        };
        let limits = ReactLimits {
            steps,
            tokens: None,
            usd: None,
        };
        ReactAgent::new(React::new(
            chat,
            &python,
            "wells",
            "wells--depth",
            1,
            limits,
        ))
    }

    #[tokio::test]
    async fn a_reply_that_is_no_action_is_answered_and_costs_one() {
        let chat = scripted(&[
            ("", "I think about it first."),
            ("execute_code", "{\"code\": 3}"),
            ("request_info", "{\"info_type\": \"all\"}"),
            ("finish", "{}"),
        ]);
        let mut agent = agent(&chat, 10);
        let first = agent.next(None).await.unwrap();
        assert!(
            matches!(first, Some(Action::RequestInfo { .. })),
            "{first:?}"
        );
        assert_eq!(agent.react.spent().steps, 3);
        let told: Vec<String> = chat.asked.lock().unwrap()[2]
            .messages
            .iter()
            .filter_map(|message| match message {
                Message::User { text } | Message::Tool { text, .. } => Some(text.clone()),
                Message::Assistant { .. } => None,
            })
            .collect();
        assert_eq!(told.len(), 3, "the task, and an answer to each");
        assert!(
            told[1..].iter().all(|text| text.contains("invalid_action")),
            "{told:?}"
        );
        assert_eq!(agent.next(Some(&seen(None, None))).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_model_that_never_acts_ends_with_its_replies() {
        for say in [("", "la la la"), ("nonsense", "{}"), ("execute_code", "{")] {
            let chat = scripted(&[say]);
            let mut agent = agent(&chat, 6);
            assert_eq!(agent.next(None).await.unwrap(), None, "{say:?}");
            assert!(chat.asked.lock().unwrap().len() <= 6);
        }
    }

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
