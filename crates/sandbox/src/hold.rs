//! Starts bubblewrap and holds it at the gate: the confinement stands, the program has not begun.
//!
//! In between, the limits are set on the first process inside, so that the program is born with them, and its
//! folders in memory are opened from outside, so that they outlive it. Following the run is `supervise`'s part.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::Child;
use std::time::Duration;

use camino::Utf8PathBuf;
use nix::errno::Errno;
use nix::libc;
use nix::sys::signal::{Signal, killpg};
use nix::sys::statfs::{TMPFS_MAGIC, fstatfs};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use process::Stopwatch;

use crate::cgroup::ControlGroup;
use crate::denial::HostFacts;
use crate::error::while_doing;
use crate::fork_server::{Fork, ForkServer};
use crate::start::{Console, Guest, Start, Streams, start};
use crate::waiting::{Waiting, open_folder, readable};
use crate::{Launcher, Limits, Mount, Outcome, Policy, SandboxError, sys};

/// A confined program that has not begun. Dropping it ends everything.
pub(crate) struct Held {
    /// bubblewrap outside. If it started the program, it ends when the program does, with the program's status.
    child: Child,
    monitor: OwnedFd,
    /// The program, if it was forked and not started by bubblewrap.
    fork: Option<Fork>,
    /// The first process inside, whose end takes all others with it.
    first: Pid,
    first_handle: OwnedFd,
    gate: Option<File>,
    /// bubblewrap's own gate, if it must never be opened: it holds the first process inside in its place.
    shut: Option<File>,
    /// `/proc` as it is inside: exactly the processes of the sandbox.
    pub(crate) processes: OwnedFd,
    /// Every folder in memory that can be written, by its path inside.
    pub(crate) memory_folders: BTreeMap<Utf8PathBuf, OwnedFd>,
    /// The kernel's bound on the whole tree, where the host delegates one.
    group: Option<ControlGroup>,
    ended: bool,
}

/// Who brings the program into the confinement.
#[derive(Clone)]
pub(crate) enum Entry {
    /// bubblewrap starts it.
    Launched(Launcher, Console),
    /// The fork server forks it, and it enters.
    Forked(ForkServer),
}

/// Makes the confinement stand, with the program in it.
pub(crate) fn hold(
    entry: &Entry,
    policy: &Policy,
    command: &[String],
) -> Result<(Held, Streams), SandboxError> {
    let watch = Stopwatch::start();
    let (launcher, guest, console) = match entry {
        Entry::Launched(launcher, console) => (launcher, Guest::Program(command), *console),
        Entry::Forked(server) => {
            let users = server.users();
            (
                server.launcher(),
                Guest::Forked { users },
                Console::Captured,
            )
        }
    };
    let Start {
        child,
        streams,
        writers,
        information,
        gate,
    } = start(launcher, policy, guest, console)?;
    let started = Started(Some(child));
    let monitor = sys::pidfd(started.process())
        .map_err(while_doing("watch bubblewrap (Linux 5.3 or later)"))?;

    let mut waiting = Waiting {
        watch,
        monitor: &monitor,
        stderr: &streams.stderr,
    };
    let first = waiting.first_process(information)?;
    let first_handle = match sys::pidfd(first) {
        Ok(handle) => handle,
        // It ended already: bubblewrap says why.
        Err(_) => return Err(waiting.refusal()),
    };
    // Forking takes as long as what bubblewrap still has to do.
    let asked = match entry {
        Entry::Launched(..) => None,
        Entry::Forked(server) => Some((server, server.ask(first, policy, command, &writers)?)),
    };
    let processes = waiting.until_ready(first, &first_handle)?;
    let limited = match entry {
        Entry::Launched(..) => set_limits(first, &policy.limits),
        Entry::Forked(_) => Ok(()),
    };
    let memory_folders = match limited.and_then(|()| memory_folders(first, policy)) {
        Ok(folders) => folders,
        Err(_) if waiting.has_ended()? => return Err(waiting.refusal()),
        Err(error) => return Err(error),
    };
    let mut held = Held {
        child: started.into_child(),
        monitor,
        fork: None,
        first,
        first_handle,
        gate: Some(gate.into()),
        shut: None,
        processes,
        memory_folders,
        group: ControlGroup::around(first, policy),
        ended: false,
    };
    if let Some((server, asked)) = asked {
        let (fork, gate) = asked.enter(first, server)?;
        set_limits(fork.process(), &policy.limits)?;
        if let Some(group) = &held.group {
            group
                .add(fork.process())
                .map_err(while_doing("put a process into its control group"))?;
        }
        held.shut = held.gate.replace(gate);
        held.fork = Some(fork);
    }
    Ok((held, streams))
}

impl Held {
    /// Lets the program begin.
    pub(crate) fn release(&mut self) -> Result<(), SandboxError> {
        let mut gate = self.gate.take().expect("the gate is opened once");
        gate.write_all(b"x")
            .map_err(while_doing("let the confined program begin"))
    }

    /// Readable once the program has ended.
    pub(crate) fn monitor(&self) -> BorrowedFd<'_> {
        match &self.fork {
            Some(fork) => fork.reports(),
            None => self.monitor.as_fd(),
        }
    }

    /// Asks the program to end. Only its own session hears it: who left that session is killed later.
    pub(crate) fn terminate(&self) {
        if let Some(fork) = &self.fork {
            return fork.signal_group(Signal::SIGTERM);
        }
        match killpg(self.first, Signal::SIGTERM) {
            Ok(()) | Err(Errno::ESRCH) => {}
            Err(error) => tracing::warn!(%error, "the sandbox could not be asked to end"),
        }
    }

    /// Ends everything inside, wherever it went: the kernel ends a PID namespace with its first process.
    pub(crate) fn kill(&self) -> Result<(), SandboxError> {
        // The first process must run to die, and the others with it: in a swarm that takes long, and they go on
        // forking meanwhile. So those that stayed in its group are killed directly, and it goes before all others.
        let _gone_already = killpg(self.first, Signal::SIGKILL);
        if let Some(fork) = &self.fork {
            fork.signal_group(Signal::SIGKILL);
        }
        let _precedence = sys::give_precedence(self.first);
        sys::signal(&self.first_handle, Signal::SIGKILL).map_err(while_doing("kill the sandbox"))
    }

    /// Kills, waits until nothing inside is left, and tells how it ended.
    pub(crate) fn end(mut self, patience: Duration) -> Result<Ended, SandboxError> {
        self.kill()?;
        let survived = || SandboxError::Survived {
            seconds: patience.as_secs(),
        };
        if !self.wait_for_last(patience)? {
            return Err(survived());
        }
        let outcome = match self.fork.take() {
            None => {
                if !readable(&self.monitor, patience)? {
                    return Err(survived());
                }
                let status = self.child.wait();
                let status = status.map_err(while_doing("wait for bubblewrap"))?;
                // bubblewrap itself was killed: we do that only with a limit broken, so it was somebody from outside.
                status
                    .code()
                    .map_or(Outcome::Signalled(libc::SIGKILL), Outcome::of_status)
            }
            Some(fork) => {
                // It holds nothing inside any more, and was told not to hear of the end.
                kill_and_reap(&mut self.child);
                fork.outcome(patience)?
            }
        };
        self.ended = true;
        Ok(Ended {
            outcome,
            ran_out_of_memory: self
                .group
                .as_ref()
                .is_some_and(ControlGroup::ran_out_of_memory),
            cpu: self.group.as_ref().and_then(ControlGroup::cpu),
        })
    }

    /// Waits until nothing inside is left; false if the time passes first.
    fn wait_for_last(&self, patience: Duration) -> Result<bool, SandboxError> {
        if let Some(fork) = &self.fork {
            // Its parent is the server. If that is gone, and we are who inherits orphans, we take it.
            fork.take_orphan(patience)?;
        }
        // The first process ends only after the kernel has ended all others of its namespace.
        let over = readable(&self.first_handle, patience)?;
        // bubblewrap does not wait for it. If we are who inherits orphans here (process 1 of a container), we do.
        let _not_ours = waitpid(self.first, Some(WaitPidFlag::WNOHANG));
        Ok(over)
    }
}

/// How a run ended, as the kernel and bubblewrap tell it.
pub(crate) struct Ended {
    /// How the program ended.
    pub(crate) outcome: Outcome,
    /// The kernel ended it for its memory.
    pub(crate) ran_out_of_memory: bool,
    /// Time it took, where a control group counted.
    pub(crate) cpu: Option<Duration>,
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        if let Err(error) = self.kill() {
            tracing::warn!(%error, "the sandbox may still be running");
        }
        kill_and_reap(&mut self.child);
        // Its control group can be removed only then.
        let _waited = self.wait_for_last(Duration::from_secs(2));
    }
}

/// bubblewrap while it is not yet known who is the first process inside. Dropping it kills its process group:
/// until the gate opens, what is inside belongs to it.
struct Started(Option<Child>);

impl Started {
    fn process(&self) -> Pid {
        let child = self.0.as_ref().expect("the child is taken only at the end");
        pid_of(child)
    }

    fn into_child(mut self) -> Child {
        self.0.take().expect("the child is taken only at the end")
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _gone_already = killpg(pid_of(child), Signal::SIGKILL);
            kill_and_reap(child);
        }
    }
}

pub(crate) fn kill_and_reap(child: &mut Child) {
    if let Err(error) = child.kill().and_then(|()| child.wait()) {
        tracing::warn!(%error, "bubblewrap could not be ended");
    }
}

pub(crate) fn pid_of(child: &Child) -> Pid {
    Pid::from_raw(child.id().cast_signed())
}

/// Sets the limits that the program inherits from the first process inside.
fn set_limits(first: Pid, limits: &Limits) -> Result<(), SandboxError> {
    const STACK_BYTES: u64 = 8 << 20;
    // The supervisor comes first, and can say which limit it was.
    const CPU_GRACE_SECONDS: u64 = 5;
    let mut list = vec![
        (
            libc::RLIMIT_CPU,
            limits.cpu_seconds.saturating_add(CPU_GRACE_SECONDS),
        ),
        (libc::RLIMIT_AS, limits.address_space_bytes),
        (libc::RLIMIT_FSIZE, limits.file_bytes),
        (libc::RLIMIT_NOFILE, limits.open_files),
        (libc::RLIMIT_CORE, 0),
        (libc::RLIMIT_MSGQUEUE, 0),
        // The usual one everywhere: "unlimited" in a user's shell changes where memory is placed.
        (libc::RLIMIT_STACK, STACK_BYTES),
    ];
    if HostFacts::read().counts_processes_by_namespace() {
        // The first process counts too.
        list.push((libc::RLIMIT_NPROC, limits.processes.saturating_add(1)));
    }
    for (resource, value) in list {
        sys::limit(first, resource, value).map_err(while_doing("set a resource limit"))?;
    }
    Ok(())
}

/// Opens every writable folder in memory. The handle keeps it, with its content, when the run is over.
fn memory_folders(
    first: Pid,
    policy: &Policy,
) -> Result<BTreeMap<Utf8PathBuf, OwnedFd>, SandboxError> {
    let of_policy = policy.mounts.iter().filter_map(|mount| match mount {
        Mount::Tmpfs { inside, .. } | Mount::Output { inside, .. } => Some(inside.clone()),
        Mount::ReadOnly { .. }
        | Mount::Writable { .. }
        | Mount::Folder { .. }
        | Mount::Symlink { .. } => None,
    });
    let standard = ["/tmp", "/dev/shm"].map(Utf8PathBuf::from);
    let mut folders = BTreeMap::new();
    for inside in of_policy.chain(standard) {
        let doing = while_doing("open a folder of the sandbox");
        let handle = open_folder(&format!("/proc/{first}/root{inside}"))
            .and_then(|handle| match fstatfs(&handle)?.filesystem_type() {
                TMPFS_MAGIC => Ok(handle),
                // A link on the way there led out of the sandbox.
                _ => Err(Errno::EXDEV),
            })
            .map_err(doing)?;
        folders.insert(inside, handle);
    }
    Ok(folders)
}
