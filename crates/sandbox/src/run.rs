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
use crate::hold::hold;
use crate::record::Outputs;
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
    policy.check(command)?;
    let (cancelled, wanted) =
        nix::unistd::pipe2(OFlag::O_CLOEXEC).map_err(while_doing("open a pipe"))?;
    let (send, receive) = oneshot::channel();
    let (launcher, policy, command) = (launcher.clone(), policy.clone(), command.to_vec());
    let thread = std::thread::Builder::new()
        .name(format!("sandbox {}", policy.name))
        .spawn(move || {
            // Nobody listens if the future was dropped; then the result is not wanted either.
            let _dropped = send.send(run_here(&launcher, &policy, &command, &cancelled));
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
    launcher: &Launcher,
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
    let (held, streams) = hold(launcher, policy, command)?;
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
