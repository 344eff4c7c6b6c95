//! Starts Python in the sandbox, a bounded number of runs at a time, and reads its record as a typed failure.

use std::io::Write;
use std::sync::Arc;

use camino::Utf8PathBuf;
use environment::Realised;
use facts::RunFailure;
use sandbox::{Completed, Limits, Outcome, Policy, RunRecord, roles::Closure};
use serde::Serialize;
use task_format::LimitsTable;
use tokio::sync::Semaphore;

use crate::episode::text::without_addresses;
use crate::warm::{Loaded, Warm, WarmRuns};
use crate::{ExecuteError, Usage};

/// Longest excerpt of standard error that is kept as a traceback.
const TRACEBACK_CHARACTERS: usize = 2_000;

/// Runs scripts of tasks in one environment.
#[derive(Clone, Debug)]
pub struct Executor {
    environment: Arc<Realised>,
    slots: Arc<Semaphore>,
    /// Nothing where every run starts its own Python.
    warm: Option<Arc<Warm>>,
}

impl Executor {
    /// An executor that runs at most `parallel` scripts at a time.
    ///
    /// # Panics
    ///
    /// When `parallel` is 0: nothing would ever run.
    pub fn new(environment: Arc<Realised>, parallel: usize) -> Self {
        assert!(parallel > 0, "an executor needs at least one slot");
        Self {
            environment,
            slots: Arc::new(Semaphore::new(parallel)),
            warm: None,
        }
    }

    /// The same, with runs forked from a server that has the libraries loaded. What a run may do, and what it gives, is the
    /// same; clones share the server.
    #[must_use]
    pub fn warm(mut self) -> Self {
        self.warm = Some(Arc::new(Warm::new(Arc::clone(&self.environment))));
        self
    }

    /// The same, with every run starting its own Python.
    #[must_use]
    pub fn cold(mut self) -> Self {
        self.warm = None;
        self
    }

    /// The same, with at most `parallel` scripts at a time of its own.
    ///
    /// # Panics
    ///
    /// When `parallel` is 0.
    #[must_use]
    pub fn parallel(mut self, parallel: usize) -> Self {
        assert!(parallel > 0, "an executor needs at least one slot");
        self.slots = Arc::new(Semaphore::new(parallel));
        self
    }

    /// Whether runs are warm here, tried with one that does nothing. Afterwards the fork server stands ready.
    ///
    /// # Errors
    ///
    /// When nothing can be run, warm or not.
    pub async fn try_warm(&self) -> Result<WarmRuns, ExecuteError> {
        let Some(warm) = &self.warm else {
            let reason = "runs were asked to be cold".to_owned();
            return Ok(WarmRuns::NotGiven { reason });
        };
        warm.tried().await.map_err(|source| ExecuteError::Sandbox {
            what: "a warm run".to_owned(),
            source,
        })
    }

    /// Numbers of the processes of the fork servers that run, the one with the libraries first; for measurements, and for
    /// tests that end them.
    pub async fn fork_servers(&self) -> Vec<u32> {
        match &self.warm {
            Some(warm) => warm.processes().await,
            None => Vec::new(),
        }
    }

    /// The environment that scripts run in.
    pub fn environment(&self) -> &Realised {
        &self.environment
    }

    pub(crate) fn closure(&self) -> Closure {
        closure_of(&self.environment)
    }

    /// Runs Python with `arguments` under `policy` once a slot is free.
    pub(crate) async fn python(
        &self,
        policy: &Policy,
        arguments: &[&str],
    ) -> Result<Completed, ExecuteError> {
        self.python_with(Loaded::Libraries, policy, arguments).await
    }

    /// The same, forked from a server that has this loaded, where runs are warm.
    pub(crate) async fn python_with(
        &self,
        loaded: Loaded,
        policy: &Policy,
        arguments: &[&str],
    ) -> Result<Completed, ExecuteError> {
        let _slot = self
            .slots
            .acquire()
            .await
            .expect("the semaphore is never closed");
        let command: Vec<String> = std::iter::once(self.environment.python().as_str())
            .chain(arguments.iter().copied())
            .map(str::to_owned)
            .collect();
        let failed = |source| ExecuteError::Sandbox {
            what: policy.name.clone(),
            source,
        };
        let warm = match &self.warm {
            Some(warm) => warm.run(policy, &command, loaded).await.map_err(failed)?,
            None => None,
        };
        let completed = match warm {
            Some(completed) => completed,
            None => sandbox::run(&self.environment.launcher(), policy, &command)
                .await
                .map_err(failed)?,
        };
        tracing::debug!(policy = policy.name, outcome = %completed.record.outcome, usage = ?Usage::from(&completed.record));
        Ok(completed)
    }
}

/// What a sandbox has to show of an environment.
pub(crate) fn closure_of(environment: &Realised) -> Closure {
    let paths = environment
        .closure()
        .iter()
        .map(|path| (path.inside.clone(), path.host.clone()))
        .collect();
    Closure {
        paths,
        variables: environment.variables().clone(),
    }
}

/// The sandbox's limits for a script of a task: what its manifest asks for, and no more than any task gets.
///
/// What is not the task's to run (grading, measuring) runs under [`sandbox::roles::standard_limits`].
pub(crate) fn limits(table: &LimitsTable) -> Limits {
    let most = sandbox::roles::standard_limits();
    Limits {
        wall_seconds: table.wall_seconds.min(most.wall_seconds),
        memory_bytes: table.memory_bytes.min(most.memory_bytes),
        disk_bytes: table.disk_bytes.min(most.disk_bytes),
        output_bytes: table.output_bytes.min(most.output_bytes),
        ..most
    }
}

/// A file that holds `question` as JSON, to be shown to a script of ours: texts of a task may be longer than an argument.
/// It stands there as long as the first value lives.
pub(crate) fn question(
    question: &impl Serialize,
) -> Result<(tempfile::NamedTempFile, Utf8PathBuf), ExecuteError> {
    let text = serde_json::to_vec(question).expect("texts and numbers are JSON");
    let mut file = tempfile::NamedTempFile::new().map_err(ExecuteError::files)?;
    file.write_all(&text).map_err(ExecuteError::files)?;
    let path = Utf8PathBuf::from_path_buf(file.path().to_owned())
        .expect("the folder for temporary files has a UTF-8 name");
    Ok((file, path))
}

/// Why a run gave nothing usable; `None` when it ended well.
pub(crate) fn failure(record: &RunRecord, limits: &Limits) -> Option<RunFailure> {
    let traceback = || {
        let stderr = without_addresses(&record.stderr.text());
        last_characters(&stderr, TRACEBACK_CHARACTERS)
    };
    let limit = |what: &str| {
        Some(RunFailure::Limit {
            what: what.to_owned(),
        })
    };
    match record.outcome {
        Outcome::Exited(0) => None,
        Outcome::Exited(exit) => {
            let traceback = traceback();
            match syntax_error(&traceback) {
                Some(message) => Some(RunFailure::SyntaxError { message }),
                None if is_out_of_memory(&traceback) => Some(RunFailure::Memory {
                    limit_bytes: limits.memory_bytes,
                }),
                None => Some(RunFailure::RuntimeError { exit, traceback }),
            }
        }
        Outcome::Signalled(signal) => Some(RunFailure::RuntimeError {
            exit: 128 + signal,
            traceback: traceback(),
        }),
        Outcome::TimedOut => Some(RunFailure::TimedOut {
            limit_seconds: limits.wall_seconds,
        }),
        Outcome::MemoryExceeded => Some(RunFailure::Memory {
            limit_bytes: limits.memory_bytes,
        }),
        Outcome::CpuExceeded => limit("processor time"),
        Outcome::ProcessesExceeded => limit("processes"),
        Outcome::DiskExceeded => limit("disk"),
        Outcome::OutputExceeded => limit("output"),
    }
}

/// Whether the error that a traceback ends with is a `MemoryError`, or numpy's kind of it.
fn is_out_of_memory(traceback: &str) -> bool {
    let last = traceback.trim_end().lines().last().unwrap_or_default();
    let kind = last.split(':').next().unwrap_or_default();
    kind.ends_with("MemoryError")
}

fn syntax_error(traceback: &str) -> Option<String> {
    let last = traceback.trim_end().lines().last()?;
    let is_one = ["SyntaxError", "IndentationError", "TabError"]
        .iter()
        .any(|kind| last.starts_with(kind));
    is_one.then(|| last.to_owned())
}

/// The end of a text, at most `most` characters.
fn last_characters(text: &str, most: usize) -> String {
    let skip = text.chars().count().saturating_sub(most);
    text.chars().skip(skip).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_syntax_error_is_told_from_an_error_at_run_time() {
        let syntax = "  File \"/code/prepare.py\", line 1\n    def (:\n        ^\nSyntaxError: invalid syntax\n";
        assert_eq!(
            syntax_error(syntax).as_deref(),
            Some("SyntaxError: invalid syntax")
        );
        assert_eq!(
            syntax_error("Traceback\nValueError: SyntaxError inside\n"),
            None
        );
    }

    #[test]
    fn only_the_error_itself_says_that_memory_is_out() {
        assert!(is_out_of_memory("Traceback\nMemoryError\n"));
        let numpy = "Traceback\nnumpy.core._exceptions._ArrayMemoryError: Unable to allocate 1. TiB for an array";
        assert!(is_out_of_memory(numpy));
        assert!(!is_out_of_memory(
            "Traceback\nValueError: no MemoryError here\n"
        ));
    }

    #[test]
    fn a_task_gets_less_than_is_standard_but_never_more() {
        let asked = |of_each: u64| {
            limits(&LimitsTable {
                wall_seconds: of_each,
                memory_bytes: of_each,
                disk_bytes: of_each,
                output_bytes: of_each,
            })
        };
        let most = sandbox::roles::standard_limits();
        assert_eq!(asked(u64::MAX), most);
        assert_eq!(
            asked(60),
            Limits {
                wall_seconds: 60,
                memory_bytes: 60,
                disk_bytes: 60,
                output_bytes: 60,
                ..most
            }
        );
    }

    #[test]
    fn a_traceback_keeps_its_end() {
        assert_eq!(last_characters("äbc", 2), "bc");
        assert_eq!(last_characters("ab", 5), "ab");
    }
}
