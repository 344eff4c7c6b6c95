//! One forked process: how it is asked for, and what is heard of it.
//!
//! A request is one message: JSON, with descriptors beside it in the order standard output, standard error, result, go,
//! the host's `/proc`, then the namespaces to enter in the order in which the request names them. It forks at once, while
//! bubblewrap is still building, and waits for a byte on `go` before it enters. What is heard are lines of JSON on the
//! result descriptor: `{"process": n}` (as this process counts) or `{"refused": "…"}`, then `{"confined": true}` or
//! `{"fault": "…"}`; once it was let go by a second byte: `{"exited": status}` or `{"killed": signal}`.
//! The forked process itself can write there only until it is let go.

use std::fs::File;
use std::io::{ErrorKind, IoSlice, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::signal::{Signal, killpg};
use nix::sys::socket::{ControlMessage, MsgFlags, sendmsg};
use nix::sys::stat::Mode;
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use process::Stopwatch;
use serde::Deserialize;

use super::confirm;
use crate::error::while_doing;
use crate::start::{Writers, never_blocking, pipe};
use crate::waiting::{patience, readable};
use crate::{ForkServer, Outcome, Policy, SandboxError, sys};

/// A process of the server that stands in its confinement, and waits.
#[derive(Debug)]
pub(crate) struct Fork {
    process: Pid,
    handle: OwnedFd,
    reports: Reports,
}

/// A process that was asked for. Dropping it ends the process.
#[derive(Debug)]
pub(crate) struct Asked {
    go: File,
    reports: Reports,
}

impl ForkServer {
    /// Asks for a process that is born in the PID namespace of `first`; the confinement need not stand yet.
    pub(crate) fn ask(
        &self,
        first: Pid,
        policy: &Policy,
        command: &[String],
        writers: &Writers,
    ) -> Result<Asked, SandboxError> {
        let (result, result_end) = pipe()?;
        let (go_end, go) = pipe()?;
        let spaces = namespaces(first)?;
        let proc = open("/proc")?;
        let request = serde_json::json!({
            "arguments": command.get(1..).unwrap_or_default(),
            "variables": policy.variables,
            "directory": policy.directory,
            "namespaces": spaces.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        });
        let descriptors: Vec<_> = [
            &writers.stdout,
            &writers.stderr,
            &result_end,
            &go_end,
            &proc,
        ]
        .into_iter()
        .chain(spaces.iter().map(|(_, space)| space))
        .map(AsRawFd::as_raw_fd)
        .collect();
        let text = request.to_string();
        sendmsg::<()>(
            self.0.control.as_raw_fd(),
            &[IoSlice::new(text.as_bytes())],
            &[ControlMessage::ScmRights(&descriptors)],
            // A server that takes no more is lost, and must not hold us.
            MsgFlags::MSG_NOSIGNAL | MsgFlags::MSG_DONTWAIT,
            None,
        )
        .map_err(|error| SandboxError::ForkServer {
            reason: format!("it takes no request: {error}"),
            begun: false,
        })?;
        // Ours would keep the pipe open when the server is gone.
        drop(result_end);
        Ok(Asked {
            go: go.into(),
            reports: Reports {
                file: never_blocking(result)?,
                read: Vec::new(),
            },
        })
    }
}

impl Asked {
    /// Has the process enter the confinement of `first`, which stands, and waits until it is in there. Gives it, and the gate
    /// that it waits at.
    pub(crate) fn enter(
        self,
        first: Pid,
        server: &ForkServer,
    ) -> Result<(Fork, File), SandboxError> {
        let Self {
            mut go,
            mut reports,
        } = self;
        let watch = Stopwatch::start();
        // Where it is gone already, its reports say why.
        let _written = go.write_all(b"e");
        let lost = |reason: &str| SandboxError::ForkServer {
            reason: reason.to_owned(),
            begun: false,
        };
        let ended = || lost("it ended while it forked");
        // What was forked holds the pipe open, too: its end does not say that the server is gone.
        let mut next = || match reports.next_from(&server.0.handle, watch.left_of(patience())) {
            Err(SandboxError::Stalled { .. }) => Err(lost("it forked nothing in time")),
            other => other,
        };
        let mut process = None;
        loop {
            match next()? {
                Some(Report::Process(number)) => process = Some(Pid::from_raw(number)),
                Some(Report::Confined(true)) => break,
                Some(Report::Refused(reason)) => return Err(lost(&reason)),
                Some(Report::Fault(reason)) => return Err(SandboxError::NotConfined { reason }),
                Some(
                    report @ (Report::Confined(false) | Report::Exited(_) | Report::Killed(_)),
                ) => {
                    return Err(lost(&format!(
                        "what it forked ended before its time: {report:?}"
                    )));
                }
                None => return Err(ended()),
            }
        }
        // The server tells the number before or after the process says that it is confined.
        let process = match process {
            Some(process) => process,
            None => match next()? {
                Some(Report::Process(number)) => Pid::from_raw(number),
                _ => return Err(ended()),
            },
        };
        let handle = sys::pidfd(process).map_err(while_doing("watch a forked process"))?;
        confirm::confirm(process, first, server.users())?;
        let fork = Fork {
            process,
            handle,
            reports,
        };
        Ok((fork, go))
    }
}

impl Fork {
    /// Its number, as this process counts.
    pub(crate) fn process(&self) -> Pid {
        self.process
    }

    /// Sends a signal to its process group, unless it has ended: then the number may be somebody else's already.
    pub(crate) fn signal_group(&self, signal: Signal) {
        if !matches!(readable(&self.handle, Duration::ZERO), Ok(false)) {
            return;
        }
        match killpg(self.process, signal) {
            Ok(()) | Err(Errno::ESRCH) => {}
            Err(error) => tracing::warn!(%error, %signal, "a forked run could not be signalled"),
        }
    }

    /// Waits for its end, and reaps it if it has become our child.
    pub(crate) fn take_orphan(&self, patience: Duration) -> Result<(), SandboxError> {
        if readable(&self.handle, patience)? {
            let _not_ours = waitpid(self.process, Some(WaitPidFlag::WNOHANG));
        }
        Ok(())
    }

    /// Readable once it has ended, or the server has.
    pub(crate) fn reports(&self) -> BorrowedFd<'_> {
        self.reports.file.as_fd()
    }

    /// How it ended.
    pub(crate) fn outcome(mut self, patience: Duration) -> Result<Outcome, SandboxError> {
        let report = self.reports.next(patience).map_err(|error| match error {
            // Whatever it says: it must not be run again.
            SandboxError::ForkServer { reason, .. } => SandboxError::ForkServer {
                reason,
                begun: true,
            },
            other => other,
        });
        match report? {
            Some(Report::Exited(status)) => Ok(Outcome::of_status(status)),
            Some(Report::Killed(signal)) => Ok(Outcome::Signalled(signal)),
            other => Err(SandboxError::ForkServer {
                reason: match other {
                    None => "it ended before the run did".to_owned(),
                    Some(report) => format!("it says {report:?} of a run that has begun"),
                },
                begun: true,
            }),
        }
    }
}

/// One line of what is heard of a forked process.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Report {
    Process(i32),
    Confined(bool),
    /// It could not be forked; the next one may.
    Refused(String),
    /// It could not be confined.
    Fault(String),
    Exited(i32),
    Killed(i32),
}

/// The result descriptor, line by line.
#[derive(Debug)]
struct Reports {
    file: File,
    read: Vec<u8>,
}

impl Reports {
    /// The next line; nothing at the end, or once `server` has ended and said no more.
    fn next_from(
        &mut self,
        server: &OwnedFd,
        patience: Duration,
    ) -> Result<Option<Report>, SandboxError> {
        /// How soon the server's end is noticed.
        const LOOK: Duration = Duration::from_millis(50);
        let watch = Stopwatch::start();
        loop {
            // Before what it said is read: it said nothing after its end.
            let has_ended = readable(server, Duration::ZERO)?;
            let left = watch.left_of(patience);
            match self.next(left.min(LOOK)) {
                Err(SandboxError::Stalled { .. }) if has_ended => return Ok(None),
                Err(SandboxError::Stalled { .. }) if !left.is_zero() => {}
                Err(SandboxError::Stalled { .. }) => {
                    return Err(SandboxError::Stalled {
                        seconds: patience.as_secs(),
                    });
                }
                other => return other,
            }
        }
    }

    /// The next line; nothing at the end.
    fn next(&mut self, patience: Duration) -> Result<Option<Report>, SandboxError> {
        const LONGEST: usize = 64 << 10;
        let watch = Stopwatch::start();
        loop {
            if let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.read.drain(..=end).collect();
                let report = serde_json::from_slice(&line);
                return report.map(Some).map_err(|_| garbled(&line));
            }
            if self.read.len() > LONGEST {
                return Err(garbled(&self.read));
            }
            let mut buffer = [0; 1024];
            match self.file.read(&mut buffer) {
                Ok(0) => return Ok(None),
                Ok(count) => self.read.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if !readable(&self.file, watch.left_of(patience))? {
                        return Err(SandboxError::Stalled {
                            seconds: patience.as_secs(),
                        });
                    }
                }
                Err(source) => return Err(while_doing("read what the fork server tells")(source)),
            }
        }
    }
}

fn garbled(line: &[u8]) -> SandboxError {
    SandboxError::ForkServer {
        reason: format!("it says {:?}", String::from_utf8_lossy(line)),
        begun: false,
    }
}

/// The namespaces of the first process inside that are not ours, by the names under `/proc`.
fn namespaces(first: Pid) -> Result<Vec<(&'static str, OwnedFd)>, SandboxError> {
    let mut list = Vec::new();
    for name in ["pid", "net", "ipc", "uts", "cgroup", "mnt"] {
        let theirs = format!("/proc/{first}/ns/{name}");
        let is_ours = name == "cgroup"
            && nix::fcntl::readlink(theirs.as_str())
                == nix::fcntl::readlink("/proc/self/ns/cgroup");
        if !is_ours {
            list.push((name, open(&theirs)?));
        }
    }
    Ok(list)
}

pub(super) fn open(path: &str) -> Result<OwnedFd, SandboxError> {
    let flags = OFlag::O_RDONLY | OFlag::O_CLOEXEC;
    nix::fcntl::open(path, flags, Mode::empty()).map_err(while_doing("open a namespace"))
}
