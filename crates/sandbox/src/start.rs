//! Starts bubblewrap itself: what it gets handed, and what it must not inherit.
//!
//! It does not wait for anything: `hold` does.

use std::fs::File;
use std::io::{ErrorKind, Seek, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use command_fds::{CommandFdExt, FdMapping};
use nix::fcntl::{FcntlArg, OFlag};
use nix::sys::memfd::{MFdFlags, memfd_create};

use crate::arguments::{DEVICES, Tenant, arguments_for, descriptor};
use crate::denial::{Denial, HostFacts};
use crate::error::while_doing;
use crate::{Launcher, Policy, SandboxError, seccomp, sys};

/// bubblewrap, just started, and our ends of what it was handed.
pub(crate) struct Start {
    pub(crate) child: Child,
    pub(crate) streams: Streams,
    /// The other ends of the streams, for a process that does not inherit them from bubblewrap.
    pub(crate) writers: Writers,
    /// Where it tells the number of the first process inside.
    pub(crate) information: OwnedFd,
    /// It lets the program begin once something is written here.
    pub(crate) gate: OwnedFd,
}

/// Who is to live in the confinement, with what it takes to come there.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Guest<'a> {
    /// The command, started by bubblewrap.
    Program(&'a [String]),
    /// A process forked by the server with this user namespace.
    Forked { users: &'a OwnedFd },
    /// The fork server, with its end of the socket.
    ForkServer {
        command: &'a [String],
        control: &'a OwnedFd,
    },
}

impl Guest<'_> {
    fn tenant(self) -> Tenant {
        match self {
            Self::Program(_) => Tenant::Program,
            Self::Forked { .. } => Tenant::Forked,
            Self::ForkServer { .. } => Tenant::ForkServer,
        }
    }

    fn command(&self) -> Vec<String> {
        match self {
            Self::Program(command) | Self::ForkServer { command, .. } => command.to_vec(),
            // bubblewrap wants one, and never comes to start it.
            Self::Forked { .. } => vec!["/".to_owned()],
        }
    }

    /// A descriptor that only this guest is handed, and its number inside.
    fn own_descriptor(&self) -> Option<(&OwnedFd, i32)> {
        match self {
            Self::Program(_) => None,
            Self::Forked { users } => Some((users, descriptor::USERS)),
            Self::ForkServer { control, .. } => Some((control, descriptor::CONTROL)),
        }
    }
}

/// Whose the program's standard streams are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Console {
    /// Ours: no input, and what it prints is captured.
    Captured,
    /// The user's: the program talks to whoever started us.
    Shared,
}

/// The ends of the program's output that we read; they never block.
pub(crate) struct Streams {
    pub(crate) stdout: File,
    pub(crate) stderr: File,
}

/// The ends of the program's output that it writes to.
pub(crate) struct Writers {
    pub(crate) stdout: OwnedFd,
    pub(crate) stderr: OwnedFd,
}

/// Starts bubblewrap with a policy and the guest that it shall confine.
pub(crate) fn start(
    launcher: &Launcher,
    policy: &Policy,
    guest: Guest<'_>,
    console: Console,
) -> Result<Start, SandboxError> {
    let (information, information_end) = pipe()?;
    let (gate_end, gate) = pipe()?;
    let (stdout, stdout_end) = pipe()?;
    let (stderr, stderr_end) = pipe()?;
    let writers = Writers {
        stdout: stdout_end,
        stderr: stderr_end,
    };
    let descriptors = descriptors(policy, guest, information_end, gate_end, &gate)?;
    let child = spawn(launcher, guest, descriptors, &writers, console)?;
    Ok(Start {
        child,
        streams: Streams {
            stdout: never_blocking(stdout)?,
            stderr: never_blocking(stderr)?,
        },
        writers,
        information,
        gate,
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place where confined programs are started"
)]
fn spawn(
    launcher: &Launcher,
    guest: Guest<'_>,
    descriptors: Vec<FdMapping>,
    writers: &Writers,
    console: Console,
) -> Result<Child, SandboxError> {
    let stream = |writer: &OwnedFd| match console {
        Console::Captured => writer
            .try_clone()
            .map(Stdio::from)
            .map_err(while_doing("copy a descriptor")),
        Console::Shared => Ok(Stdio::inherit()),
    };
    let mut command = Command::new(launcher.program());
    command
        .args(&launcher.words()[1..])
        .args(["--args", &descriptor::ARGUMENTS.to_string(), "--"])
        .args(guest.command())
        // Not only `--clearenv`: bubblewrap's own first environment can be read inside, in /proc/1/environ.
        .env_clear()
        .stdin(match console {
            Console::Captured => Stdio::null(),
            Console::Shared => Stdio::inherit(),
        })
        .stdout(stream(&writers.stdout)?)
        .stderr(stream(&writers.stderr)?)
        .current_dir("/");
    if console == Console::Captured {
        // A process group of its own must not share a terminal: reading would stop it.
        command.process_group(0);
    }
    if guest.tenant() == Tenant::Forked {
        sys::leave_no_zombies(&mut command);
    }
    if devices_are_ours() {
        sys::protect_files(&mut command, DEVICES);
        if console == Console::Captured {
            // The one that it has was opened before they were protected.
            sys::read_nothing(&mut command);
        }
    }
    sys::close_on_exec_from(&mut command, 3);
    command
        .fd_mappings(descriptors)
        .expect("every descriptor inside has its own number");
    command.spawn().map_err(|source| match source.kind() {
        // Not the program, which anybody may execute, but the mount namespace that hides the devices.
        ErrorKind::PermissionDenied if devices_are_ours() => {
            let complaint = format!("a new namespace failed: {source}");
            SandboxError::Denied {
                denial: Denial::diagnose(&HostFacts::read(), &complaint),
                complaint,
            }
        }
        _ => SandboxError::Start {
            program: launcher.program().to_string_lossy().into_owned(),
            source,
        },
    })
}

/// True for root on the machine itself; in a container of an ordinary user, root owns no device.
fn devices_are_ours() -> bool {
    let owner = fs_err::metadata("/dev/null").map(|status| status.uid());
    owner.is_ok_and(|owner| owner == nix::unistd::getuid().as_raw())
}

/// What bubblewrap gets besides the standard streams.
fn descriptors(
    policy: &Policy,
    guest: Guest<'_>,
    information: OwnedFd,
    gate_end: OwnedFd,
    gate: &OwnedFd,
) -> Result<Vec<FdMapping>, SandboxError> {
    let mut words = Vec::new();
    for word in arguments_for(guest.tenant(), policy) {
        words.extend_from_slice(word.as_bytes());
        words.push(0);
    }
    let mut list = vec![
        (in_memory("arguments", &words)?, descriptor::ARGUMENTS),
        (information, descriptor::INFORMATION),
        (gate_end, descriptor::GATE),
    ];
    if guest.tenant() == Tenant::Program {
        let sync = gate.try_clone().map_err(while_doing("copy a descriptor"))?;
        list.push((sync, descriptor::SYNC));
        for (program, number) in seccomp::programs().iter().zip(descriptor::FIRST_FILTER..) {
            list.push((in_memory("filter", program)?, number));
        }
    }
    if let Some((own, number)) = guest.own_descriptor() {
        let own = own.try_clone().map_err(while_doing("copy a descriptor"))?;
        list.push((own, number));
    }
    Ok(list
        .into_iter()
        .map(|(parent_fd, child_fd)| FdMapping {
            parent_fd,
            child_fd,
        })
        .collect())
}

pub(crate) fn pipe() -> Result<(OwnedFd, OwnedFd), SandboxError> {
    nix::unistd::pipe2(OFlag::O_CLOEXEC).map_err(while_doing("open a pipe"))
}

/// A file in memory, at its beginning: no pipe is large enough for every argument list.
fn in_memory(name: &str, content: &[u8]) -> Result<OwnedFd, SandboxError> {
    let doing = || while_doing("hand over a file in memory");
    let mut file = memfd_create(name, MFdFlags::MFD_CLOEXEC)
        .map(File::from)
        .map_err(|errno| doing()(std::io::Error::from(errno)))?;
    file.write_all(content)
        .and_then(|()| file.rewind())
        .map_err(doing())?;
    Ok(file.into())
}

pub(crate) fn never_blocking(end: OwnedFd) -> Result<File, SandboxError> {
    nix::fcntl::fcntl(&end, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))
        .map_err(while_doing("prepare a pipe"))?;
    Ok(end.into())
}
