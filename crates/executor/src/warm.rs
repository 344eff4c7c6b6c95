//! The fork servers of an environment: started when they are first needed, started again when they were lost.
//!
//! There are two, as a fork costs by what is loaded: one has the libraries, one has only Python.
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

/// Makes it load nothing.
const BARE: &str = "--bare";

/// What the server with the libraries has that the other one has not.
const LIBRARIES: [&str; 9] = [
    "numpy",
    "pandas",
    "scipy",
    "sklearn",
    "pyarrow",
    "lightgbm",
    "PIL",
    "soundfile",
    "taskkit",
];

/// What a server has loaded when it forks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loaded {
    /// Python and the libraries that most solvers begin with.
    Libraries,
    /// Python alone.
    Python,
}

impl Loaded {
    /// What suits a script: the libraries if it so much as names one. A wrong guess costs time, nothing else.
    pub(crate) fn for_script(code: &str) -> Self {
        match LIBRARIES.iter().any(|name| code.contains(name)) {
            true => Self::Libraries,
            false => Self::Python,
        }
    }
}

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

/// The fork servers of one environment.
#[derive(Debug)]
pub(crate) struct Warm {
    environment: Arc<Realised>,
    with_libraries: Mutex<Option<ForkServer>>,
    with_python: Mutex<Option<ForkServer>>,
    /// Why this host does not give warm runs, once that is known.
    refused: OnceLock<String>,
}

impl Warm {
    pub(crate) fn new(environment: Arc<Realised>) -> Self {
        Self {
            environment,
            with_libraries: Mutex::new(None),
            with_python: Mutex::new(None),
            refused: OnceLock::new(),
        }
    }

    /// Runs `command` warm; `None` where this host gives no warm runs, or the run has variables of its own.
    pub(crate) async fn run(
        &self,
        policy: &Policy,
        command: &[String],
        loaded: Loaded,
    ) -> Result<Option<Completed>, SandboxError> {
        if self.refused.get().is_some() || !self.suits(policy) {
            return Ok(None);
        }
        let mut attempt = 1;
        loop {
            let (has_server, result) = match self.server(loaded).await {
                Ok(server) => {
                    let result = server.run(policy, command).await;
                    if let Err(SandboxError::ForkServer { .. }) = result {
                        self.give_up(loaded, &server).await;
                    }
                    (true, result)
                }
                Err(error) => (false, Err(error)),
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
                // The host has trouble now; the next run may find it over.
                Err(error @ SandboxError::ForkServer { begun: false, .. }) if has_server => {
                    tracing::warn!(%error, "no warm run is to be had: this one starts its own Python");
                    return Ok(None);
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
        let ran = self.run(&self.policy(), &command, Loaded::Libraries).await;
        let Some(completed) = ran? else {
            let reason = self.refused.get().cloned();
            let reason = reason.unwrap_or_else(|| "no run could be forked".to_owned());
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

    /// The numbers of the processes of the servers that run, the one with the libraries first.
    pub(crate) async fn processes(&self) -> Vec<u32> {
        let mut processes = Vec::new();
        for place in [&self.with_libraries, &self.with_python] {
            let server = place.lock().await;
            let alive = server.as_ref().filter(|server| server.is_alive());
            processes.extend(alive.map(ForkServer::process));
        }
        processes
    }

    fn place(&self, loaded: Loaded) -> &Mutex<Option<ForkServer>> {
        match loaded {
            Loaded::Libraries => &self.with_libraries,
            Loaded::Python => &self.with_python,
        }
    }

    /// Has the next run start another server: one that was lost may take a while to end, and be found alive until then.
    async fn give_up(&self, loaded: Loaded, lost: &ForkServer) {
        let mut server = self.place(loaded).lock().await;
        if server
            .as_ref()
            .is_some_and(|server| server.process() == lost.process())
        {
            *server = None;
        }
    }

    async fn server(&self, loaded: Loaded) -> Result<ForkServer, SandboxError> {
        // Held while it starts: runs that come meanwhile wait for this one.
        let mut server = self.place(loaded).lock().await;
        if let Some(server) = server.as_ref().filter(|server| server.is_alive()) {
            return Ok(server.clone());
        }
        let environment = Arc::clone(&self.environment);
        let policy = self.policy();
        let start = move || {
            let command: Vec<String> = std::iter::once(environment.python().into_string())
                .chain(SERVER.map(str::to_owned))
                .chain((loaded == Loaded::Python).then(|| BARE.to_owned()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_that_names_a_library_gets_the_libraries() {
        let loaded = Loaded::for_script("from sklearn.svm import SVC\n");
        assert_eq!(loaded, Loaded::Libraries);
        let loaded = Loaded::for_script("import csv, json\nprint(1)\n");
        assert_eq!(loaded, Loaded::Python);
    }
}
