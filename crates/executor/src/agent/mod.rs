//! Agents that take part in episodes, and how one plays.
//!
//! An agent sees what any agent sees: observations. It gets neither the package nor the answers.

mod scripted;

use facts::{AgentFacts, AgentStep};

use process::Fault;

use crate::episode::{ATTEMPTS, Action, Episode, Feedback, Observation, Step};
use crate::{ExecuteError, Usage};

pub use scripted::Scripted;

/// Chooses actions.
pub trait Agent {
    /// Its name in records.
    fn name(&self) -> &str;

    /// The model that it asks, as the provider calls it.
    fn model(&self) -> Option<&str> {
        None
    }

    /// The next action after what was last seen (nothing at the beginning); `None` when it is done.
    ///
    /// # Errors
    ///
    /// [`ExecuteError::Agent`] when it can't go on for a reason that is not the task's. An agent that does not know what to
    /// do is done.
    fn next(
        &mut self,
        last: Option<&Observation>,
    ) -> impl Future<Output = Result<Option<Action>, ExecuteError>> + Send;
}

/// Steps that are taken at most where the episode has no limit of its own.
const MOST_STEPS: usize = 1_000;

/// Characters of what a failure says that are kept.
const DETAIL_CHARACTERS: usize = 300;

/// Lets an agent take part in an episode until it is done, or the episode is over, as its [`Options`] say.
///
/// # Errors
///
/// When something can't be run, for a fault that may pass at the third attempt; and at once when the agent can't go on: it
/// has tried again what could be tried.
///
/// [`Options`]: crate::episode::Options
pub async fn play(
    agent: &mut impl Agent,
    mut episode: Episode,
) -> Result<(AgentFacts, Usage), ExecuteError> {
    let mut steps = Vec::new();
    let mut last: Option<Step> = None;
    while steps.len() < MOST_STEPS {
        let seen = last.as_ref().map(|step| &step.observation);
        let Some(action) = agent.next(seen).await? else {
            break;
        };
        let step = attempt(&mut episode, &action).await?;
        steps.push(AgentStep {
            action: action.name().to_owned(),
            feedback: step.observation.feedback.kind().to_owned(),
            detail: detail(&step.observation.feedback),
            score: step.observation.current_raw_score,
        });
        let over = step.terminated || step.truncated;
        last = Some(step);
        if over {
            break;
        }
    }
    let (finished, usage) = episode.finish().await?;
    let facts = AgentFacts {
        agent: agent.name().to_owned(),
        model: agent.model().map(str::to_owned),
        steps,
        feedback_score: finished.feedback_score,
        final_score: finished.final_score,
        score: finished.score,
        problem: finished.invalid,
    };
    Ok((facts, usage))
}

async fn attempt(episode: &mut Episode, action: &Action) -> Result<Step, ExecuteError> {
    for _ in 1..ATTEMPTS {
        match episode.attempt(action).await {
            // Such trouble is the host's: it is no step of the agent, and must not look like one.
            Err(error) if error.fault() == Fault::Transient => {
                tracing::warn!(%error, "an action of an agent is tried again");
            }
            other => return other,
        }
    }
    episode.attempt(action).await
}

/// What a failure says, in one line.
fn detail(feedback: &Feedback) -> Option<String> {
    let text = match feedback {
        Feedback::SyntaxError { message }
        | Feedback::InvalidSubmission { message, .. }
        | Feedback::InvalidAction { message }
        | Feedback::Sandbox { message } => message.clone(),
        Feedback::RuntimeError { traceback, .. } => traceback.clone(),
        Feedback::NoSubmission { detail, .. } => detail.clone(),
        Feedback::Timeout { limit_seconds, .. } => format!("longer than {limit_seconds} s"),
        Feedback::Memory { limit_bytes, .. } => {
            format!("more than {} MiB of memory", limit_bytes >> 20)
        }
        Feedback::Limit { what, .. } => what.clone(),
        Feedback::BudgetSpent { budget } => format!("{budget:?}").to_lowercase(),
        Feedback::Info { .. }
        | Feedback::Ran { .. }
        | Feedback::Scored { .. }
        | Feedback::History { .. }
        | Feedback::Reset => return None,
    };
    // The last line of a traceback names the error; the other texts have one.
    let last = text.trim().lines().next_back().unwrap_or_default();
    Some(last.chars().take(DETAIL_CHARACTERS).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_in_a_line() {
        let failed = Feedback::RuntimeError {
            exit: 1,
            traceback: "Traceback (most recent call last):\n  …\nKeyError: 'age'\n".to_owned(),
            stdout: "1\n".to_owned(),
        };
        assert_eq!(detail(&failed).unwrap(), "KeyError: 'age'");
        let long = Feedback::NoSubmission {
            detail: "ä".repeat(1000),
            stdout: String::new(),
        };
        assert_eq!(detail(&long).unwrap().chars().count(), DETAIL_CHARACTERS);
        assert_eq!(detail(&Feedback::Reset), None);
    }
}
