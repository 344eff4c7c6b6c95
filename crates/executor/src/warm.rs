//! The fork server of an environment: started when it is first needed, started again when it was lost.
//!
//! Where a host gives no warm runs, runs are cold, and that is said once. What a run may do is the same either way.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use environment::Realised;
use sandbox::{Completed, ForkServer, Outcome, Policy, SandboxError, roles};
use tokio::sync::Mutex;

use crate::Usage;

/// After this time without a run the server ends, and its memory is free.
const IDLE: Duration = Duration::from_secs(300);

/// How often a run that has not begun is tried with another server.
const ATTEMPTS: u32 = 4;

/// The script of the task kit that serves.
const SERVER: [&str; 2] = ["-m", "taskkit.warm.server"];

/// A module of the standard library that does nothing when it is run.
const NOTHING: [&str; 2] = ["-m", "keyword"];

/// Whether a host gives warm runs.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum WarmRuns {
    /// It does.
    Given {
        /// What a run took that does nothing, its confinement included.
        milliseconds: u64,
    },
    /// Every run starts its own Python.
    NotGiven {
        /// Why.
        reason: String,
    },
}

/// The fork server of one environment.
#[derive(Debug)]
pub(crate) struct Warm {
    environment: Arc<Realised>,
    server: Mutex<Option<ForkServer>>,
    /// Why this host does not give warm runs, once that is known.
    refused: OnceLock<String>,
}

impl Warm {
    pub(crate) fn new(environment: Arc<Realised>) -> Self {
        Self {
            environment,
            server: Mutex::new(None),
            refused: OnceLock::new(),
        }
    }

    /// Runs `command` warm; `None` where this host gives no warm runs, or the run has variables of its own.
    pub(crate) async fn run(
        &self,
        policy: &Policy,
        command: &[String],
    ) -> Result<Option<Completed>, SandboxError> {
        if self.refused.get().is_some() || !self.suits(policy) {
            return Ok(None);
        }
        let mut attempt = 1;
        loop {
            let result = match self.server().await {
                Ok(server) => {
                    let result = server.run(policy, command).await;
                    if let Err(SandboxError::ForkServer { .. }) = result {
                        self.give_up(&server).await;
                    }
                    result
                }
                Err(error) => Err(error),
            };
            match result {
                Ok(completed) => return Ok(Some(completed)),
                // Nothing of it was run.
                Err(SandboxError::ForkServer {
                    begun: false,
                    reason,
                }) if attempt < ATTEMPTS => {
                    tracing::debug!(
                        reason,
                        attempt,
                        "the fork server is lost; another is started"
                    );
                    attempt += 1;
                }
                Err(
                    error @ (SandboxError::NotConfined { .. }
                    | SandboxError::ForkServer { begun: false, .. }),
                ) => {
                    if self.refused.set(error.to_string()).is_ok() {
                        tracing::warn!(%error, "this host gives no warm runs: every run starts its own Python");
                    }
                    return Ok(None);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Starts the server, unless it runs, and has it run what does nothing.
    pub(crate) async fn tried(&self) -> Result<WarmRuns, SandboxError> {
        let command: Vec<String> = std::iter::once(self.environment.python().into_string())
            .chain(NOTHING.map(str::to_owned))
            .collect();
        let Some(completed) = self.run(&self.policy(), &command).await? else {
            let reason = self.refused.get().cloned();
            let reason = reason
                .expect("only a host that refuses makes a run without variables of its own cold");
            return Ok(WarmRuns::NotGiven { reason });
        };
        let record = completed.record;
        Ok(match record.outcome {
            Outcome::Exited(0) => WarmRuns::Given {
                milliseconds: Usage::from(&record).wall_ms,
            },
            outcome => WarmRuns::NotGiven {
                reason: format!(
                    "a run that does nothing {outcome}: {}",
                    record.stderr.last_lines(3)
                ),
            },
        })
    }

    /// Whether the server was started with the variables that the run asks for. Python and its libraries read many of them
    /// once, at their start (hash seed, locale, threads): a forked one would not see others.
    fn suits(&self, policy: &Policy) -> bool {
        policy.variables == self.policy().variables
    }

    fn policy(&self) -> Policy {
        roles::fork_server(&crate::executor::closure_of(&self.environment))
    }

    /// The number of the server's process, if it runs.
    pub(crate) async fn process(&self) -> Option<u32> {
        let server = self.server.lock().await;
        server
            .as_ref()
            .filter(|server| server.is_alive())
            .map(ForkServer::process)
    }

    /// Has the next run start another server: one that was lost may take a while to end, and be found alive until then.
    async fn give_up(&self, lost: &ForkServer) {
        let mut server = self.server.lock().await;
        if server
            .as_ref()
            .is_some_and(|server| server.process() == lost.process())
        {
            *server = None;
        }
    }

    async fn server(&self) -> Result<ForkServer, SandboxError> {
        // Held while it starts: runs that come meanwhile wait for this one.
        let mut server = self.server.lock().await;
        if let Some(server) = server.as_ref().filter(|server| server.is_alive()) {
            return Ok(server.clone());
        }
        let environment = Arc::clone(&self.environment);
        let policy = self.policy();
        let start = move || {
            let command: Vec<String> = std::iter::once(environment.python().into_string())
                .chain(SERVER.map(str::to_owned))
                .collect();
            ForkServer::start(&environment.launcher(), &policy, &command, IDLE)
        };
        let started = match tokio::task::spawn_blocking(start).await {
            Ok(started) => started?,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        *server = Some(started.clone());
        Ok(started)
    }
}
