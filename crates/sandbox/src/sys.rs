//! The few calls to the kernel for which no safe wrapper is at hand; the only `unsafe` of the workspace.
//!
//! No policy here: each function is one call.

use std::io;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::libc;
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
