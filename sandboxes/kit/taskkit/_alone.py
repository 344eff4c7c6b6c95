"""Runs a function in a process of its own, from which one answer comes back through a pipe and nothing else.

The function may run hostile code. What is made sure of, whatever that code does:

- the answer is what came through the pipe, and decides nothing but what the caller asks of it: this process can't be traced
  or written to, and its result is nobody else's business;
- when `ask` returns, no process that was started meanwhile is left, so nobody can change files that are written later.

Files that are `shut` can't be opened, and none outside of `/tmp` and `/dev` be written, where the kernel has Landlock
(Linux 5.13), which also covers code that is not Python. Where it has not, only Python's own `open` is refused: that shows a
careless script, and stops no hostile one.
"""

import ctypes
import json
import os
import select
import signal
import struct
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

#: Largest answer that is taken, in bytes.
MAX_ANSWER = 1 << 26
#: Longest traceback that is passed on.
MAX_TEXT = 2000

#: Numbers from `linux/prctl.h` and `linux/landlock.h`; those of the system calls are the same on every architecture.
_SET_DUMPABLE, _SET_CHILD_SUBREAPER, _SET_NO_NEW_PRIVS = 4, 36, 38
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_RULE_PATH_BENEATH = 1
_SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11
#: Rights to files that a version of Landlock knows: each is one bit more.
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_MOST_RIGHTS = 16
_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3
_WRITE_FILE, _TRUNCATE, _IOCTL = 1 << 1, 1 << 14, 1 << 15
#: Folders that may be written.
_WRITABLE = ("/tmp", "/dev")

_libc = ctypes.CDLL(None, use_errno=True)


class NoAnswerError(RuntimeError):
    """The process gave no answer; the message says why, a traceback's last line in short."""


def ask(call: Callable[[], Any], shut: tuple[Path, ...]) -> Any:
    """What `call()` returns, as JSON has it, from a process of its own that can't open what is `shut`."""
    _libc.prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    # Whoever loses its parent becomes a child of this process, and can be found.
    _libc.prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before = _children()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _answer(call, writing, shut)
    os.close(writing)
    try:
        text = _read_while_alive(reading, child)
    finally:
        os.close(reading)
        code = _end(child, before)
    try:
        said = json.loads(text)
        answer, error = said["answer"], said["error"]
    except (ValueError, TypeError, KeyError, RecursionError):
        why = f"was ended by signal {-code}" if code < 0 else f"exited with {code}"
        raise NoAnswerError(f"the process gave no answer: it {why}") from None
    if error is not None:
        raise NoAnswerError(str(error)[-MAX_TEXT:].strip())
    return answer


def _answer(call: Callable[[], Any], writing: int, shut: tuple[Path, ...]) -> NoReturn:
    """The child: sends what `call` returns or raises."""
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDWR), 1)
        os.dup2(1, 2)
        os.dup2(writing, 3)
        os.closerange(4, os.sysconf("SC_OPEN_MAX"))
        said: dict[str, Any] = {"answer": None, "error": None}
        try:
            _confine(shut)
            said["answer"] = call()
        except BaseException:  # noqa: BLE001 — whatever hostile code raises
            said["error"] = traceback.format_exc()[-MAX_TEXT:]
        data = json.dumps(said).encode()
        while data:
            data = data[os.write(3, data) :]
        code = 0
    finally:
        # No handler that the code registered runs, and no buffer is written twice.
        os._exit(code)


def _read_while_alive(reading: int, child: int) -> bytes:
    """What the child sends until it ends; a process that it left may hold the pipe open, and is not waited for."""
    ended = os.pidfd_open(child)
    poll = select.poll()
    poll.register(reading, select.POLLIN)
    poll.register(ended, select.POLLIN)
    data = bytearray()
    try:
        while len(data) <= MAX_ANSWER:
            ready = dict(poll.poll())
            if reading in ready:
                more = os.read(reading, 1 << 20)
                if not more:
                    break
                data += more
            elif ended in ready:
                break
    finally:
        os.close(ended)
    return bytes(data[:MAX_ANSWER])


def _end(child: int, before: set[int]) -> int:
    """Ends the child and all that it left; how the child ended, as `subprocess` has it."""
    code = 0
    while left := _children() - before:
        for process in left:
            # One that has ended already keeps its exit code, and its number until it is waited for.
            os.kill(process, signal.SIGKILL)
            status = os.waitpid(process, 0)[1]
            if process == child:
                code = os.waitstatus_to_exitcode(status)
    return code


def _children() -> set[int]:
    """The processes whose parent is this one, ended ones that nobody asked for included."""
    own, found = os.getpid(), set()
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                stat = Path("/proc", name, "stat").read_text(errors="replace")
            except OSError:
                continue
            # The name of the program, in brackets, may hold anything.
            if int(stat.rpartition(")")[2].split()[1]) == own:
                found.add(int(name))
    return found


def _confine(shut: tuple[Path, ...]) -> None:
    closed = [os.path.abspath(path) for path in shut]

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
            path = os.path.abspath(os.fsdecode(arguments[0]))
            if any(path == one or path.startswith(f"{one}{os.sep}") for one in closed):
                raise PermissionError(f"a metric must not read {path}: it is given the tables")

    _landlock(closed)
    sys.addaudithook(refuse)


def _landlock(shut: list[str]) -> None:
    """Gives up all rights to files but reading what is not shut, and writing scratch files; nothing without Landlock."""
    version = _libc.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return
    every = (1 << _RIGHTS.get(version, _MOST_RIGHTS)) - 1
    attributes = struct.pack("<QQQ", every, 0, _SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS)
    rules = _libc.syscall(_CREATE_RULESET, attributes, len(attributes) if version >= 6 else 8, 0)
    if rules < 0:
        raise OSError(ctypes.get_errno(), "no Landlock rules could be made")
    for path in _beside(shut):
        rights = every if path in _WRITABLE else _EXECUTE | _READ_FILE | _READ_DIR
        if not os.path.isdir(path):
            rights &= _EXECUTE | _READ_FILE | _WRITE_FILE | _TRUNCATE | _IOCTL
        try:
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        _libc.syscall(_ADD_RULE, rules, _RULE_PATH_BENEATH, struct.pack("<Qi", rights & every, place), 0)
        os.close(place)
    _libc.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if _libc.syscall(_RESTRICT_SELF, rules, 0) != 0:
        raise OSError(ctypes.get_errno(), "Landlock rules could not be set")
    os.close(rules)


def _beside(shut: list[str], folder: str = "/") -> Iterator[str]:
    """Everything that neither is shut nor holds something that is."""
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if any(one.startswith(f"{path}{os.sep}") for one in shut):
            yield from _beside(shut, path)
        elif path not in shut:
            yield path
