//! What an agent did with a task, in an episode.

use serde::{Deserialize, Serialize};

/// An episode, as far as it says something of the task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AgentFacts {
    /// Name of the agent, e.g. `scripted`.
    pub agent: String,
    /// The model that it asks, as the provider calls it; `None` when it asks none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What it did.
    pub steps: Vec<AgentStep>,
    /// The best score on the feedback rows; `None` when no submission was valid.
    pub feedback_score: Option<f64>,
    /// The score of that submission on the final rows.
    pub final_score: Option<f64>,
    /// The score of that submission on all rows of the answers, as baselines are scored.
    pub score: Option<f64>,
    /// Why there was no episode, or why its best submission has no score on the final rows or on all.
    pub problem: Option<String>,
}

/// One step of an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentStep {
    /// Name of the action, e.g. `execute_code`.
    pub action: String,
    /// Kind of the feedback, e.g. `scored` or `runtime_error`.
    pub feedback: String,
    /// What a failure says, in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The score of its submission on the feedback rows.
    pub score: Option<f64>,
}
