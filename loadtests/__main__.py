"""``python -m loadtests [--quick] [--no-record] [NAME ...]``: measure, judge, write down."""

import argparse
import asyncio
import importlib
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Final

from loadtests.budgets import Budget, budgets
from loadtests.figures import Figure, Measured, Size
from loadtests.results import record

BENCHES: Final = (
    "append",
    "feed",
    "replay",
    "reread",
    "match",
    "moves",
    "positions",
    "ledger",
    "reach",
    "flood",
    "fields",
    "dispatch",
    "cancel",
    "exact",
    "cold",
    "relay",
    "faust",
    "carried",
    "scaled",
)
"""A module each, in the order in which they run."""
HEADER: Final = ("figure", "ours", "bare", "ratio (rounds)", "bar", "", "what / against what")
WIDTHS: Final = (15, 17, 17, 24, 12, 7)


def line(figure: Figure, budget: Budget, *, quick: bool = False) -> tuple[str, ...]:
    """Return a figure's cells: both numbers, the ratio, the bar."""
    low, high = figure.spread
    within = f" ({low:.2f}-{high:.2f}, {figure.rounds})" if figure.rounds > 1 else ""
    return (
        figure.name,
        f"{number(figure.ours)} {figure.unit}",
        f"{number(figure.bare)} {figure.unit}",
        f"{figure.ratio:.2f}{within}",
        budget.text(),
        budget.verdict(figure, quick=quick),
        figure.what,
    )


def number(value: float) -> str:
    """Return a number with as many digits as it deserves."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"  # noqa: PLR2004 -- 3 digits


def show(cells: Sequence[str]) -> None:
    """Print one line of the table."""
    print("  ".join((*map(str.ljust, cells, WIDTHS), cells[-1])), flush=True)


async def run(name: str, size: Size) -> Measured:
    """Run one bench."""
    measured: Measured = await importlib.import_module(f"loadtests.{name}").measure(size)
    return measured


def main(argv: Sequence[str] | None = None) -> int:
    """Run benches; return 1 when a judged bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m loadtests", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--no-record", action="store_true", help="leave RESULTS.md as it is")
    asked = parser.parse_args(argv)
    unknown = [name for name in asked.names if name not in BENCHES]
    if unknown:
        parser.error(f"there is no bench {unknown[0]}; known are {', '.join(BENCHES)}")
    bars: Mapping[str, Budget] = budgets()
    lines: list[tuple[str, ...]] = []
    grounds: dict[str, str] = {}
    show(HEADER)
    for name in asked.names or BENCHES:
        began = time.perf_counter()
        measured = asyncio.run(run(name, Size(asked.quick)))
        grounds[name] = f"{measured.ground}; took {time.perf_counter() - began:.0f} s"
        for figure in measured.figures:
            lines.append(line(figure, bars[figure.name], quick=asked.quick))
            show(lines[-1])
    for name, ground in grounds.items():
        print(f"{name}: {ground}")
    for cells in lines:
        if cells[-2] == "wanted":
            print(f"{cells[0]} is not judged: {bars[cells[0]].wanted}")
        elif cells[-2] == "full":
            print(f"{cells[0]} is judged in a full run only: {bars[cells[0]].full}")
    if not asked.no_record:
        record(HEADER, lines, grounds, quick=asked.quick)
    return int(any(cells[-2] == "MISSED" for cells in lines))


if __name__ == "__main__":
    sys.exit(main())
