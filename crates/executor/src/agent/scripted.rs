//! An agent without a model: it looks, fits what suits the kind of data, and improves on it once.
//!
//! It knows no task. What it does follows from the metadata that any agent can ask for.

use serde_json::Value;

use super::Agent;
use crate::ExecuteError;
use crate::episode::{Action, Feedback, InfoType, Observation};

const EXPLORE: &str = include_str!("explore.py");
const TABULAR: &str = include_str!("tabular.py");

/// Models in the order in which they are tried.
const MODELS: [&str; 2] = ["linear", "boosted"];

/// The agent without a model.
#[derive(Debug, Default)]
pub struct Scripted {
    stage: Stage,
    metadata: Option<Value>,
}

#[derive(Clone, Copy, Debug, Default)]
enum Stage {
    #[default]
    Ask,
    Look,
    Fit(usize),
}

impl Agent for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    async fn next(&mut self, last: Option<&Observation>) -> Result<Option<Action>, ExecuteError> {
        if let Some(Feedback::Info { parts }) = last.map(|seen| &seen.feedback) {
            let metadata = parts
                .iter()
                .find(|part| part.name == InfoType::Metadata.as_str());
            self.metadata = metadata.and_then(|part| serde_json::from_str(&part.text).ok());
        }
        let (action, stage) = match self.stage {
            Stage::Ask => {
                let info_type = InfoType::Metadata;
                (Action::RequestInfo { info_type }, Stage::Look)
            }
            Stage::Look => {
                let code = EXPLORE.to_owned();
                (Action::ValidateCode { code }, Stage::Fit(0))
            }
            Stage::Fit(at) => {
                let (Some(metadata), Some(model)) = (&self.metadata, MODELS.get(at)) else {
                    return Ok(None);
                };
                let code = solution(metadata, model);
                (Action::ExecuteCode { code }, Stage::Fit(at + 1))
            }
        };
        self.stage = stage;
        Ok(Some(action))
    }
}

/// The script for a task, with what it must know of it as constants.
fn solution(metadata: &Value, model: &str) -> String {
    // JSON of a text is a text of Python, too.
    let text = Value::String(metadata.to_string());
    format!("import json\n\nTASK = json.loads({text})\nMODEL = \"{model}\"\n\n{TABULAR}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_must_know_stands_in_the_script_as_text() {
        let metadata = serde_json::json!({"title": "quotes \" and ' and \\ and\nlines"});
        let code = solution(&metadata, "linear");
        let line = code.lines().nth(2).unwrap();
        let text = line.strip_prefix("TASK = json.loads(").unwrap();
        let text: String = serde_json::from_str(text.strip_suffix(')').unwrap()).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), metadata);
    }
}
