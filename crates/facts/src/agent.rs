//! What an agent did with a task, in an episode.

use serde::{Deserialize, Serialize};

/// An episode, as far as it says something of the task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AgentFacts {
    /// Name of the agent, e.g. `scripted`.
    pub agent: String,
    /// What it did.
    pub steps: Vec<AgentStep>,
    /// The best score on the feedback rows; `None` when no submission was valid.
    pub feedback_score: Option<f64>,
    /// The score of that submission on the final rows.
    pub final_score: Option<f64>,
    /// Why there is no final score although there is one on the feedback rows.
    pub problem: Option<String>,
}

/// One step of an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentStep {
    /// Name of the action, e.g. `execute_code`.
    pub action: String,
    /// Kind of the feedback, e.g. `scored` or `runtime_error`.
    pub feedback: String,
    /// The score of its submission on the feedback rows.
    pub score: Option<f64>,
}
