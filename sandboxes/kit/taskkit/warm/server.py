"""The fork server: `python -m taskkit.warm.server [--bare] DESCRIPTOR`, a socket of messages (SOCK_SEQPACKET).

The first message is the greeting: `{"filters": [[byte, …], …], "idle_seconds": n}`. The answer, once everything is imported:
`{"ready": true}`. Each further message asks for one run: `{"arguments": […], "variables": {…}, "directory": "…",
"namespaces": ["pid", …]}` with descriptors: standard output, standard error, result, go, the host's `/proc`, then one for each namespace.

On the result descriptor come lines of JSON: `{"process": n}` or `{"refused": "…"}` from the server; `{"confined": true}` or
`{"fault": "…"}` from the forked process; `{"exited": status}` or `{"killed": signal}` from the server when it has ended. The forked process enters
its confinement when a first byte comes on `go`, begins its code at a second one, and ends when that reaches its end instead. It
keeps neither of the two.

The server runs nothing that it was not shipped with: the code of a run is read by the forked process, after it was confined.
"""

import _thread
import array
import ctypes
import gc
import importlib
import importlib.util
import json
import os
import select
import socket
import sys
from collections.abc import Callable
from typing import NoReturn

from taskkit.warm import join, pages, script

# Imported where the environment has them: what costs time at the beginning of most solvers.
PRELOADED = (
    "json", "csv", "pathlib", "argparse", "multiprocessing", "concurrent.futures",
    "numpy", "pandas", "scipy.sparse", "scipy.stats", "scipy.optimize", "pyarrow", "pyarrow.parquet",
    "sklearn", "sklearn.compose", "sklearn.dummy", "sklearn.ensemble", "sklearn.feature_extraction.text",
    "sklearn.impute", "sklearn.linear_model", "sklearn.metrics", "sklearn.model_selection", "sklearn.naive_bayes",
    "sklearn.neighbors", "sklearn.pipeline", "sklearn.preprocessing", "sklearn.svm", "sklearn.tree",
    "lightgbm", "PIL.Image", "soundfile",
    "taskkit",
)  # fmt: skip
MESSAGE_BYTES = 1 << 20
MOST_DESCRIPTORS = 16
# What a program's main thread gets in a sandbox, see `RLIMIT_STACK` there.
STACK_BYTES = 8 << 20
# From malloc.h.
M_ARENA_MAX = -8


def main(arguments: list[str]) -> int:
    """Serve until the other end of the socket is closed, or nothing was asked for some time."""
    *flags, descriptor = arguments
    control = socket.socket(fileno=int(descriptor))
    greeting, _ = receive(control)
    if greeting is None:
        return 0
    filters = [bytes(program) for program in greeting["filters"]]
    if flags != ["--bare"]:
        preload()
    script.all_is_loaded()
    _thread.stack_size(STACK_BYTES)
    # Memory comes from where the main thread of a program has it, whichever thread asks.
    ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
    # What is there now is never collected, so that the pages stay shared with every fork.
    gc.collect()
    gc.freeze()
    pages.collapse()
    control.send(json.dumps({"ready": True}).encode())
    serve(control, filters, greeting["idle_seconds"])
    return 0


def preload() -> None:
    for name in PRELOADED:
        top = name.partition(".")[0]
        if importlib.util.find_spec(top) is not None:
            importlib.import_module(name)


def serve(control: socket.socket, filters: list[bytes], idle_seconds: int) -> None:
    """Wait for requests and for ends, and for nothing else: the server itself must never be busy."""
    poll = select.poll()
    poll.register(control, select.POLLIN)
    running: dict[int, int] = {}
    while True:
        ready = poll.poll(None if running else idle_seconds * 1000)
        if not ready:
            return
        for descriptor, _ in ready:
            if descriptor in running:
                poll.unregister(descriptor)
                tell_end(descriptor, running.pop(descriptor))
                continue
            request, descriptors = receive(control)
            if request is None:
                return
            handle = begin(request, descriptors, filters)
            if handle is not None:
                running[handle] = descriptors[2]
                poll.register(handle, select.POLLIN)


def receive(control: socket.socket) -> tuple[dict | None, list[int]]:
    """One message and its descriptors; nothing at the end."""
    space = socket.CMSG_SPACE(MOST_DESCRIPTORS * array.array("i").itemsize)
    message, ancillary, _, _ = control.recvmsg(MESSAGE_BYTES, space, socket.MSG_CMSG_CLOEXEC)
    descriptors = array.array("i")
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
    return (json.loads(message) if message else None), descriptors.tolist()


def begin(request: dict, descriptors: list[int], filters: list[bytes]) -> int | None:
    """Fork one run; gives a handle on it that is readable when it has ended, or nothing where it could not be forked."""
    output, errors, result, go, proc, *spaces = descriptors
    namespaces = dict(zip(request["namespaces"], spaces, strict=True))
    streams = (output, errors, result, go)
    handle = None
    try:
        process = fork_into(namespaces["pid"], lambda: become(request, streams, proc, namespaces, filters))
        handle = os.pidfd_open(process)
    except (OSError, RuntimeError, MemoryError) as error:
        # A run that was given up has no namespaces any more, and a host at its limits no thread for it. That must not end the
        # others.
        tell(result, refused=f"{type(error).__name__}: {error}")
        os.close(result)
    else:
        tell(result, process=process)
    for descriptor in (output, errors, go, proc, *spaces):
        os.close(descriptor)
    return handle


def fork_into(pid_namespace: int, child: Callable[[], NoReturn]) -> int:
    """Fork a process that is born in another PID namespace; gives its number here.

    Where its children are born is a property of a thread, and there is no way back. So a thread is spent on it: cheaper
    than a process between the two. In the child that thread is the main one.
    """
    done = _thread.allocate_lock()
    done.acquire()
    outcome: list[int | BaseException] = []

    def work() -> None:
        try:
            join.children_into(pid_namespace)
            process = os.fork()
            if process == 0:
                child()
            outcome.append(process)
        except BaseException as error:
            outcome.append(error)
        finally:
            done.release()

    _thread.start_new_thread(work, ())
    done.acquire()
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]


def tell_end(handle: int, result: int) -> None:
    """Take and report how a run ended. Until it is taken, its PID namespace can't end."""
    how = os.waitid(os.P_PIDFD, handle, os.WEXITED)
    os.close(handle)
    if how.si_code == os.CLD_EXITED:
        tell(result, exited=how.si_status)
    else:
        tell(result, killed=how.si_status)
    os.close(result)


def tell(result: int, **what: object) -> None:
    try:
        os.write(result, json.dumps(what).encode() + b"\n")
    except BrokenPipeError:
        # Nobody waits for this run any more.
        pass


def become(
    request: dict, streams: tuple[int, int, int, int], proc: int, namespaces: dict[str, int], filters: list[bytes]
) -> NoReturn:
    """In the forked process: wait for the confinement, enter it, say so, wait to be let go, run, end. Never returns."""
    output, errors, result, go = streams
    try:
        # Else it would hold what tells the ends of other runs, and the server's own.
        join.close_all_but(output, errors, result, go, proc, *namespaces.values())
        if not os.read(go, 1):
            os._exit(1)
        join.join(namespaces, proc, request["directory"])
        os.setsid()
        # Its own: what all runs had open would be a way from one to the next.
        os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(errors, 2)
        join.close_all_but(result, go)
        # The last two are what the shell adds that starts Python otherwise.
        set_variables({**request["variables"], "PWD": request["directory"], "SHLVL": "1"})
        join.drop_rights(filters)
        tell(result, confined=True)
        let_go = os.read(go, 1)
        os.close(result)
        os.close(go)
    except BaseException as error:
        tell(result, fault=f"{type(error).__name__}: {error}")
        os._exit(1)
    if not let_go:
        os._exit(1)
    try:
        status = script.run(request["arguments"])
    except BaseException as error:
        # What happens while an interpreter ends is printed, too.
        status = script.report(error)
    os._exit(status)


def set_variables(wanted: dict[str, str]) -> None:
    """Make these the variables of the process. Most are already."""
    for name in [name for name in os.environ if name not in wanted]:
        del os.environ[name]
    for name, value in wanted.items():
        if os.environ.get(name) != value:
            os.environ[name] = value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
