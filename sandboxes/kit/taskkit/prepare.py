"""Runs a task's prepare.py: `python -m taskkit.prepare SCRIPT RAW PUBLIC PRIVATE`.

With `TASKKIT_SURROUNDINGS=elsewhere` the script sees a machine that looks different, to find out what it depends on.
"""

import os
import sys
from pathlib import Path

from taskkit._script import load


def main(arguments: list[str]) -> int:
    """Call `prepare(raw, public, private)` of the script; the two output folders are made when they are missing."""
    if len(arguments) != 4:
        print("usage: python -m taskkit.prepare SCRIPT RAW PUBLIC PRIVATE", file=sys.stderr)
        return 2
    script, raw, public, private = map(Path, arguments)
    public.mkdir(parents=True, exist_ok=True)
    private.mkdir(parents=True, exist_ok=True)
    if os.environ.pop("TASKKIT_SURROUNDINGS", None) == "elsewhere":
        from taskkit._elsewhere import pretend

        pretend()
    load(script, "prepare").prepare(raw, public, private)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
