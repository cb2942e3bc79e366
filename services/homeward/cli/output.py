"""What the command line prints: answers on stdout, everything about them on stderr."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text


class Complaint(Exception):
    """The command cannot do what was asked; one line, with the mend."""

    def __init__(self, what: str, mend: str = "", *, code: int = 1) -> None:
        """``what`` without a full stop; ``mend`` says what to do about it."""
        super().__init__(what)
        self.what, self.mend, self.code = what, mend, code


def _console(stream: TextIO) -> Console:
    return Console(file=stream, highlight=False, soft_wrap=True)  # the terminal folds, not we


def complain(trouble: Complaint) -> int:
    """Print a complaint as one line and return its exit code."""
    line = Text("error: ", style="bold red").append(
        _sentence(trouble.what, trouble.mend), style="default"
    )
    _console(sys.stderr).print(line)
    return trouble.code


def _sentence(what: str, mend: str) -> str:
    what = " ".join(what.split())
    if mend and not mend.startswith("homeward "):  # a command is shown as it is typed
        mend = mend[0].upper() + mend[1:]
    return f"{what}. {mend}".rstrip() if mend else what


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
    grid = [list(columns), *([_shown(one) for one in row] for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*grid, strict=True)]
    for number, row in enumerate(grid):
        cells = (set_cell_size(one, width) for one, width in zip(row, widths, strict=True))
        say(("  ".join(cells).rstrip(), "" if number else "bold"))


def _shown(value: object) -> str:
    return "-" if value is None or value == "" else str(value)


def pairs(values: Mapping[str, object]) -> None:
    """Print names and values, one pair a line."""
    width = max(map(len, values), default=0)
    for name, value in values.items():
        say((name.ljust(width + 2), "dim"), _shown(value))
