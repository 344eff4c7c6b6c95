//! An episode whose actions a language model chooses.

use std::sync::{Arc, Mutex, PoisonError};

use clap::ArgMatches;
use llm::{CallRecord, Listener, Wait};
use pipeline::ReactAgent;

use super::{Session, follow_agent};
use crate::{
    arguments::{self, Ablations, Global},
    configuration::models_of,
    console, exit,
    failure::Failure,
    models::Decided,
    summary::dollars,
};

/// Lets the model of the role `agent` play, and tells on stderr what that took.
pub(super) async fn follow(
    global: &Global,
    arguments: &arguments::Episode,
    matches: &ArgMatches,
    session: &mut Session,
) -> Result<(), Failure> {
    let file = models_of(&arguments.config, matches)?;
    let decided = Decided::resolve(&arguments.models, &Ablations::default(), matches, file)?;
    let Some(decided) = decided else {
        return Err(Failure {
            chain: vec!["no model is configured that could play".to_owned()],
            hint: Some("name one with `--model`, or in `smith.toml` below `[llm]`".to_owned()),
            code: exit::USAGE,
        });
    };
    let client = decided.client_of_episode()?;
    let heard = Arc::new(Heard::default());
    let listener = Arc::clone(&heard);
    let model = client.model(&decided.roles.agent, listener)?;
    let task = session.episode().task();
    let (manifest, executor) = (task.manifest().clone(), task.executor().clone());
    let mut agent = ReactAgent::of(
        &model,
        executor.environment(),
        &manifest,
        decided.caps.of_agent(),
    )?;
    let played = follow_agent(global, session, &mut agent).await;
    let sum = heard.sum.lock().unwrap_or_else(PoisonError::into_inner);
    console::error_line(&format!(
        "{} calls, {} tokens, {}",
        sum.calls,
        sum.tokens,
        dollars(sum.cost_usd)
    ));
    played
}

/// Sums up what calls took, and tells of waits.
#[derive(Default)]
struct Heard {
    sum: Mutex<Sum>,
}

struct Sum {
    calls: u64,
    tokens: u64,
    cost_usd: Option<f64>,
}

impl Default for Sum {
    fn default() -> Self {
        Self {
            calls: 0,
            tokens: 0,
            cost_usd: Some(0.0),
        }
    }
}

impl Listener for Heard {
    fn called(&self, call: &CallRecord) {
        let mut sum = self.sum.lock().unwrap_or_else(PoisonError::into_inner);
        sum.calls += 1;
        sum.tokens += call.usage.total();
        sum.cost_usd = sum
            .cost_usd
            .zip(call.cost_usd)
            .map(|(sum, cost)| sum + cost);
    }

    fn waits(&self, wait: &Wait) {
        console::error_line(&console::waiting(
            &wait.model,
            &wait.reason,
            wait.duration,
            wait.attempt,
        ));
    }
}
