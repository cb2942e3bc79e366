"""Plots of containment over people told, as SVG: a file for each policy and group of cases."""

import math
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from homeward.backtest.judging import Outcome
from homeward.backtest.tables import groups
from homeward.geography.sphere import Floats

WIDE, HIGH = 720, 440
_LEFT, _TOP, _RIGHT, _BOTTOM = 60, 50, 20, 60
LOG_PEOPLE: Final[Floats] = np.linspace(2.0, 8.5, 131)
"""From a hundred people to three hundred million."""
COLOURS: Final = ("#1b6ca8", "#c05621", "#2f855a", "#805ad5")
"""Told apart by the colour-blind, too; the circle of the first is dashed."""
_TENTHS: Final = 10


class Curve(NamedTuple):
    """One line of a plot."""

    name: str
    shares: Floats
    """Containment at each of `LOG_PEOPLE`."""
    colour: str
    dashed: bool = False


def write_plots(folder: Path, policies: Sequence[str], outcomes: Sequence[Outcome]) -> list[Path]:
    """Write a plot for each group of cases and return their paths. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for group, some in groups(outcomes).items():
        path = folder / f"containment-{group.replace(' ', '-')}.svg"
        title = f"{group}: {len(some):,} cases"
        path.write_text(plot(title, list(curves(policies, some))), encoding="utf-8")
        paths.append(path)
    return paths


def curves(policies: Sequence[str], outcomes: Sequence[Outcome]) -> Iterator[Curve]:
    """Yield each policy's containment over people told, and that of circles over the same cells."""
    for place, policy in enumerate(policies):
        colour = COLOURS[place % len(COLOURS)]
        judged = [one.judged[policy] for one in outcomes]
        yield Curve(policy, _shares([one.need for one in judged]), colour)
        if place == 0:
            needs = [one.circle_need for one in judged]
            yield Curve("circle of the same people", _shares(needs), colour, dashed=True)
        needs = [one.sighted[policy].need for one in outcomes]
        if needs != [one.need for one in judged]:
            other = COLOURS[(place + len(policies)) % len(COLOURS)]
            yield Curve(f"{policy}, with sightings", _shares(needs), other)


def plot(title: str, lines: Sequence[Curve]) -> str:
    """Return a plot as SVG."""
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" '
            f'font-family="sans-serif" font-size="12" role="img">'
        ),
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDE}" height="{HIGH}" fill="white"/>',
        f'<text x="{_LEFT}" y="20" font-size="15">{escape(title)}</text>',
        *_grid(),
    ]
    for place, line in enumerate(lines):
        points = " ".join(
            f"{_x(x):.1f},{_y(y):.1f}"
            for x, y in zip(LOG_PEOPLE.tolist(), line.shares.tolist(), strict=True)
        )
        dash = ' stroke-dasharray="6 4"' if line.dashed else ""
        stroke = f'fill="none" stroke="{line.colour}" stroke-width="2"{dash}'
        parts.append(f'<polyline points="{points}" {stroke}/>')
        x, y = _LEFT + 12, _TOP + 16 + 18 * place
        parts.append(f'<path d="M{x} {y - 4}h28" {stroke}/>')
        parts.append(f'<text x="{x + 36}" y="{y}">{escape(line.name)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _grid() -> Iterator[str]:
    bottom, right = HIGH - _BOTTOM, WIDE - _RIGHT
    for tenth in range(0, _TENTHS + 1, 2):
        y = _y(tenth / _TENTHS)
        yield f'<path d="M{_LEFT} {y:.1f}H{right}" stroke="#ddd"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{tenth * 10} %</text>'
    for power in range(math.ceil(LOG_PEOPLE[0]), math.floor(LOG_PEOPLE[-1]) + 1):
        x = _x(power)
        yield f'<path d="M{x:.1f} {_TOP}V{bottom}" stroke="#ddd"/>'
        yield f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{10**power:,}</text>'
    middle = (_LEFT + right) / 2
    yield f'<text x="{middle}" y="{HIGH - 14}" text-anchor="middle">people told</text>'


def _shares(needs: Sequence[float]) -> Floats:
    inside = np.searchsorted(np.sort(np.array(needs)), 10.0**LOG_PEOPLE, side="right")
    found: Floats = inside / len(needs)
    return found


def _x(log_people: float) -> float:
    part = (log_people - LOG_PEOPLE[0]) / (LOG_PEOPLE[-1] - LOG_PEOPLE[0])
    return float(_LEFT + part * (WIDE - _LEFT - _RIGHT))


def _y(share: float) -> float:
    return float(HIGH - _BOTTOM - share * (HIGH - _TOP - _BOTTOM))
