//! What an agent can do in an episode: the five actions of MLE-Dojo, as JSON.
//!
//! Text that is no action is one that failed, never the end of an episode.

use serde::{Deserialize, Serialize};

/// One action. As JSON: `{"action": "execute_code", "code": "…"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// Asks for a part of what is known of the task.
    RequestInfo {
        /// Which part.
        info_type: InfoType,
    },
    /// Runs a script without scoring what it writes.
    ValidateCode {
        /// Python.
        code: String,
    },
    /// Runs a script, takes its `submission.csv`, and scores it on the feedback rows.
    ExecuteCode {
        /// Python.
        code: String,
    },
    /// Asks for what happened in the last steps.
    GetHistory {
        /// How many steps, at most [`MOST_HISTORY`].
        #[serde(default = "usual_history")]
        last_n: usize,
    },
    /// Forgets best scores and history. What was spent stays spent.
    Reset {},
}

/// How many steps of history one action can ask for.
pub const MOST_HISTORY: usize = 20;

fn usual_history() -> usize {
    5
}

/// A part of what is known of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InfoType {
    /// Title, objective, metric and direction in a few lines.
    Overview,
    /// `description.md`.
    Description,
    /// The first lines of `sample_submission.csv`.
    SampleSubmission,
    /// The public files with their sizes and columns.
    DataStructure,
    /// Where scripts find the public files.
    DataPath,
    /// Where scripts write their submission.
    OutputPath,
    /// What the manifest says, as far as it tells nothing of the answers, as JSON.
    Metadata,
    /// All of these.
    All,
}

impl InfoType {
    /// Every part but [`InfoType::All`], in the order in which that shows them.
    pub const PARTS: [Self; 7] = [
        Self::Overview,
        Self::Description,
        Self::SampleSubmission,
        Self::DataStructure,
        Self::DataPath,
        Self::OutputPath,
        Self::Metadata,
    ];

    /// Its name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Description => "description",
            Self::SampleSubmission => "sample_submission",
            Self::DataStructure => "data_structure",
            Self::DataPath => "data_path",
            Self::OutputPath => "output_path",
            Self::Metadata => "metadata",
            Self::All => "all",
        }
    }
}

impl Action {
    /// Reads an action from JSON.
    ///
    /// # Errors
    ///
    /// Why the text is no action, in words for whoever wrote it.
    pub fn from_json(text: &str) -> Result<Self, InvalidAction> {
        serde_json::from_str(text).map_err(|error| InvalidAction {
            message: error.to_string(),
        })
    }

    /// Its name in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::RequestInfo { .. } => "request_info",
            Self::ValidateCode { .. } => "validate_code",
            Self::ExecuteCode { .. } => "execute_code",
            Self::GetHistory { .. } => "get_history",
            Self::Reset {} => "reset",
        }
    }
}

/// Text that is no action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidAction {
    /// Why.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_five_actions_read_as_they_are_written() {
        for text in [
            r#"{"action":"request_info","info_type":"all"}"#,
            r#"{"action":"validate_code","code":"print(1)"}"#,
            r#"{"action":"execute_code","code":"print(1)"}"#,
            r#"{"action":"get_history","last_n":3}"#,
            r#"{"action":"reset"}"#,
        ] {
            let action = Action::from_json(text).unwrap();
            assert_eq!(serde_json::to_string(&action).unwrap(), text);
            assert!(text.contains(action.name()));
        }
        let short = Action::from_json(r#"{"action":"get_history"}"#).unwrap();
        assert_eq!(short, Action::GetHistory { last_n: 5 });
    }

    #[test]
    fn what_is_no_action_says_what_would_be() {
        let said = |text: &str| Action::from_json(text).unwrap_err().message;
        assert!(said(r#"{"action":"dance"}"#).contains("`execute_code`"));
        assert!(said(r#"{"action":"execute_code"}"#).contains("code"));
        assert!(said(r#"{"action":"request_info","info_type":"answers"}"#).contains("`overview`"));
        assert!(said(r#"{"action":"reset","hard":true}"#).contains("hard"));
        assert!(!said("execute_code").is_empty());
    }

    #[test]
    fn parts_have_their_names() {
        for part in InfoType::PARTS.into_iter().chain([InfoType::All]) {
            let text = serde_json::to_string(&part).unwrap();
            assert_eq!(text, format!("\"{}\"", part.as_str()));
        }
    }
}
