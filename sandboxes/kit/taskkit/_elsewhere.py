"""Makes the machine look different to a script, in ways that a sandbox can't from outside.

What `prepare.py` writes must not depend on the order in which a file system lists a folder, on the number of
processors, or on when raw files were last changed. Here a second run sees all three otherwise than the first.
"""

import os

# Imported before anything is replaced: on import it compares functions of `os` with tables of what they can do.
import shutil  # noqa: F401
from collections.abc import Iterator
from typing import Any

#: Raw files look this much younger, in seconds: another day, month and year.
YOUNGER = 400 * 24 * 3600


def pretend() -> None:
    """Replace what `os` says; pathlib, glob and shutil follow, because they ask it."""
    _reverse_listings()
    _change_processors()
    _change_times()


class _Entry(os.PathLike):
    """An entry of a folder whose times are those that `os.stat` says."""

    def __init__(self, entry: "os.DirEntry[Any]") -> None:
        self._entry = entry

    def __getattr__(self, name: str) -> Any:
        return getattr(self._entry, name)

    def __fspath__(self) -> Any:
        return self._entry.path

    def __repr__(self) -> str:
        return repr(self._entry)

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        return _younger(self._entry.stat(follow_symlinks=follow_symlinks))


class _Reversed(Iterator):
    """What `os.scandir` gives, last entry first."""

    def __init__(self, entries: Any) -> None:
        with entries:
            self._entries = iter([_Entry(entry) for entry in entries][::-1])

    def __next__(self) -> Any:
        return next(self._entries)

    def __enter__(self) -> "_Reversed":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._entries = iter(())


def _reverse_listings() -> None:
    listdir, scandir = os.listdir, os.scandir
    os.listdir = lambda path=".": listdir(path)[::-1]
    os.scandir = lambda path=".": _Reversed(scandir(path))


def _change_processors() -> None:
    count, affinity = os.cpu_count(), os.sched_getaffinity(0)
    os.cpu_count = lambda: (count or 1) + 1
    other = {min(affinity)} if len(affinity) > 1 else affinity | {max(affinity) + 1}
    os.sched_getaffinity = lambda _pid: set(other)


def _younger(result: os.stat_result) -> os.stat_result:
    _, (values, extra) = result.__reduce__()
    values = (*values[:8], values[8] + YOUNGER, *values[9:])
    times = {"st_mtime": result.st_mtime + YOUNGER, "st_mtime_ns": result.st_mtime_ns + YOUNGER * 10**9}
    return os.stat_result(values, {**extra, **times})


def _change_times() -> None:
    for name in ("stat", "lstat", "fstat"):
        original = getattr(os, name)
        setattr(os, name, lambda *args, original=original, **options: _younger(original(*args, **options)))
