"""Runs a script or module as the interpreter itself would, in a process that was forked from another program.

What can be seen from inside, and what comes out (streams, files, exit status, tracebacks), is as if Python had been started
for it. It does not confine anything: `join` did before. What differs nevertheless is listed by the test that compares both.
"""

import _thread
import atexit
import builtins
import ctypes
import gc
import importlib.machinery
import itertools
import os
import random
import runpy
import signal
import sys
import threading
import traceback
import types
import weakref
from collections.abc import Callable
from typing import Any

# The interpreter's own status when its standard streams can't be flushed at the end.
FLUSH_FAILED = 120
# From Include/compile.h.
FILE_INPUT = 257
POINTER = ctypes.sizeof(ctypes.c_void_p)
# Parts of CPython 3.11's `PyThreadState`, `_PyCFrame` and `_PyInterpreterFrame`, in bytes from their beginning.
RECURSION_REMAINING, RECURSION_LIMIT, CFRAME = 32, 36, 56
CURRENT_FRAME = POINTER
FRAME_CODE = 4 * POINTER

_python = ctypes.pythonapi
_python.PyThreadState_Get.restype = ctypes.c_void_p
_python.PyObject_CallObject.restype = ctypes.py_object
_python.PyObject_CallObject.argtypes = (ctypes.py_object, ctypes.py_object)
_python.PyRun_FileExFlags.restype = ctypes.py_object
_python.PyRun_FileExFlags.argtypes = (
    ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.py_object, ctypes.py_object, ctypes.c_int, ctypes.c_void_p,
)  # fmt: skip
_fopen = ctypes.CDLL(None).fopen
_fopen.restype = ctypes.c_void_p
_fopen.argtypes = (ctypes.c_char_p, ctypes.c_char_p)

# Modules that only a server has.
OWN_MODULES = ("taskkit.warm", "taskkit.warm.join", "taskkit.warm.pages", "taskkit.warm.script")


class _Loaded:
    """What the server has loaded. A run must not even look at all of it: to count a reference is to copy the memory."""

    #: Never unloaded.
    modules: tuple[types.ModuleType, ...] = ()
    #: The name of the newest.
    last: str | None = None


def all_is_loaded() -> None:
    """Note what is there before the first fork."""
    for name in OWN_MODULES:
        sys.modules.pop(name)
    del sys.modules["taskkit"].warm
    _Loaded.modules = tuple(sys.modules.values())
    _Loaded.last = next(reversed(sys.modules))


def run(arguments: list[str]) -> int:
    """Run `[-P] SCRIPT ARGUMENT…` or `[-P] -m MODULE ARGUMENT…` as `__main__`; gives the exit status of the interpreter."""
    fresh_start()
    status, error = attempt(arguments)
    # Outside of the handler: what comes now has nothing to do with the exception.
    if error is not None:
        status = end_of(error)
        is_interrupt = isinstance(error, KeyboardInterrupt)
        error.__traceback__ = None
        del error
        if is_interrupt:
            finish(status)
            end_by(signal.SIGINT)
    return finish(status)


def attempt(arguments: list[str]) -> tuple[int, BaseException | None]:
    """Run it to its end, and give what it let escape."""
    sys.orig_argv[1:] = arguments
    # Its first entry is the server's own.
    del sys.path[0]
    is_safe = arguments[0] == "-P"
    if is_safe:
        arguments = arguments[1:]
    try:
        if arguments[0] == "-m":
            # What the interpreter does for `-m`: the working directory comes first on the path, and `runpy` fills in the rest.
            if not is_safe:
                sys.path.insert(0, os.getcwd())
            sys.argv[:] = ["-m", *arguments[2:]]
            alone(runpy._run_module_as_main, arguments[1])
        else:
            if not is_safe:
                sys.path.insert(0, os.path.dirname(os.path.realpath(arguments[0])))
            run_file(arguments)
    except BaseException as error:
        return 1, error
    return 0, None


def fresh_start() -> None:
    """Forget what the server was: its `__main__`, its random numbers."""
    main = types.ModuleType("__main__")
    main.__dict__["__annotations__"] = {}
    main.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = main
    _thread.stack_size(0)
    fresh_randomness()


def fresh_randomness() -> None:
    """Every run draws its own numbers where it sets no seed: two runs of one server must not agree by descent."""
    random.seed()
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()
    processes = sys.modules.get("multiprocessing.process")
    if processes is not None:
        processes.current_process().authkey = os.urandom(32)


def run_file(arguments: list[str]) -> None:
    path = arguments[0]
    sys.argv[:] = arguments
    file = None
    try:
        # The interpreter's own reader: only it knows what it makes of bytes that are no text.
        os.stat(path)
        file = _fopen(os.fsencode(path), b"rbe")
        if not file:
            os.close(os.open(path, os.O_RDONLY))
    except OSError as error:
        print(
            f"{sys.executable}: can't open file {os.path.abspath(path)!r}: [Errno {error.errno}] {error.strerror}",
            file=sys.stderr,
        )
        raise SystemExit(2) from None
    names = sys.modules["__main__"].__dict__
    names.update(
        __file__=path,
        __cached__=None,
        __loader__=importlib.machinery.SourceFileLoader("__main__", path),
    )
    alone(_python.PyRun_FileExFlags, file, os.fsencode(path), FILE_INPUT, names, names, 1, None)


def alone(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function as the interpreter calls what it runs: it finds no frame below its own.

    Else tracebacks, warnings, logging, the recursion limit and debuggers show the frames of this module. Where the
    interpreter is another than the one whose structures are known here, it is a call like any other.
    """
    state = _python.PyThreadState_Get()
    limit = ctypes.c_int.from_address(state + RECURSION_LIMIT).value
    if sys.version_info[:2] == (3, 11) and limit == sys.getrecursionlimit():
        cframe = ctypes.c_void_p.from_address(state + CFRAME).value
        frame = ctypes.c_void_p.from_address(cframe + CURRENT_FRAME)
        if ctypes.c_void_p.from_address(frame.value + FRAME_CODE).value == id(alone.__code__):
            # The call below counts as one.
            ctypes.c_int.from_address(state + RECURSION_REMAINING).value = limit + 1
            # Put back when this function returns. Until then no Python function may be called but by C.
            frame.value = None
    if isinstance(function, ctypes._CFuncPtr):
        return function(*arguments)
    return _python.PyObject_CallObject(function, arguments)


def end_of(error: BaseException) -> int:
    """What the interpreter does about an exception that nobody caught: its exit status."""
    flush()
    if isinstance(error, SystemExit):
        return exit_status(error)
    return report(error)


def exit_status(error: SystemExit) -> int:
    """What `sys.exit(code)` makes of its argument."""
    code = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        # As C turns it into a `long`, and the kernel into a byte.
        return (code if -(1 << 63) <= code < 1 << 63 else -1) & 0xFF
    try:
        sys.stderr.write(str(code))
    except Exception:  # noqa: BLE001 — the interpreter does without it, too
        pass
    try:
        sys.stderr.write("\n")
    except Exception:  # noqa: BLE001 — the same
        pass
    return 1


def end_by(number: int) -> None:
    """End as a program does that does not catch this signal."""
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def report(error: BaseException) -> int:
    """Print an exception as the interpreter does, without the frames that are ours; gives the exit status."""
    trim(error)
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, error.__traceback__
    second = failed(sys.excepthook, type(error), error, error.__traceback__)
    if isinstance(second, SystemExit):
        return exit_status(second)
    if second is not None:
        trim(second)
        print("Error in sys.excepthook:", file=sys.stderr)
        failed(sys.__excepthook__, type(second), second, second.__traceback__)
        print("\nOriginal exception was:", file=sys.stderr)
        failed(sys.__excepthook__, type(error), error, error.__traceback__)
    return 1


def failed(function: Callable[..., Any], *arguments: Any) -> BaseException | None:
    """The exception that a call raised."""
    try:
        alone(function, *arguments)
    except BaseException as error:
        return error
    return None


def trim(error: BaseException) -> None:
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    error.__traceback__ = trace


def finish(status: int) -> int:
    """The end of an interpreter: threads, exit handlers, the streams, the script's own objects; in this order."""
    flush()
    alone(threading._shutdown)
    alone(atexit._run_exitfuncs)
    if not flush(complain=True):
        status = FLUSH_FAILED
    # What a script put in their place may hold back what was printed before.
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    flush()
    unload()
    flush()
    return status


def unload() -> None:
    """Let the script's modules go: open files are written out, and `__del__` is called.

    What the server has loaded stays, and can be imported to the last.
    """
    sys.is_finalizing = lambda: True
    alone(gc.collect)
    for name in ("path", "argv", "last_type", "last_value", "last_traceback", "path_hooks", "path_importer_cache", "meta_path"):
        setattr(sys, name, None)
    # Where the server's newest is gone, these are all names, and that is only slow.
    names = [*itertools.takewhile(lambda name: name != _Loaded.last, reversed(sys.modules)), "__main__"]
    modules = [sys.modules.get(name) for name in reversed(names)]
    references = [weakref.ref(module) for module in modules if isinstance(module, types.ModuleType)]
    del modules
    # Without `io` no line of the source is printed any more.
    alone(sys.modules.update, dict.fromkeys([*names, "io"]))
    alone(gc.collect)
    # Modules that something else holds lose their content, the last one first.
    for reference in reversed(references):
        module = reference()
        if module is not None:
            clear(module.__dict__)
    alone(gc.collect)


def clear(names: dict[str, Any]) -> None:
    """Set every name to nothing, private ones first."""
    for name in [*(n for n in names if n[:1] == "_" and n[:2] != "__"), *names]:
        if name != "__builtins__":
            names[name] = None


def flush(*, complain: bool = False) -> bool:
    """Write out both standard streams; false if that failed."""
    written = True
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except Exception as error:  # noqa: BLE001 — whatever a script put there
            written = False
            if complain and stream is sys.stdout and sys.stderr is not None:
                lines = traceback.format_exception_only(error)
                print(f"Exception ignored in: {stream!r}\n", *lines, sep="", end="", file=sys.stderr)
    return written
