//! How a conversation with a model ended. A model that hands in nothing is one of the ends; work that could not be done is an error.

use std::collections::BTreeMap;

use llm::LlmError;
use process::Fault;

use super::WorkbenchError;

/// A conversation that came to an end.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversed<T> {
    /// What came of it.
    pub outcome: Outcome<T>,
    /// How it went.
    pub trace: Trace,
}

/// What came of a conversation.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome<T> {
    /// The model handed in what it was asked for, in the form that was asked for.
    Handed(T),
    /// It said that this can't be made honestly, or had nothing better to hand in than what was rejected.
    Declined {
        /// Why, in its own words; `None` where it handed in again, unchanged, what was rejected.
        reason: Option<String>,
    },
    /// It did not.
    GaveUp {
        /// Why, in a sentence.
        reason: String,
        /// How many replies it took.
        steps: u32,
    },
}

/// How a conversation went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// Replies of the model.
    pub steps: u32,
    /// Calls of tools that were answered with an error, by tool; unknown tools under the name that the model gave them.
    pub failures: BTreeMap<String, u32>,
    /// How often old results were left out, so that the conversation fits the model.
    pub compactions: u32,
    /// Digest of each rendered prompt by its name, SHA-256 in hex.
    pub prompts: BTreeMap<String, String>,
}

/// Why a conversation could not be held.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// The model could not be asked.
    #[error("the model could not be asked")]
    Llm(#[source] LlmError),
    /// What the model asked for could not be done.
    #[error("a tool of the agent could not work")]
    Workbench(#[source] WorkbenchError),
}

impl AgentError {
    /// The class of trouble.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Llm(error) => error.fault(),
            Self::Workbench(error) => error.fault,
        }
    }

    /// What the user can do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Llm(error) => error.hint(),
            Self::Workbench(error) => error.hint.clone(),
        }
    }
}
