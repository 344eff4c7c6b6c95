//! The entry: runs one command under one policy, to its end.
//!
//! Every run has a thread of its own. That is not for speed: bubblewrap dies with the *thread* that started it, and
//! threads of an async runtime come and go.

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;

use nix::fcntl::OFlag;
use process::Stopwatch;
use tokio::sync::oneshot;

use crate::error::while_doing;
use crate::fork_server::ForkServer;
use crate::hold::{Entry, hold};
use crate::record::Outputs;
use crate::start::Console;
use crate::supervise::supervise;
use crate::usage::Growth;
use crate::{Completed, Launcher, Mount, Policy, RunRecord, SandboxError};

/// Runs `command` (an absolute path inside, and its arguments) under `policy`, and waits until nothing of it is left.
///
/// Dropping the future kills the run. A program that fails or breaks a limit is no error: see
/// [`crate::Outcome`].
///
/// # Errors
/// [`SandboxError`], if the host does not give the confinement or the run could not be followed.
pub async fn run(
    launcher: &Launcher,
    policy: &Policy,
    command: &[String],
) -> Result<Completed, SandboxError> {
    let entry = Entry::Launched(launcher.clone(), Console::Captured);
    run_on(entry, policy, command).await
}

/// Like [`run`], but the program talks to whoever started this process; nothing it prints is captured or counted.
///
/// For a person at a terminal, never for code that runs unattended.
///
/// # Errors
/// As [`run`].
pub async fn attach(
    launcher: &Launcher,
    policy: &Policy,
    command: &[String],
) -> Result<Completed, SandboxError> {
    let entry = Entry::Launched(launcher.clone(), Console::Shared);
    run_on(entry, policy, command).await
}

impl ForkServer {
    /// Like [`run`], but the program is forked from the server: what the server has imported is there at once.
    ///
    /// `command` begins with the program that the server was started as; the arguments are the server's to understand.
    ///
    /// # Errors
    /// As [`run`], and [`SandboxError::ForkServer`] if the server ended before the program did.
    pub async fn run(
        &self,
        policy: &Policy,
        command: &[String],
    ) -> Result<Completed, SandboxError> {
        run_on(Entry::Forked(self.clone()), policy, command).await
    }
}

async fn run_on(
    entry: Entry,
    policy: &Policy,
    command: &[String],
) -> Result<Completed, SandboxError> {
    policy.check(command)?;
    let (cancelled, wanted) =
        nix::unistd::pipe2(OFlag::O_CLOEXEC).map_err(while_doing("open a pipe"))?;
    let (send, receive) = oneshot::channel();
    let (policy, command) = (policy.clone(), command.to_vec());
    let thread = std::thread::Builder::new()
        .name(format!("sandbox {}", policy.name))
        .spawn(move || {
            // Nobody listens if the future was dropped; then the result is not wanted either.
            let _dropped = send.send(run_here(&entry, &policy, &command, &cancelled));
        })
        .map_err(while_doing("start a thread"))?;
    let result = match receive.await {
        Ok(result) => result,
        Err(_) => match thread.join() {
            Err(panic) => std::panic::resume_unwind(panic),
            Ok(()) => unreachable!("the thread sends its result before it ends"),
        },
    };
    // Until here: the other end tells the thread that somebody waits.
    drop(wanted);
    result
}

fn run_here(
    entry: &Entry,
    policy: &Policy,
    command: &[String],
    cancelled: &OwnedFd,
) -> Result<Completed, SandboxError> {
    let watch = Stopwatch::start();
    for mount in &policy.mounts {
        if let Some(path) = mount.host() {
            fs_err::metadata(path).map_err(|source| SandboxError::Source {
                path: path.to_owned(),
                source,
            })?;
        }
    }
    let growth = Growth::watch(policy);
    let (held, streams) = hold(entry, policy, command)?;
    let outputs = take_outputs(&held.memory_folders, policy)?;
    let setup = watch.elapsed();
    tracing::debug!(
        policy = policy.name,
        ?command,
        ?setup,
        "confined run begins"
    );
    let observed = supervise(held, streams, &policy.limits, growth, cancelled)?;
    tracing::debug!(
        policy = policy.name,
        outcome = %observed.outcome,
        wall = ?observed.wall,
        "confined run ended"
    );
    Ok(Completed {
        record: RunRecord {
            outcome: observed.outcome,
            setup,
            wall: observed.wall,
            cpu: observed.cpu,
            peak_memory_bytes: observed.peak_memory_bytes,
            stdout: observed.stdout.finish(),
            stderr: observed.stderr.finish(),
        },
        outputs,
    })
}

/// The folders of the run that can be taken out of afterwards.
fn take_outputs(
    folders: &BTreeMap<camino::Utf8PathBuf, OwnedFd>,
    policy: &Policy,
) -> Result<Outputs, SandboxError> {
    let mut outputs = BTreeMap::new();
    for mount in &policy.mounts {
        if let Mount::Output { inside, .. } = mount {
            let handle = folders
                .get(inside)
                .expect("every folder in memory was opened")
                .try_clone()
                .map_err(while_doing("copy a descriptor"))?;
            outputs.insert(inside.clone(), handle.into());
        }
    }
    Ok(Outputs::new(outputs))
}

/// What can be tested without bubblewrap: that nothing is run where the confinement does not come to stand.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Denial;
    use crate::roles::tests::example_solver;
    use process::Fault;

    async fn failure(words: &[&str], mounts: Vec<Mount>) -> SandboxError {
        let policy = Policy {
            mounts,
            ..example_solver()
        };
        let launcher = Launcher::of_words(words);
        run(&launcher, &policy, &["/bin/true".to_owned()])
            .await
            .unwrap_err()
    }

    #[tokio::test]
    async fn a_folder_that_is_not_there_is_named() {
        let missing = Mount::ReadOnly {
            host: "/no/such/folder".into(),
            inside: "/raw".into(),
        };
        let error = failure(&["bwrap"], vec![missing]).await;
        assert_eq!(
            error.to_string(),
            "`/no/such/folder` can't be shown in the sandbox"
        );
        assert_eq!(error.fault(), Fault::Setup);
    }

    #[tokio::test]
    async fn a_launcher_that_is_not_there_is_named() {
        let error = failure(&["/no/such/bwrap"], Vec::new()).await;
        assert!(matches!(error, SandboxError::Start { .. }), "{error:?}");
    }

    #[tokio::test]
    async fn what_bubblewrap_says_when_it_gives_up_reaches_the_user() {
        let words = "echo \"bwrap: Can't mount proc on /newroot/proc: Operation not permitted\" >&2; exit 1";
        let error = failure(&["/bin/sh", "-c", words], Vec::new()).await;
        assert!(error.to_string().contains("Can't mount proc"), "{error}");
        let SandboxError::Denied { denial, .. } = error else {
            panic!("{error:?}");
        };
        assert_eq!(denial, Denial::NoProcMount);
    }
}
