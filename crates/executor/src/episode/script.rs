//! Runs an agent's script in a fresh sandbox, and says what came of it. What that is worth is the episode's part.

use camino::Utf8Path;
use facts::RunFailure;
use fs_err as fs;
use sandbox::Captured;
use sandbox::roles::{self, CODE, PUBLIC, WORK};

use super::Episode;
use super::reward::Worth;
use super::text::{excerpt, own_frames, without_addresses};
use crate::warm::Loaded;
use crate::{ExecuteError, Usage, executor};

/// How Python begins to tell of an error in code that runs.
const TRACEBACK: &str = "Traceback (most recent call last):";

/// What an agent's script is called inside.
const SCRIPT: &str = "solution.py";

/// A script that was run.
pub(super) struct Ran {
    pub(super) failure: Option<RunFailure>,
    pub(super) stdout: String,
    pub(super) stderr: String,
    pub(super) usage: Usage,
    /// Milliseconds that it ran, without the time that its confinement took to stand.
    pub(super) script_ms: u64,
    pub(super) work: sandbox::Outputs,
}

impl Ran {
    /// What it is worth as long as no submission was scored.
    pub(super) fn worth(&self) -> Worth {
        match self.failure {
            Some(RunFailure::SyntaxError { .. }) => Worth::NotCode,
            Some(_) => Worth::Failed,
            None => Worth::Ran,
        }
    }
}

impl Episode {
    /// Runs a script in a fresh sandbox.
    pub(super) async fn run(&self, code: &str) -> Result<Ran, ExecuteError> {
        let folder = self.path("code");
        fs::create_dir_all(&folder).map_err(ExecuteError::files)?;
        fs::write(folder.join(SCRIPT), code).map_err(ExecuteError::files)?;
        let executor = self.task.executor();
        let mut limits = executor::limits(&self.task.manifest().limits);
        if let Some(left) = self.left_ms() {
            limits.wall_seconds = limits.wall_seconds.min(left.div_ceil(1000).max(1));
        }
        let public = self.task.package().join("public");
        let mut policy = roles::solver(&executor.closure(), &public, &folder, limits.clone());
        policy.mounts.push(sandbox::Mount::Symlink {
            target: PUBLIC.into(),
            inside: Utf8Path::new(WORK).join("public"),
        });
        let script = Utf8Path::new(CODE).join(SCRIPT);
        let completed = executor
            .python_with(Loaded::for_script(code), &policy, &[script.as_str()])
            .await?;
        let record = &completed.record;
        let most = self.options.feedback_characters;
        let text = |stream: &Captured| excerpt(&without_addresses(&stream.text()), most);
        let stderr = || own_frames(&without_addresses(&record.stderr.text()));
        let failure = executor::failure(record, &limits).map(|failure| match failure {
            // Raised by a script that runs: only one that does not parse has no traceback.
            RunFailure::SyntaxError { .. } if record.stderr.text().contains(TRACEBACK) => {
                RunFailure::RuntimeError {
                    exit: 1,
                    traceback: excerpt(&stderr(), most),
                }
            }
            // With the line and the place in it: without them, whoever wrote the script has to look for it.
            RunFailure::SyntaxError { .. } => RunFailure::SyntaxError {
                message: excerpt(stderr().trim_end(), most),
            },
            RunFailure::RuntimeError { exit, .. } => RunFailure::RuntimeError {
                exit,
                traceback: explained(exit, &excerpt(&stderr(), most)),
            },
            other => other,
        });
        Ok(Ran {
            failure,
            stdout: text(&record.stdout),
            stderr: text(&record.stderr),
            usage: Usage::from(record),
            script_ms: u64::try_from(record.wall.as_millis()).unwrap_or(u64::MAX),
            work: completed.outputs,
        })
    }
}

/// A traceback is never empty: a program that a signal ended could print nothing.
fn explained(exit: i32, traceback: &str) -> String {
    if !traceback.trim().is_empty() {
        return traceback.to_owned();
    }
    match exit {
        129..=192 => format!(
            "the script was ended by signal {} and printed no error",
            exit - 128
        ),
        _ => format!("the script ended with status {exit} and printed no error"),
    }
}
