"""Reads Weka's attribute-relation format (ARFF), dense rows only.

All cells stay text, as they stand in the file without their quotes and outer blanks; `?` is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

# An attribute's name is quoted, or runs to the next blank; what follows is its type.
_ATTRIBUTE = re.compile(r"""@attribute\s+(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([^\s{]+))""", re.IGNORECASE)


def read_arff(path: Path, encoding: str = "utf-8") -> pd.DataFrame:
    """Read a file as a table of text cells."""
    import pandas as pd

    names: list[str] = []
    rows: list[list[str | None]] = []
    in_data = False
    with path.open(encoding=encoding) as lines:
        for number, line in enumerate(lines, start=1):
            line = line.strip()
            if not line or line.startswith("%"):
                continue
            if in_data:
                if line.startswith("{"):
                    raise ValueError(f"{path.name}, line {number}: sparse rows are not supported")
                row = [None if not quoted and cell in ("?", "") else cell for cell, quoted in _cells(line)]
                if len(row) != len(names):
                    raise ValueError(f"{path.name}, line {number}: {len(row)} cells for {len(names)} attributes")
                rows.append(row)
            elif line.lower().startswith("@data"):
                in_data = True
            elif found := _ATTRIBUTE.match(line):
                quoted = found[1] if found[1] is not None else found[2]
                names.append(found[3] if quoted is None else _unescape(quoted).strip())
    return pd.DataFrame(rows, columns=names, dtype="str")


def _cells(line: str) -> Iterator[tuple[str, bool]]:
    """The cells of a data line, each with whether it was quoted."""
    if "'" not in line and '"' not in line:
        for cell in line.split("\t" if "," not in line and "\t" in line else ","):
            yield cell.strip(), False
        return
    at = 0
    while True:
        while at < len(line) and line[at] in " \t":
            at += 1
        if at < len(line) and line[at] in "'\"":
            quote, start = line[at], at + 1
            at = start
            while at < len(line) and line[at] != quote:
                at += 2 if line[at] == "\\" else 1
            yield _unescape(line[start:at]).strip(), True
            at = line.find(",", at)
        else:
            start, at = at, line.find(",", at)
            yield line[start : at if at >= 0 else len(line)].strip(), False
        if at < 0:
            return
        at += 1


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
