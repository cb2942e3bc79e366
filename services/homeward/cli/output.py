"""What the command line prints: answers on stdout, everything about them on stderr."""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

PIPED_COLUMNS = 160
"""What a table may use where no terminal says how wide it is."""


class Complaint(Exception):
    """The command cannot do what was asked; one line, with the mend."""

    def __init__(self, what: str, mend: str = "", *, code: int = 1) -> None:
        """``what`` without a full stop; ``mend`` says what to do about it."""
        super().__init__(what)
        self.what, self.mend, self.code = what, mend, code


def _console(stream: TextIO) -> Console:
    width = None if stream.isatty() or "COLUMNS" in os.environ else PIPED_COLUMNS
    return Console(file=stream, width=width, highlight=False, soft_wrap=True)


def complain(trouble: Complaint) -> int:
    """Print a complaint as one line and return its exit code."""
    line = Text("error: ", style="bold red").append(
        _sentence(trouble.what, trouble.mend), style="default"
    )
    _console(sys.stderr).print(line)
    return trouble.code


def _sentence(what: str, mend: str) -> str:
    what = " ".join(what.split())
    return f"{what}. {mend[:1].upper()}{mend[1:]}" if mend else what


def say(*parts: str | tuple[str, str]) -> None:
    """Print one line of the answer; a part may carry a style."""
    _console(sys.stdout).print(Text.assemble(*parts))


def note(*parts: str | tuple[str, str]) -> None:
    """Print one line about the answer (progress, hints): stderr, so that pipes stay clean."""
    _console(sys.stderr).print(Text.assemble(*parts))


def as_json(value: object) -> None:
    """Print a value as one JSON document."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def as_json_lines(values: Iterable[object]) -> None:
    """Print each value as one line of JSON, as soon as it is there."""
    for value in values:
        sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
        sys.stdout.flush()


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their columns; what is missing is a dash."""
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        grid.add_column(column, no_wrap=True, overflow="fold")
    for row in rows:
        grid.add_row(*("-" if one in {None, ""} else Text(str(one)) for one in row))
    _console(sys.stdout).print(grid)


def pairs(values: Mapping[str, object]) -> None:
    """Print names and values, one pair a line."""
    width = max(map(len, values), default=0)
    for name, value in values.items():
        say((name.ljust(width + 2), "dim"), "-" if value is None else str(value))
