"""What every attempt shares: how one is made, and how its end is told. One line each, compared by the test."""

import ctypes
import errno
import os
import signal
import socket
import sys
import time

sys.stdout.reconfigure(line_buffering=True)
_libc = ctypes.CDLL(None, use_errno=True)


# Which of these it is depends on who asks first: the mount, the permissions, or the filter.
_DENIED = {errno.EPERM, errno.EACCES, errno.EROFS}


def attempt(what, act):
    try:
        act()
    except OSError as error:
        print(f"{what}: {'denied' if error.errno in _DENIED else errno.errorcode[error.errno]}")
    else:
        print(f"{what}: DONE")


def beyond(what, act):
    """For what is behind the first process: whether it is refused or not there depends on who that is."""
    try:
        act()
    except OSError as error:
        known = error.errno in _DENIED or error.errno == errno.ENOENT
        print(f"{what}: {'out of reach' if known else errno.errorcode[error.errno]}")
    else:
        print(f"{what}: DONE")


def call(number, *arguments):
    """A system call by its number on x86-64; libraries must not soften what the kernel says."""
    words = [word if isinstance(word, bytes) else ctypes.c_long(word) for word in arguments]
    if _libc.syscall(ctypes.c_long(number), *words) < 0:
        raise OSError(ctypes.get_errno(), "")


def read(path):
    return lambda: open(path, "rb").read(1)


def write(path):
    return lambda: open(path, "ab").write(b"x")
