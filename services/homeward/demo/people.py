"""Invented people and desks around Linquan, the same ones each time."""

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import h3

from homeward.words import RES_VOLUNTEER_MAX

SEED: Final = 2016
SPREAD_DEG: Final = 0.09
"""Most people of a county live within 10 km of its seat, a tenth farther than 20 (invented)."""
TWO_PLACES: Final = 0.08
"""So many have a second place, work, in another county."""
DESKS: Final = ("值班室 duty desk", "县 county", "省 province", "NGO")
SINK: Final = "http://sink.example"
"""Stands for the receiving side's address in packaged files."""


@dataclass(frozen=True, slots=True)
class County:
    """A county's seat and how many live there."""

    name: str
    lat: float
    lon: float
    people: int


def counties() -> tuple[County, ...]:
    """Return the counties around Linquan."""
    text = _packaged("counties.csv")
    return tuple(
        County(row["county"], float(row["lat"]), float(row["lon"]), int(row["people"]))
        for row in csv.DictReader(io.StringIO(text))
    )


def hubs_csv(sink: str) -> str:
    """Return the invented hubs' file with the sink's address in it."""
    return _packaged("hubs.csv").replace(SINK, sink.rstrip("/"))


def desks_csv(sink: str) -> str:
    """Return a duty desk for each level."""
    lines = [
        f"desk-{level},desk,webhook,{sink.rstrip('/')}/desks/{level},{level}"
        for level in range(len(DESKS))
    ]
    return "\n".join(["id,kind,channel,address,level", *lines]) + "\n"


def volunteers_csv(how_many: int, sink: str) -> str:
    """Return invented volunteers, placed by how many people live where."""
    address = f"{sink.rstrip('/')}/volunteers"
    header = "id,kind,cell1,cell2,lang,severity_min,channel,address"
    lines = [
        f"v-{number:06},volunteer,{home},{work},{lang},moderate,webhook,{address}"
        for number, (home, work, lang) in enumerate(_placed(how_many), 1)
    ]
    return "\n".join([header, *lines]) + "\n"


def _placed(how_many: int) -> Iterator[tuple[str, str, str]]:
    """Yield (home, work or nothing, language), the same whatever the number asked for."""
    chance = random.Random(SEED)  # noqa: S311 -- invented people that are the same each time
    there = counties()
    weights = [one.people for one in there]
    for _ in range(how_many):
        home, work = chance.choices(there, weights, k=2)
        cells = [_near(one, chance) for one in (home, work)]
        second = cells[1] if chance.random() < TWO_PLACES else ""
        yield cells[0], second, "en" if chance.random() < TWO_PLACES else "zh-Hans"


def _near(county: County, chance: random.Random) -> str:
    lat = chance.gauss(county.lat, SPREAD_DEG)
    lon = chance.gauss(county.lon, SPREAD_DEG)
    return str(h3.latlng_to_cell(lat, lon, RES_VOLUNTEER_MAX))


def _packaged(name: str) -> str:
    return (files("homeward.demo") / "data" / name).read_text(encoding="utf-8")
