//! An agent's episode of the good task.

use facts::{AgentFacts, AgentStep};

/// A scripted agent that learns a little and improves once.
pub(super) fn agent() -> AgentFacts {
    let step = |action: &str, feedback: &str, score| AgentStep {
        action: action.to_owned(),
        feedback: feedback.to_owned(),
        detail: None,
        score,
    };
    AgentFacts {
        agent: "scripted".to_owned(),
        model: None,
        steps: vec![
            step("request_info", "info", None),
            step("validate_code", "ran", None),
            step("execute_code", "scored", Some(0.76)),
            step("execute_code", "scored", Some(0.8)),
        ],
        feedback_score: Some(0.8),
        final_score: Some(0.78),
        score: Some(0.79),
        problem: None,
    }
}
