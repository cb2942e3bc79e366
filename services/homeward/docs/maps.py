"""The maps of docs/reach: what the field answers where mapping is hard."""

from collections.abc import Iterator
from typing import Final

from homeward import policies
from homeward.formats.mapsvg import Area, Mark, Sheet, svg
from homeward.geography.sphere import centre_deg
from homeward.policies.known import Source
from homeward.testing.hardplaces import HARD, HardPlace

BANDS: Final = ((0.9, "#fde0c5"), (0.75, "#f59e72"), (0.5, "#c2453c"))
FOLDER: Final = "reach"
MAPS: Final = tuple(f"{FOLDER}/{name}.svg" for name in HARD)


def maps() -> Iterator[tuple[str, str]]:
    """Return (name in docs, content) of every map."""
    for path, (name, place) in zip(MAPS, HARD.items(), strict=True):
        yield path, svg(_sheet(name, place))


def page() -> str:
    """Return the page that shows them."""
    rows = "\n".join(
        f"## {name}\n\n{place.what}.\n\n![{name}]({name}.svg)\n" for name, place in HARD.items()
    )
    return (
        "# Where mapping is hard\n\n"
        "What `field` answers in the cases of `streams/homeward/testing/hardplaces.py`: the fewest "
        "cells that\nhold the person with 50, 75 and 90 %, and (the line) the area that is told. "
        "`tests/streams/policies/test_hard_places.py`\njudges the same cases. Written by "
        "`python -m homeward.docs`.\n\n" + rows
    )


def _sheet(name: str, place: HardPlace) -> Sheet:
    policy = policies.policy_of(policies.DEFAULT)
    surface = policy.surface(place.known, place.at)
    told = policy.area(place.known, place.at)
    bands = [
        Area(surface.chosen(surface.holding(share)), f"{share:.0%}", fill) for share, fill in BANDS
    ]
    lat_deg, lon_deg = centre_deg(told.focus)
    return Sheet(
        lat_deg,
        lon_deg,
        title=f"{name}: {place.minutes} minutes after",
        areas=(*bands, Area(told.cells, "told", stroke="#1a1a1a")),
        marks=tuple(_mark(one) for one in place.known.sources),
    )


def _mark(source: Source) -> Mark:
    return Mark(*centre_deg(source.cell), shape="ring", radius_m=float(source.error_m))
