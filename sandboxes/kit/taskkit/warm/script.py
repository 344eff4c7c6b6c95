"""Runs a script or module as the interpreter itself would, in a process that was forked from another program.

What can be seen from inside, and what comes out (streams, files, exit status, tracebacks), is as if Python had been started
for it. It does not confine anything: `join` did before.
"""

import atexit
import builtins
import gc
import importlib.machinery
import os
import random
import runpy
import signal
import sys
import threading
import types

# The interpreter's own status when its standard streams can't be flushed at the end.
FLUSH_FAILED = 120


def run(arguments: list[str]) -> int:
    """Run `[-P] SCRIPT ARGUMENT…` or `[-P] -m MODULE ARGUMENT…` as `__main__`; gives the exit status of the interpreter."""
    fresh_randomness()
    main = new_main()
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
            runpy._run_module_as_main(arguments[1])
        else:
            if not is_safe:
                sys.path.insert(0, os.path.dirname(os.path.realpath(arguments[0])))
            run_file(arguments, main)
        status = 0
    except SystemExit as error:
        status = exit_status(error)
    except BaseException as error:  # Whatever the script lets escape, the interpreter would print.
        report(error)
        status = 1
        if isinstance(error, KeyboardInterrupt):
            finish(status, sys.modules.get("__main__", main))
            end_by(signal.SIGINT)
    return finish(status, sys.modules.get("__main__", main))


def new_main() -> types.ModuleType:
    """An empty `__main__`, as a new interpreter has it."""
    main = types.ModuleType("__main__")
    main.__dict__["__annotations__"] = {}
    main.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = main
    return main


def run_file(arguments: list[str], main: types.ModuleType) -> None:
    path = arguments[0]
    sys.argv[:] = arguments
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as error:
        print(
            f"{sys.executable}: can't open file {os.path.abspath(path)!r}: [Errno {error.errno}] {error.strerror}",
            file=sys.stderr,
        )
        raise SystemExit(2) from None
    main.__dict__.update(
        __file__=path,
        __cached__=None,
        __loader__=importlib.machinery.SourceFileLoader("__main__", path),
    )
    exec(compile(source, path, "exec", dont_inherit=True), main.__dict__)


def fresh_randomness() -> None:
    """Every run draws its own numbers where it sets no seed: two runs of one server must not agree by descent."""
    random.seed()
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()
    processes = sys.modules.get("multiprocessing.process")
    if processes is not None:
        processes.current_process().authkey = os.urandom(32)


def exit_status(error: SystemExit) -> int:
    """What `sys.exit(code)` makes of its argument."""
    code = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    flush()
    print(code, file=sys.stderr)
    return 1


def end_by(number: int) -> None:
    """End as a program does that does not catch this signal."""
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def report(error: BaseException) -> None:
    """Print an exception as the interpreter does: without the frames that are ours."""
    flush()
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    error.__traceback__ = trace
    try:
        sys.excepthook(type(error), error, trace)
    except BaseException as second:
        print("Error in sys.excepthook:", file=sys.stderr)
        sys.__excepthook__(type(second), second, second.__traceback__)
        print("\nOriginal exception was:", file=sys.stderr)
        sys.__excepthook__(type(error), error, trace)


def finish(status: int, main: types.ModuleType) -> int:
    """The end of an interpreter: threads, exit handlers, the script's own objects, the streams; in this order."""
    threading._shutdown()
    atexit._run_exitfuncs()
    flush()
    # Open files are written out and `__del__` is called when the last reference goes.
    names = main.__dict__
    for name in [*(n for n in names if n[:1] == "_" and n[:2] != "__"), *names]:
        if name != "__builtins__":
            names[name] = None
    sys.last_value = sys.last_traceback = None
    gc.collect()
    return status if flush() else status or FLUSH_FAILED


def flush() -> bool:
    """Write out both standard streams; false if that failed."""
    written = True
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except (OSError, ValueError):
            written = False
    return written
