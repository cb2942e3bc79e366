"""A static map as SVG: areas, places and labels around a middle; the same sheet, the same bytes.

Azimuthal equidistant around the middle: distances and directions from there are true, and neither
the antimeridian nor a pole is a special place. No script, no style, no external resource: what is
drawn stands in attributes, so a page may hold it under the strictest policy.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from unicodedata import east_asian_width
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from homeward.geography.cells import Cells
from homeward.geography.outlines import levelled, rims, rings
from homeward.geography.sphere import Floats, balls_of, compass, distances_m, unit_of

INK: Final = "#1a1a1a"
PAPER: Final = "#ffffff"
GREY: Final = "#555555"
WARN: Final = "#b00020"
FONT: Final = "system-ui, PingFang SC, Noto Sans CJK SC, sans-serif"
TEXT_PX: Final = 13
LINE_PX: Final = 20
BOLD: Final = 1.1
"""How much wider bold letters run."""
CELLS_DRAWN_MAX: Final = 8_000
EDGE_PX: Final = 14
SIGN_PX: Final = 8.0
"""Half of the room that a mark takes: a smaller radius lies under it."""
KM: Final = 1_000
SCALE_PART: Final = 0.28
"""Of the width that the scale bar takes at most."""


@dataclass(frozen=True, slots=True)
class Area:
    """A set of cells; later ones are drawn over earlier ones."""

    cells: Cells
    label: str = ""
    """In the legend; "": not there."""
    fill: str = "none"
    stroke: str = ""
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A place."""

    lat_deg: float
    lon_deg: float
    label: str = ""
    shape: str = "dot"
    """dot, ring, square, cross, or name: a small dot where its label finds room, else nothing."""
    colour: str = INK
    radius_m: float = 0.0
    """How far off the place may be: drawn where it can be seen."""
    optional: bool = False
    """It does not count for how much of the world is shown."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a map shows."""

    lat_deg: float
    lon_deg: float
    title: str
    lines: tuple[str, ...] = ()
    """Under the title."""
    areas: tuple[Area, ...] = ()
    marks: tuple[Mark, ...] = ()
    """The most important first: a label that finds no room is left out."""
    keys: tuple[Mark, ...] = ()
    """In the legend, after the areas."""
    radius_m_min: float = 2_000.0
    size_px: int = 800
    north: str = "N"
    arrow: tuple[int, str] | None = None
    """Points to the middle from a bearing in degrees, with its label."""
    scale: bool = True


def svg(sheet: Sheet) -> str:
    """Return the sheet as one SVG element."""
    plan = _Plan.of(sheet)
    top = EDGE_PX + LINE_PX * len(_headlines(sheet))
    foot = top + sheet.size_px + EDGE_PX
    legend = list(_legend(sheet, foot + LINE_PX))
    height = foot + LINE_PX * (len(legend) + 1)
    side = sheet.size_px
    whole = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {height}" '
        f'width="{side}" height="{height}" role="img" aria-label={quoteattr(sheet.title)} '
        f'font-family={quoteattr(FONT)} font-size="{TEXT_PX}" fill="{INK}">'
    )
    window = (
        f'<svg y="{top}" width="{side}" height="{side}" viewBox="0 0 {side} {side}" '
        f'overflow="hidden">'
    )
    said = [
        whole,
        f"<title>{escape(sheet.title)}</title>",
        f'<rect width="{side}" height="{height}" fill="{PAPER}"/>',
        *_heading(sheet),
        window,
        f'<rect width="{side}" height="{side}" fill="#f4f4f0"/>',
        *(_drawn(area, plan) for area in sheet.areas if len(area.cells)),
        *_marks(sheet, plan),
        *(_scale(sheet, plan) if sheet.scale else ()),
        *_arrow(sheet),
        *_north(sheet),
        "</svg>",
        *legend,
        "</svg>",
    ]
    return "\n".join(said) + "\n"


@dataclass(frozen=True, slots=True)
class _Plan:
    """From the sphere to the sheet."""

    middle: Floats
    east: Floats
    north: Floats
    m_per_px: float
    half_px: float

    @classmethod
    def of(cls, sheet: Sheet) -> "_Plan":
        middle = unit_of(sheet.lat_deg, sheet.lon_deg)
        east, north = compass(sheet.lat_deg, sheet.lon_deg)
        half_px = sheet.size_px / 2
        plan = cls(middle, east, north, 1.0, half_px)
        farthest_m = max(sheet.radius_m_min, *plan.spread(sheet))
        return cls(middle, east, north, farthest_m / (half_px * 0.94), half_px)

    def spread(self, sheet: Sheet) -> Iterator[float]:
        """Yield how far from the middle what must be seen reaches, in metres."""
        yield 0.0
        for area in sheet.areas:
            points, radii_m = balls_of(area.cells)
            yield float((np.abs(self.metres(points)).max(axis=1) + radii_m).max(initial=0))
        for mark in sheet.marks:
            if not mark.optional:
                at = self.metres(unit_of(mark.lat_deg, mark.lon_deg)[None, :])
                yield float(np.abs(at).max()) + mark.radius_m

    def metres(self, points: Floats) -> Floats:
        """Return metres east and north of the middle, one row a point."""
        across = np.stack([points @ self.east, points @ self.north], axis=1)
        away_m = distances_m(points, self.middle)
        length = np.sqrt((across**2).sum(axis=1))
        found: Floats = across * (away_m / np.where(length > 0, length, 1.0))[:, None]
        return found

    def pixels(self, points: Floats) -> Floats:
        """Return x and y on the sheet, one row a point."""
        found: Floats = self.metres(points) / self.m_per_px * [1, -1] + self.half_px
        return found

    def at(self, mark: Mark) -> tuple[float, float]:
        x, y = self.pixels(unit_of(mark.lat_deg, mark.lon_deg)[None, :])[0].tolist()
        return x, y


def _n(value: float) -> str:
    """Return a number with at most one digit after the point."""
    return f"{round(value, 1) + 0.0:g}"


def _drawn(area: Area, plan: _Plan) -> str:
    even = levelled(area.cells, CELLS_DRAWN_MAX)
    paths = []
    for line in rims(even) if area.fill == "none" else rings(even):
        points = np.round(plan.pixels(line), 1).tolist()
        paths.append("M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points))
    close = "" if area.fill == "none" else "Z"
    stroke = area.stroke or area.fill  # a fill's own colour closes the seams between resolutions
    dashes = ' stroke-dasharray="7 4"' if area.dashed else ""
    width = "1.8" if area.stroke else "0.7"
    return (
        f'<path d="{"".join(one + close for one in paths)}" fill="{area.fill}" stroke="{stroke}" '
        f'stroke-width="{width}"{dashes}/>'
    )


def _headlines(sheet: Sheet) -> list[tuple[str, bool]]:
    """Return the title and what stands under it, line by line, and which of it is the title."""
    room_px = sheet.size_px - 2 * EDGE_PX
    title = [(one, True) for one in wrapped(sheet.title, room_px / BOLD)]
    return title + [(one, False) for line in sheet.lines for one in wrapped(line, room_px)]


def wrapped(text: str, room_px: float) -> list[str]:
    """Return a text in lines that fit, broken at blanks, or anywhere in Chinese."""
    lines = [""]
    for word in re.findall(r"[\u2e80-\uffef]|[^\u2e80-\uffef\s]+\s*|\s+", text):
        if lines[-1] and width_px((lines[-1] + word).rstrip()) > room_px:
            lines.append("")
        lines[-1] += word
    return [line.rstrip() for line in lines]


def _heading(sheet: Sheet) -> Iterator[str]:
    y = EDGE_PX + TEXT_PX // 2
    for number, (line, is_title) in enumerate(_headlines(sheet)):
        colour = "" if is_title else GREY
        yield _text(EDGE_PX, y + LINE_PX * number, line, bold=is_title, colour=colour)


def _text(
    x: float, y: float, text: str, *, anchor: str = "", bold: bool = False, colour: str = ""
) -> str:
    more = "".join(
        [
            f' text-anchor="{anchor}"' if anchor else "",
            ' font-weight="700"' if bold else "",
            f' fill="{colour}"' if colour else "",
        ]
    )
    return f'<text x="{_n(x)}" y="{_n(y)}"{more}>{escape(text)}</text>'


def _marks(sheet: Sheet, plan: _Plan) -> Iterator[str]:
    """Draw all marks, the most important on top, and the labels that find room."""
    placed = [(mark, *plan.at(mark)) for mark in sheet.marks]
    seen = [
        (mark, x, y) for mark, x, y in placed if 0 <= x <= sheet.size_px and 0 <= y <= sheet.size_px
    ]
    for mark, x, y in seen:
        radius_px = mark.radius_m / plan.m_per_px
        if radius_px > SIGN_PX:
            yield (
                f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius_px)}" fill="none" '
                f'stroke="{mark.colour}" stroke-dasharray="3 3"/>'
            )
    for mark, x, y in reversed(seen):
        yield from _sign(mark, x, y)
    taken = [_around(x, y) for mark, x, y in seen if mark.shape != "name"]
    taken += _furniture(sheet.size_px)
    for mark, x, y in seen:
        if mark.label and (box := _room(mark, x, y, taken, sheet.size_px)):
            taken.append(box)
            if mark.shape == "name":
                yield f'<circle cx="{_n(x)}" cy="{_n(y)}" r="1.8" fill="{mark.colour}"/>'
            yield (
                f'<text x="{_n(box[0])}" y="{_n(box[3] - 4)}" fill="{mark.colour}" '
                f'stroke="{PAPER}" stroke-width="3" paint-order="stroke">'
                f"{escape(mark.label)}</text>"
            )


_Box = tuple[float, float, float, float]


def _room(mark: Mark, x: float, y: float, taken: Iterable[_Box], size_px: int) -> _Box | None:
    """Return where a label fits: right, left, over or under its mark."""
    wide, high = width_px(mark.label), TEXT_PX + 3.0
    away = SIGN_PX / 2 if mark.shape == "name" else SIGN_PX
    own = _around(x, y)
    for left, top in (
        (x + away, y - high / 2),
        (x - away - wide, y - high / 2),
        (x - wide / 2, y - away - high),
        (x - wide / 2, y + away),
    ):
        box = (left, top, left + wide, top + high)
        inside = left >= 0 and top >= 0 and box[2] <= size_px and box[3] <= size_px
        if inside and not any(_meet(box, one) for one in taken if one != own):
            return box
    return None


def _around(x: float, y: float) -> _Box:
    return x - 6, y - 6, x + 6, y + 6


def _furniture(size_px: int) -> tuple[_Box, _Box]:
    """Return where the scale bar and the arrow to the north stand."""
    side = float(size_px)
    return (
        (0.0, side - 2 * LINE_PX, side * SCALE_PART + 2 * EDGE_PX, side),
        (side - 2 * LINE_PX, 0.0, side, 2.0 * LINE_PX),
    )


def _meet(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def width_px(text: str) -> float:
    """Return about how wide a text is: an em for a Chinese character, else six tenths."""
    return TEXT_PX * sum(1.0 if east_asian_width(one) in "WF" else 0.6 for one in text)


def _sign(mark: Mark, x: float, y: float) -> Iterator[str]:
    colour, rim = mark.colour, f'stroke="{PAPER}" stroke-width="1"'
    match mark.shape:
        case "dot":
            yield f'<circle cx="{_n(x)}" cy="{_n(y)}" r="4" fill="{colour}" {rim}/>'
        case "ring":
            yield (
                f'<circle cx="{_n(x)}" cy="{_n(y)}" r="5" fill="{PAPER}" '
                f'stroke="{colour}" stroke-width="2"/>'
            )
        case "square":
            yield (
                f'<rect x="{_n(x - 4)}" y="{_n(y - 4)}" width="8" height="8" '
                f'fill="{colour}" {rim}/>'
            )
        case "cross":
            yield (
                f'<path d="M{_n(x - 6)} {_n(y - 6)}L{_n(x + 6)} {_n(y + 6)}'
                f'M{_n(x - 6)} {_n(y + 6)}L{_n(x + 6)} {_n(y - 6)}" '
                f'stroke="{colour}" stroke-width="3"/>'
            )


def _scale(sheet: Sheet, plan: _Plan) -> Iterator[str]:
    """Draw the scale bar."""
    room_m = sheet.size_px * SCALE_PART * plan.m_per_px
    bar_m = _round_below(room_m)
    wide, y, x = bar_m / plan.m_per_px, sheet.size_px - EDGE_PX, float(EDGE_PX)
    said = f"{bar_m / KM:g} km" if bar_m >= KM else f"{bar_m:g} m"
    yield f'<path d="M{_n(x)} {y - 5}V{y}H{_n(x + wide)}V{y - 5}" fill="none" stroke="{INK}"/>'
    yield _text(x + wide / 2, y - 6, said, anchor="middle")


def _north(sheet: Sheet) -> Iterator[str]:
    top, right = EDGE_PX + 10, sheet.size_px - EDGE_PX
    yield f'<path d="M{right - 4} {top + 12}L{right} {top}L{right + 4} {top + 12}Z" fill="{INK}"/>'
    yield _text(right, top - 4, sheet.north, anchor="middle")


def _arrow(sheet: Sheet) -> Iterator[str]:
    """Draw an arrow from the rim towards the middle, with its label behind it."""
    if sheet.arrow is None:
        return
    turn, half = math.radians(sheet.arrow[0]), sheet.size_px / 2
    x, y = math.sin(turn), -math.cos(turn)
    head, tail = half * 0.25, half * 0.66
    back = head + 14
    corners = (
        (head * x, head * y),
        (back * x - 8 * y, back * y + 8 * x),
        (back * x + 8 * y, back * y - 8 * x),
    )
    shape = "L".join(f"{_n(half + dx)} {_n(half + dy)}" for dx, dy in corners)
    yield (
        f'<path d="M{_n(half + tail * x)} {_n(half + tail * y)}L{_n(half + back * x)} '
        f'{_n(half + back * y)}" stroke="{WARN}" stroke-width="6"/>'
    )
    yield f'<path d="M{shape}Z" fill="{WARN}"/>'
    away = half * 0.8
    yield _text(half + away * x * 0.8, half + away * y + 4, sheet.arrow[1], anchor="middle")


def _round_below(metres: float) -> float:
    """Return the largest of 1, 2, 5, 10, 20 … that fits."""
    power = 10.0 ** math.floor(math.log10(metres))
    return next(step * power for step in (5, 2, 1) if step * power <= metres)


def _legend(sheet: Sheet, top: float) -> Iterator[str]:
    rows: Sequence[Area | Mark] = [*(one for one in sheet.areas if one.label), *sheet.keys]
    for number, one in enumerate(rows):
        y = top + LINE_PX * number
        if isinstance(one, Area):
            dashes = ' stroke-dasharray="7 4"' if one.dashed else ""
            said = (
                f'<rect x="{EDGE_PX}" y="{_n(y - 11)}" width="22" height="12" fill="{one.fill}" '
                f'stroke="{one.stroke or one.fill}"{dashes}/>'
            )
        else:
            said = "".join(_sign(one, EDGE_PX + 11, y - 5))
        yield said + _text(EDGE_PX + 30, y, one.label)
