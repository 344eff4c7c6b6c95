//! The few calls to the kernel for which no safe wrapper is at hand; the only `unsafe` of the workspace.
//!
//! No policy here: each function is one call.

use std::ffi::CStr;
use std::io;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::libc;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::sys::signal::Signal;
use nix::unistd::Pid;

/// A resource that can be limited for one process.
pub(crate) use libc::__rlimit_resource_t as Resource;

/// Opens a handle on a process that stays its own however process numbers are reused. Readable once it has ended.
pub(crate) fn pidfd(process: Pid) -> io::Result<OwnedFd> {
    // SAFETY: pidfd_open takes two integers and touches no memory of ours.
    let handle = unsafe { libc::syscall(libc::SYS_pidfd_open, process.as_raw(), 0) };
    let handle = i32::try_from(checked(handle)?).expect("the kernel's descriptors are ints");
    // SAFETY: the kernel just gave us this descriptor, and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(handle) })
}

/// Sends a signal to the process behind a handle. One that has ended is no error.
pub(crate) fn signal(pidfd: impl AsFd, signal: Signal) -> io::Result<()> {
    let no_details = std::ptr::null::<libc::siginfo_t>();
    // SAFETY: pidfd_send_signal allows a null siginfo, and reads no other memory.
    let result = unsafe {
        libc::syscall(
            libc::SYS_pidfd_send_signal,
            pidfd.as_fd().as_raw_fd(),
            signal as libc::c_int,
            no_details,
            0,
        )
    };
    match checked(result) {
        Err(error) if error.raw_os_error() == Some(libc::ESRCH) => Ok(()),
        other => other.map(drop),
    }
}

/// Sets both limits of a resource for another process, never above the hard limit that it has.
pub(crate) fn limit(process: Pid, resource: Resource, value: u64) -> io::Result<()> {
    let mut current = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the new limit may be null, and `current` is a valid place for the old one.
    let result = unsafe {
        libc::prlimit(
            process.as_raw(),
            resource,
            std::ptr::null(),
            &raw mut current,
        )
    };
    checked(result.into())?;
    let value = value.min(current.rlim_max);
    let wanted = libc::rlimit {
        rlim_cur: value,
        rlim_max: value,
    };
    // SAFETY: `wanted` is a valid limit, and the old one may be null.
    let result = unsafe {
        libc::prlimit(
            process.as_raw(),
            resource,
            &raw const wanted,
            std::ptr::null_mut(),
        )
    };
    checked(result.into()).map(drop)
}

/// Puts a process (0: the calling thread) before all ordinary ones. False where we may not: as a rule, only root may.
///
/// Not by its nice value: where every session is a scheduling group of its own ("autogroup"), that counts only
/// within the group, and a program can make a group for each of its processes. What the process starts is ordinary.
pub(crate) fn give_precedence(process: Pid) -> bool {
    // SAFETY: all-zero is a valid value of this plain structure (musl's has more fields than the one that counts).
    let mut lowest: libc::sched_param = unsafe { std::mem::zeroed() };
    lowest.sched_priority = 1;
    let policy = libc::SCHED_RR | libc::SCHED_RESET_ON_FORK;
    // SAFETY: `lowest` is a valid place to read the parameters from.
    unsafe { libc::sched_setscheduler(process.as_raw(), policy, &raw const lowest) == 0 }
}

/// Keeps every descriptor but the standard streams out of the started program, whoever opened it without
/// "close on exec" (a build tool's job server, say). What is mapped afterwards stays.
pub(crate) fn close_on_exec_from(command: &mut Command, first: libc::c_uint) {
    let close = move || {
        // SAFETY: close_range with this flag only marks descriptors, and touches no memory.
        let result = unsafe {
            libc::syscall(
                libc::SYS_close_range,
                first,
                libc::c_uint::MAX,
                libc::CLOSE_RANGE_CLOEXEC,
            )
        };
        if result == 0 {
            return Ok(());
        }
        // Before Linux 5.11: one by one, as far as descriptors are usual. Those not open give an error that means nothing.
        for descriptor in first.cast_signed()..4096 {
            // SAFETY: F_SETFD takes an integer and touches no memory.
            unsafe { libc::fcntl(descriptor, libc::F_SETFD, libc::FD_CLOEXEC) };
        }
        Ok(())
    };
    // SAFETY: the closure runs between fork and exec; it makes only system calls, allocates nothing, takes no lock.
    unsafe { command.pre_exec(close) };
}

/// Gives the started program `/dev/null` to read, opened by itself: where the file was protected, by that way.
pub(crate) fn read_nothing(command: &mut Command) {
    let open = || {
        // SAFETY: the path is a constant, and no other memory is touched.
        let null = unsafe { libc::open(c"/dev/null".as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC) };
        checked(null.into())?;
        // SAFETY: both are descriptors, and no memory is touched.
        let result = unsafe { libc::dup2(null, libc::STDIN_FILENO) };
        checked(result.into()).map(drop)
    };
    // SAFETY: the closure runs between fork and exec; it makes only system calls, allocates nothing, takes no lock.
    unsafe { command.pre_exec(open) };
}

/// Shows the started program these files of the host as read-only mounts, in a mount namespace of its own.
///
/// For who owns them: root. A device can be written through a read-only mount, but its mode can't be changed: without this,
/// root inside is root to the host's `/dev/null`. bubblewrap's own read-only mounts forbid devices altogether, but
/// the flag is inherited by what it mounts from here.
pub(crate) fn protect_files<const N: usize>(command: &mut Command, files: [&'static CStr; N]) {
    let protect = move || {
        let none = None::<&CStr>;
        unshare(CloneFlags::CLONE_NEWNS)?;
        mount(
            none,
            c"/",
            none,
            MsFlags::MS_REC | MsFlags::MS_PRIVATE,
            none,
        )?;
        for file in files {
            mount(Some(file), file, none, MsFlags::MS_BIND, none)?;
            let read_only = MsFlags::MS_BIND | MsFlags::MS_REMOUNT | MsFlags::MS_RDONLY;
            mount(none, file, none, read_only | MsFlags::MS_NOSUID, none)?;
        }
        Ok(())
    };
    // SAFETY: the closure runs between fork and exec; it makes only system calls with constant C strings (which nix
    // passes on as they are), allocates nothing, takes no lock.
    unsafe { command.pre_exec(protect) };
}

/// The started program and the first process that it makes inside ignore the ends of their children, so that the kernel
/// clears them away: an orphan's parent is that first process, and it may be one that never looks.
pub(crate) fn leave_no_zombies(command: &mut Command) {
    let ignore = || {
        // SAFETY: signal takes two integers here (`SIG_IGN` is no function), and what it sets is inherited.
        match unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) } {
            libc::SIG_ERR => Err(io::Error::last_os_error()),
            _ => Ok(()),
        }
    };
    // SAFETY: the closure runs between fork and exec; it makes one system call, allocates nothing, takes no lock.
    unsafe { command.pre_exec(ignore) };
}

/// Tries to make all the namespaces that a sandbox needs, in a child process that then ends. Nothing is executed.
pub(crate) fn try_namespaces(command: &mut Command) {
    let flags = libc::CLONE_NEWUSER
        | libc::CLONE_NEWNS
        | libc::CLONE_NEWPID
        | libc::CLONE_NEWNET
        | libc::CLONE_NEWIPC
        | libc::CLONE_NEWUTS;
    let make = move || {
        // SAFETY: unshare takes an integer; the child is single-threaded after fork, as CLONE_NEWUSER demands.
        checked(unsafe { libc::unshare(flags) }.into()).map(drop)
    };
    // SAFETY: the closure runs between fork and exec; it makes one system call, allocates nothing, takes no lock.
    unsafe { command.pre_exec(make) };
}

fn checked(result: libc::c_long) -> io::Result<libc::c_long> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}
