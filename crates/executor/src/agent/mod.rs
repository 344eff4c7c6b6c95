//! Agents that take part in episodes, and how one plays.
//!
//! An agent sees what any agent sees: observations. It gets neither the package nor the answers.

mod scripted;

use facts::{AgentFacts, AgentStep};

use crate::ExecuteError;
use crate::episode::{Action, Episode, Observation, Step};

pub use scripted::Scripted;

/// Chooses actions.
pub trait Agent {
    /// Its name in records.
    fn name(&self) -> &str;

    /// The next action after what was last seen (nothing at the beginning); `None` when it is done.
    fn next(
        &mut self,
        last: Option<&Observation>,
    ) -> impl Future<Output = Result<Option<Action>, ExecuteError>> + Send;
}

/// Steps that are taken at most where the episode has no limit of its own.
const MOST_STEPS: usize = 1_000;

/// Lets an agent take part in an episode until it is done, or the episode is over.
///
/// # Errors
///
/// When something can't be run.
pub async fn play(
    agent: &mut impl Agent,
    mut episode: Episode,
) -> Result<AgentFacts, ExecuteError> {
    let mut steps = Vec::new();
    let mut last: Option<Step> = None;
    while steps.len() < MOST_STEPS {
        let seen = last.as_ref().map(|step| &step.observation);
        let Some(action) = agent.next(seen).await? else {
            break;
        };
        let step = episode.step(&action).await?;
        steps.push(AgentStep {
            action: action.name().to_owned(),
            feedback: step.observation.feedback.kind().to_owned(),
            score: step.observation.current_raw_score,
        });
        let over = step.terminated || step.truncated;
        last = Some(step);
        if over {
            break;
        }
    }
    let finished = episode.finish().await?;
    Ok(AgentFacts {
        agent: agent.name().to_owned(),
        steps,
        feedback_score: finished.feedback_score,
        final_score: finished.final_score,
        problem: finished.invalid,
    })
}
