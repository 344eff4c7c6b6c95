//! Starts bubblewrap and holds it at the gate: the confinement stands, the program has not begun.
//!
//! In between, the limits are set on the first process inside, so that the program is born with them, and its
//! folders in memory are opened from outside, so that they outlive it. Following the run is `supervise`'s part.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::process::Child;
use std::time::Duration;

use camino::Utf8PathBuf;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, killpg};
use nix::sys::stat::Mode;
use nix::sys::statfs::{TMPFS_MAGIC, fstatfs};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use process::Stopwatch;

use crate::cgroup::ControlGroup;
use crate::denial::{Denial, HostFacts};
use crate::error::while_doing;
use crate::start::{Console, Start, Streams, start};
use crate::{Launcher, Limits, Mount, Policy, SandboxError, sys};

/// How long the confinement may take to stand; it takes milliseconds.
const READY_SECONDS: u64 = 30;

/// How often to look whether it stands. bubblewrap tells nobody.
const LOOK: Duration = Duration::from_micros(200);

/// A confined program that has not begun. Dropping it ends everything.
pub(crate) struct Held {
    /// bubblewrap outside; it ends when the program does, with the program's status.
    child: Child,
    monitor: OwnedFd,
    /// The first process inside, whose end takes all others with it.
    first: Pid,
    first_handle: OwnedFd,
    gate: Option<File>,
    /// `/proc` as it is inside: exactly the processes of the sandbox.
    pub(crate) processes: OwnedFd,
    /// Every folder in memory that can be written, by its path inside.
    pub(crate) memory_folders: BTreeMap<Utf8PathBuf, OwnedFd>,
    /// The kernel's bound on the whole tree, where the host delegates one.
    group: Option<ControlGroup>,
    ended: bool,
}

/// Makes the confinement stand.
pub(crate) fn hold(
    launcher: &Launcher,
    policy: &Policy,
    command: &[String],
    console: Console,
) -> Result<(Held, Streams), SandboxError> {
    let watch = Stopwatch::start();
    let Start {
        child,
        streams,
        information,
        gate,
    } = start(launcher, policy, command, console)?;
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
    let processes = waiting.until_ready(first)?;
    let opened = set_limits(first, &policy.limits).and_then(|()| memory_folders(first, policy));
    let memory_folders = match opened {
        Ok(folders) => folders,
        Err(_) if waiting.has_ended()? => return Err(waiting.refusal()),
        Err(error) => return Err(error),
    };
    let held = Held {
        child: started.into_child(),
        monitor,
        first,
        first_handle,
        gate: Some(gate.into()),
        processes,
        memory_folders,
        group: ControlGroup::around(first, policy),
        ended: false,
    };
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
    pub(crate) fn monitor(&self) -> &OwnedFd {
        &self.monitor
    }

    /// Asks the program to end. Only its own session hears it: who left that session is killed later.
    pub(crate) fn terminate(&self) {
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
        let _precedence = sys::give_precedence(self.first);
        sys::signal(&self.first_handle, Signal::SIGKILL).map_err(while_doing("kill the sandbox"))
    }

    /// Kills, waits until nothing inside is left, and tells how it ended.
    pub(crate) fn end(mut self, patience: Duration) -> Result<Ended, SandboxError> {
        self.kill()?;
        if !self.wait_for_last(patience)? || !readable(&self.monitor, patience)? {
            return Err(SandboxError::Survived {
                seconds: patience.as_secs(),
            });
        }
        let status = self
            .child
            .wait()
            .map_err(while_doing("wait for bubblewrap"))?;
        self.ended = true;
        Ok(Ended {
            status: status.code(),
            ran_out_of_memory: self
                .group
                .as_ref()
                .is_some_and(ControlGroup::ran_out_of_memory),
            cpu: self.group.as_ref().and_then(ControlGroup::cpu),
        })
    }

    /// Waits until nothing inside is left; false if the time passes first.
    fn wait_for_last(&self, patience: Duration) -> Result<bool, SandboxError> {
        // The first process ends only after the kernel has ended all others of its namespace.
        let over = readable(&self.first_handle, patience)?;
        // bubblewrap does not wait for it. If we are who inherits orphans here (process 1 of a container), we do.
        let _not_ours = waitpid(self.first, Some(WaitPidFlag::WNOHANG));
        Ok(over)
    }
}

/// How a run ended, as the kernel and bubblewrap tell it.
pub(crate) struct Ended {
    /// bubblewrap's exit status; nothing if it was killed itself.
    pub(crate) status: Option<i32>,
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

fn kill_and_reap(child: &mut Child) {
    if let Err(error) = child.kill().and_then(|()| child.wait()) {
        tracing::warn!(%error, "bubblewrap could not be ended");
    }
}

fn pid_of(child: &Child) -> Pid {
    Pid::from_raw(child.id().cast_signed())
}

/// The wait for bubblewrap to set everything up.
struct Waiting<'a> {
    watch: Stopwatch,
    monitor: &'a OwnedFd,
    stderr: &'a File,
}

impl Waiting<'_> {
    /// The first process inside, in our own numbering.
    fn first_process(&mut self, information: OwnedFd) -> Result<Pid, SandboxError> {
        #[derive(serde::Deserialize)]
        struct Information {
            #[serde(rename = "child-pid")]
            child: i32,
        }

        let mut text = Vec::new();
        let mut information = File::from(information);
        loop {
            self.check_patience()?;
            if !readable(&information, self.watch.left_of(patience()))? {
                continue;
            }
            let mut buffer = [0; 4096];
            let count = information
                .read(&mut buffer)
                .map_err(while_doing("read what bubblewrap tells"))?;
            if count == 0 {
                break;
            }
            text.extend_from_slice(&buffer[..count]);
        }
        serde_json::from_slice(&text)
            .map(|information: Information| Pid::from_raw(information.child))
            .map_err(|_| self.refusal())
    }

    /// Waits until the root inside is final, and gives the `/proc` that stands there.
    ///
    /// While bubblewrap works, `/proc/FIRST/root` is the host's root, then one that has no `/proc` yet. Which it is
    /// shows in `self`, the reader's own process: the host's `/proc` has it, the one inside does not know us.
    fn until_ready(&mut self, first: Pid) -> Result<OwnedFd, SandboxError> {
        let inside = format!("/proc/{first}/root/proc");
        loop {
            self.check_patience()?;
            if self.has_ended()? {
                return Err(self.refusal());
            }
            if let Ok(processes) = open_folder(&inside)
                && nix::fcntl::readlinkat(&processes, "self") == Err(Errno::ENOENT)
                && nix::sys::stat::fstatat(&processes, "1", nix::fcntl::AtFlags::empty()).is_ok()
            {
                return Ok(processes);
            }
            std::thread::sleep(LOOK);
        }
    }

    fn has_ended(&self) -> Result<bool, SandboxError> {
        readable(self.monitor, Duration::ZERO)
    }

    fn check_patience(&self) -> Result<(), SandboxError> {
        if self.watch.left_of(patience()).is_zero() {
            return Err(SandboxError::Stalled {
                seconds: READY_SECONDS,
            });
        }
        Ok(())
    }

    /// bubblewrap gave up: its complaint, and what on this host is the likely reason.
    fn refusal(&mut self) -> SandboxError {
        // It may still be writing its last line.
        let _ended = readable(self.monitor, Duration::from_secs(2));
        let mut complaint = Vec::new();
        // Never blocking: the error at the end of what is there, and the end itself, are the same to us.
        let _end = self.stderr.take(8 << 10).read_to_end(&mut complaint);
        let complaint = String::from_utf8_lossy(&complaint).trim().to_owned();
        SandboxError::Denied {
            denial: Denial::diagnose(&HostFacts::read(), &complaint),
            complaint,
        }
    }
}

fn patience() -> Duration {
    Duration::from_secs(READY_SECONDS)
}

/// Sets the limits that the program inherits from the first process inside.
fn set_limits(first: Pid, limits: &Limits) -> Result<(), SandboxError> {
    const STACK_BYTES: u64 = 8 << 20;
    let mut list = vec![
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

fn open_folder(path: &str) -> nix::Result<OwnedFd> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    nix::fcntl::open(path, flags, Mode::empty())
}

/// Waits until there is something to read, or the end of it; false if the time passes first.
fn readable(handle: impl AsFd, limit: Duration) -> Result<bool, SandboxError> {
    let watch = Stopwatch::start();
    loop {
        let mut list = [PollFd::new(handle.as_fd(), PollFlags::POLLIN)];
        let left = PollTimeout::try_from(watch.left_of(limit)).unwrap_or(PollTimeout::MAX);
        match poll(&mut list, left) {
            Ok(count) => return Ok(count > 0),
            Err(Errno::EINTR) => {}
            Err(errno) => {
                return Err(while_doing("wait for the sandbox")(std::io::Error::from(
                    errno,
                )));
            }
        }
    }
}
