"""What a parent types as a place: coordinates as a map shows them, or the name of a county.

``seats.csv`` holds the seats of Chinese counties in WGS-84 with half their width as accuracy: seats
from cpca 0.5.5 (MIT), areas from CTAmap's boundaries of 2021 by way of tudigong (MIT).
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from homeward.http.bodies import ACCURACY_M, PlaceBody
from homeward.words import Datum

CHOICES_MAX: Final = 30
_PAIR: Final = re.compile(
    r"\D*?([+-]?\d{1,3}(?:\.\d{1,15})?)\s*°?\s*[NnSs北]?\s*[,,;、\s]\s*"
    r"[东EeWw]?\s*([+-]?\d{1,3}(?:\.\d{1,15})?)\s*°?\s*[EeWw东]?\s*"
)
_SUFFIX: Final = re.compile(r"(自治[县州旗区]|特别行政区|[省市县区旗盟州]|地区)$")


@dataclass(frozen=True, slots=True)
class Seat:
    """A county and its seat."""

    province: str
    prefecture: str
    county: str
    lat: float
    lon: float
    accuracy_m: int

    @property
    def name(self) -> str:
        """The whole name, by which one county is meant and no other."""
        middle = "" if self.prefecture in {"市辖区", "县"} else self.prefecture
        return f"{self.province}{middle}{self.county}"

    def place(self) -> PlaceBody:
        """Return the seat as a place."""
        return PlaceBody(lat=self.lat, lon=self.lon, datum=Datum.WGS84, accuracy_m=self.accuracy_m)


def _bare(name: str) -> str:
    return _SUFFIX.sub("", name) if len(name) > 2 else name  # noqa: PLR2004 - 沙市 is a name


@cache
def seats() -> Mapping[str, tuple[Seat, ...]]:
    """Return counties by each way in which people write them."""
    found: dict[str, list[Seat]] = {}
    text = files("homeward.http.pages").joinpath("seats.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        seat = Seat(
            row["province"],
            row["prefecture"],
            row["county"],
            float(row["lat"]),
            float(row["lon"]),
            int(row["accuracy_m"]),
        )
        for key in _keys(seat):
            found.setdefault(key, []).append(seat)
    return {key: tuple(some) for key, some in found.items()}


def _keys(seat: Seat) -> set[str]:
    """Return a county's name with or without its suffix, alone and behind what holds it."""
    inner = {seat.county, _bare(seat.county)}
    outer = {"", seat.province, _bare(seat.province), seat.prefecture, _bare(seat.prefecture)}
    outer |= {
        province + prefecture
        for province in (seat.province, _bare(seat.province))
        for prefecture in (seat.prefecture, _bare(seat.prefecture))
    }
    return {before + name for before in outer for name in inner} | {seat.name}


def pair(text: str) -> tuple[float, float] | None:
    """Return the coordinates that a text is, latitude first; None when it is none."""
    found = _PAIR.fullmatch(text.strip())
    return (float(found[1]), float(found[2])) if found else None


def whereabouts(text: str, datum: Datum) -> PlaceBody | Sequence[Seat]:
    """Return the place that a text means, or the counties it may mean; none: it means nothing."""
    if (found := pair(text)) is not None:
        return PlaceBody(lat=found[0], lon=found[1], datum=datum, accuracy_m=ACCURACY_M)
    named = seats().get(re.sub(r"\s+", "", text), ())
    return named[0].place() if len(named) == 1 else named[:CHOICES_MAX]
