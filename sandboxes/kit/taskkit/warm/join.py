"""Moves a forked process into a confinement that was built for it from outside, and takes from it every way back.

It builds nothing itself: mounts and namespaces are bubblewrap's work. Every failure is an exception, and whoever calls
this ends the process then: no code runs half confined.
"""

import ctypes
import os
import time

_libc = ctypes.CDLL(None, use_errno=True)

# From the kernel's headers: sched.h, prctl.h, seccomp.h, capability.h.
CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
SECCOMP_MODE_FILTER = 2
CAPABILITY_VERSION_3 = 0x20080522
INSTRUCTION_BYTES = 8
# Capabilities are numbered from 0; asking for one that the kernel does not have is how their number is found.
MOST_CAPABILITIES = 64
# How often, and how many times, it is looked whether the mounts are complete.
LOOK_SECONDS = 0.001
PATIENCE_LOOKS = 10_000
# The user and group inside, the same in every sandbox.
USER = 1000


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


class _CapabilityHeader(ctypes.Structure):
    """`struct __user_cap_header_struct`."""

    _fields_ = (("version", ctypes.c_uint32), ("process", ctypes.c_int))


def _call(act: str, result: int) -> None:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{act}: {os.strerror(error)}")


def children_into(pid_namespace: int) -> None:
    """Let what this process forks from now on be born in another PID namespace: one's own, or one made inside it."""
    _call("children into a PID namespace", _libc.setns(pid_namespace, CLONE_NEWPID))


def join(namespaces: dict[str, int], proc: int, directory: str) -> None:
    """Enter the other namespaces, then a user namespace of one's own that has no power over any of them.

    `proc` is a `/proc` that can be written: the one inside can't. `directory` becomes the working directory.
    """
    kinds = {"net": CLONE_NEWNET, "ipc": CLONE_NEWIPC, "uts": CLONE_NEWUTS, "cgroup": CLONE_NEWCGROUP, "mnt": CLONE_NEWNS}
    # The mount namespace last: with it go the root and everything that is known by path.
    for name, kind in kinds.items():
        if name in namespaces:
            _call(f"enter the {name} namespace", _libc.setns(namespaces[name], kind))
    settle(namespaces["mnt"], directory)
    # The limit on processes counts within a user namespace, so each run gets one.
    _call("a user namespace", _libc.unshare(CLONE_NEWUSER))
    for name, text in (("setgroups", "deny"), ("uid_map", f"{USER} {USER} 1"), ("gid_map", f"{USER} {USER} 1")):
        file = os.open(f"self/{name}", os.O_WRONLY, dir_fd=proc)
        try:
            os.write(file, text.encode())
        finally:
            os.close(file)


def settle(mounts: int, directory: str) -> None:
    """Go to the working directory, which is there once bubblewrap has taken the root away that it built the other one in.

    For a moment the two are stacked, and who enters then stands in the upper one, which is empty.
    """
    for _ in range(PATIENCE_LOOKS):
        try:
            os.chdir(directory)
        except FileNotFoundError:
            time.sleep(LOOK_SECONDS)
            _call("enter the mnt namespace again", _libc.setns(mounts, CLONE_NEWNS))
        else:
            return
    os.chdir(directory)


def drop_rights(filters: list[bytes]) -> None:
    """Give up every capability for good, then let the kernel filter the system calls."""
    for capability in range(MOST_CAPABILITIES):
        if _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0:
            break
    _call("ambient capabilities", _libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
    header = _CapabilityHeader(CAPABILITY_VERSION_3, 0)
    _call("capabilities", _libc.capset(ctypes.byref(header), (ctypes.c_uint32 * 6)()))
    _call("no new privileges", _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    for instructions in filters:
        program = _Program(len(instructions) // INSTRUCTION_BYTES, instructions)
        _call("a system call filter", _libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0))


def close_all_but(*kept: int) -> None:
    """Close every descriptor from 3 on but these."""
    first = 3
    for descriptor in (*sorted(kept), None):
        last = 0xFFFFFFFF if descriptor is None else descriptor - 1
        if first <= last and _libc.close_range(first, last, 0) < 0:
            # Before Linux 5.9.
            os.closerange(first, min(last, 1 << 16) + 1)
        if descriptor is not None:
            first = descriptor + 1
