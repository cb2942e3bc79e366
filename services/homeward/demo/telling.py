"""What the demo prints as it happens: one calm line each, with the case's own clock."""

import sys
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final, TextIO

from rich.console import Console
from rich.text import Text

CHINA: Final = timezone(timedelta(hours=8))
WHO_WIDTH: Final = 11


def local_clock(moment: str) -> str:
    """Return what a wall clock in Linquan shows at a moment (RFC 3339)."""
    return datetime.fromisoformat(moment).astimezone(CHINA).strftime("%H:%M")


@dataclass(slots=True)
class Teller:
    """Prints lines; to stderr when stdout is kept for the report."""

    stream: TextIO

    @classmethod
    def beside(cls, *, json: bool) -> "Teller":
        """Return a teller that leaves stdout alone when JSON goes there."""
        return cls(sys.stderr if json else sys.stdout)

    def title(self, text: str) -> None:
        """Print a heading."""
        self._print(Text(f"\n{text}", style="bold"))

    def step(self, text: str) -> None:
        """Print what the demo itself does."""
        self._print(Text(text, style="dim"))

    def event(self, at: str | None, who: str, what: str, style: str = "") -> None:
        """Print something that happened in the case; ``at`` is RFC 3339 on the case clock."""
        clock = "" if at is None else local_clock(at)
        line = Text.assemble((f"  {clock:<5}  ", "dim"), (f"{who:<{WHO_WIDTH}} ", "cyan"))
        self._print(line.append(what, style=style or "default"))

    def figure(self, name: str, value: object, *, good: bool | None = None) -> None:
        """Print a figure of the report; one that is judged is green or red."""
        style = {None: "default", True: "green", False: "bold red"}[good]
        self._print(Text.assemble(f"  {name:<46} ", (str(value), style)))

    def row(self, cells: tuple[object, ...], widths: tuple[int, ...], style: str = "") -> None:
        """Print a row of figures, right-aligned."""
        pairs = zip(cells, widths, strict=True)
        self._print(Text("  " + "  ".join(f"{one!s:>{width}}" for one, width in pairs), style))

    def _print(self, text: Text) -> None:
        Console(file=self.stream, highlight=False, soft_wrap=True).print(text)
        self.stream.flush()
