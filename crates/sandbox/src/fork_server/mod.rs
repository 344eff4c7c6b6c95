//! The fork server: a program that has its libraries loaded, and forks for every run instead of being started again.
//!
//! The confinement of a run is built by bubblewrap from the same policy as ever; only the program is not started by
//! bubblewrap, it is forked from the server and moves in. The server speaks the protocol that `fork` describes; which
//! language it is written in, and what it loads, is its own business.
//!
//! Where its own bounds come from:
//! - It runs only what it was shipped with, in an outer sandbox: no network, nothing of the host but its closure. It shares
//!   the host's process numbers, because a PID namespace can be entered only from where it was made, or above.
//! - The namespaces of its runs belong to its user namespace, which is what lets its children enter them. A forked
//!   process then makes a user namespace of its own, without power over anything, drops every capability and filters its
//!   system calls; [`confirm`] looks from outside whether that is so before a line of the run's code is read.
//! - Its sockets and descriptors are closed in the forked process, and have no path.

mod confirm;
mod fork;

use std::fs::File;
use std::io::Read;
use std::os::fd::{AsRawFd, OwnedFd};
use std::process::Child;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use nix::sys::signal::Signal;
use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockType, recv, send, socketpair};
use nix::unistd::Pid;
use process::Stopwatch;

use crate::arguments::descriptor;
use crate::error::while_doing;
use crate::hold::{kill_and_reap, pid_of};
use crate::start::{Console, Guest, Start, start};
use crate::waiting::{Waiting, readable};
use crate::{Launcher, Policy, SandboxError, seccomp, sys};

pub(crate) use fork::Fork;

/// How long the server may take to load what it loads. On a slow disk, without anything cached, that is a minute.
const LOADING: Duration = Duration::from_secs(180);

/// A running fork server. Clones are the same server; it ends with the last of them.
#[derive(Clone, Debug)]
pub struct ForkServer(Arc<Server>);

#[derive(Debug)]
struct Server {
    launcher: Launcher,
    /// Our end of its socket; its closing is what tells the server to end.
    control: OwnedFd,
    users: OwnedFd,
    /// The server's own process.
    handle: OwnedFd,
    process: Pid,
}

impl ForkServer {
    /// Starts the server and waits until it has loaded everything.
    ///
    /// `command` is an absolute path inside and its arguments; one more is added, the number of the descriptor of its
    /// socket. `policy` says what it sees: what it loads from, never data of a run. After `idle` without a run the server ends.
    ///
    /// # Errors
    /// [`SandboxError`], if the host does not give the confinement, or the server ended before it was ready.
    pub fn start(
        launcher: &Launcher,
        policy: &Policy,
        command: &[String],
        idle: Duration,
    ) -> Result<Self, SandboxError> {
        policy.check(command)?;
        let (control, theirs) = socketpair(
            AddressFamily::Unix,
            SockType::SeqPacket,
            None,
            SockFlag::SOCK_CLOEXEC,
        )
        .map_err(while_doing("make a socket"))?;
        let mut command = command.to_vec();
        command.push(descriptor::CONTROL.to_string());
        let (process, stderr) = on_its_own_thread(launcher, policy, command, theirs)?;
        let server = Server {
            launcher: launcher.clone(),
            users: fork::open(&format!("/proc/{process}/ns/user"))?,
            handle: sys::pidfd(process).map_err(while_doing("watch the fork server"))?,
            process,
            control,
        };
        server.greet(idle, stderr)?;
        tracing::debug!(%process, "fork server is ready");
        Ok(Self(Arc::new(server)))
    }

    /// True while its process is there.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        matches!(readable(&self.0.handle, Duration::ZERO), Ok(false))
    }

    /// Number of its process, as this process counts; for measurements and for tests that end it.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.0.process.as_raw().unsigned_abs()
    }

    pub(crate) fn launcher(&self) -> &Launcher {
        &self.0.launcher
    }

    pub(crate) fn users(&self) -> &OwnedFd {
        &self.0.users
    }
}

impl Server {
    /// Hands over what all runs share, and waits for the answer.
    fn greet(&self, idle: Duration, mut stderr: File) -> Result<(), SandboxError> {
        let greeting = serde_json::json!({
            "filters": seccomp::programs(),
            "idle_seconds": idle.as_secs(),
        });
        let mut lost = |reason: String| {
            let mut complaint = Vec::new();
            // Never blocking: the error at the end of what is there, and the end itself, are the same to us.
            let _end = stderr.by_ref().take(8 << 10).read_to_end(&mut complaint);
            let complaint = String::from_utf8_lossy(&complaint).trim().to_owned();
            SandboxError::ForkServer {
                reason: [reason, complaint].join("; "),
                begun: false,
            }
        };
        let text = greeting.to_string();
        send(
            self.control.as_raw_fd(),
            text.as_bytes(),
            MsgFlags::MSG_NOSIGNAL,
        )
        .map_err(|error| lost(format!("it could not be greeted: {error}")))?;
        let mut answer = [0; 256];
        if !readable(&self.control, LOADING)? {
            return Err(lost(format!("not ready after {} s", LOADING.as_secs())));
        }
        match recv(self.control.as_raw_fd(), &mut answer, MsgFlags::empty()) {
            Ok(count) if count > 0 => Ok(()),
            Ok(_) => Err(lost("it ended while it was loading".to_owned())),
            Err(error) => Err(lost(format!("no answer: {error}"))),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing of it is needed any more: every run holds a clone.
        if let Err(error) = sys::signal(&self.handle, Signal::SIGKILL) {
            tracing::warn!(%error, "the fork server may still be running");
        }
    }
}

/// Starts the server on a thread that stays until it ends: bubblewrap dies with the thread that started it.
fn on_its_own_thread(
    launcher: &Launcher,
    policy: &Policy,
    command: Vec<String>,
    control: OwnedFd,
) -> Result<(Pid, File), SandboxError> {
    let (send, receive) = mpsc::channel();
    let (launcher, policy) = (launcher.clone(), policy.clone());
    std::thread::Builder::new()
        .name("fork server".to_owned())
        .spawn(move || {
            let guest = Guest::ForkServer {
                command: &command,
                control: &control,
            };
            let begun = begin(&launcher, &policy, guest);
            // The server has its own copy; ours would keep the socket open when it ends.
            drop(control);
            match begun {
                Err(error) => drop(send.send(Err(error))),
                Ok((process, stderr, mut child)) => match send.send(Ok((process, stderr))) {
                    Ok(()) => wait(&mut child),
                    Err(_) => kill_and_reap(&mut child),
                },
            }
        })
        .map_err(while_doing("start a thread"))?;
    receive
        .recv()
        .expect("the thread sends a result before it ends")
}

/// Starts the server's bubblewrap, and learns the number of the server's own process.
fn begin(
    launcher: &Launcher,
    policy: &Policy,
    guest: Guest<'_>,
) -> Result<(Pid, File, Child), SandboxError> {
    let watch = Stopwatch::start();
    let Start {
        mut child,
        streams,
        information,
        ..
    } = start(launcher, policy, guest, Console::Captured)?;
    let process = sys::pidfd(pid_of(&child))
        .map_err(while_doing("watch bubblewrap (Linux 5.3 or later)"))
        .and_then(|monitor| {
            let mut waiting = Waiting {
                watch,
                monitor: &monitor,
                stderr: &streams.stderr,
            };
            waiting.first_process(information)
        });
    match process {
        Ok(process) => Ok((process, streams.stderr, child)),
        Err(error) => {
            kill_and_reap(&mut child);
            Err(error)
        }
    }
}

fn wait(child: &mut Child) {
    match child.wait() {
        Ok(status) => tracing::debug!(%status, "fork server ended"),
        Err(error) => tracing::warn!(%error, "the fork server's end was not seen"),
    }
}
