"""Who should have been told, worked out again the slow way, and held against who was.

Nothing here uses the product's own index or rule: the roster is the file that the demo wrote, the
areas are the cells that the log's facts name, what arrived is the receiving side's file, and "a
cell meets an area" is H3's parents and nothing else.
"""

import csv
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import h3

from homeward.demo.sinkfile import Received
from homeward.facts.callout import ChunksCut
from homeward.facts.case import AlertCancelled, CaseResolved
from homeward.facts.hub import WatchOrdered
from homeward.facts.reach import ReachWidened
from homeward.messages import Recorded
from homeward.words import Audience

Person: TypeAlias = tuple[str, list[str]]
"""A volunteer of the roster file: id, cells."""

TELLING: Final = frozenset({"alert", "watch"})
CELL_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the receiving side's file shows."""

    eligible: int
    told: int
    missing: int
    """Eligible volunteers and ordered hubs that nothing arrived for."""
    outside: int
    """Told although no cell of theirs met any wave."""
    shown_twice: int
    """Different message ids to one contact about one version: they would be seen twice."""
    repeated: int
    """The same message id again: recognised and not shown."""
    close_out_missing: int
    """Addresses, of which a hub has several, that were asked and never heard that it is over."""
    close_out_outside: int
    """Recipients who heard that it is over and had heard of nothing before."""

    @property
    def sound(self) -> bool:
        """Whether nobody was missed and nobody was shown anything twice."""
        return not (
            self.missing
            or self.outside
            or self.shown_twice
            or self.close_out_missing
            or self.close_out_outside
        )


def judged(
    facts: Sequence[Recorded], arrived: Sequence[Received], people: Sequence[Person]
) -> Verdict:
    """Hold what arrived against what the log and the roster file say should have."""
    cut = _waves_cut_before_the_end(facts)
    waves = _waves(facts)
    possible = inside(people, [one.cells or b"" for one in waves])
    due = [one.cells or b"" for one in waves if (one.version, one.wave) in cut]
    eligible = inside(people, due)
    alerted = {one.recipient for one in arrived if one.purpose == "alert"}
    watching = {one.recipient for one in arrived if one.purpose == "watch"}
    ordered = {
        fact.hub for one in facts if isinstance(fact := one.fact, WatchOrdered) and fact.contacts
    }
    told = {(one.recipient, one.path) for one in arrived if one.purpose in TELLING}
    closed = {(one.recipient, one.path) for one in arrived if one.purpose == "close-out"}
    ids: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for one in arrived:
        ids[one.told].append(one.message_id)
    return Verdict(
        eligible=len(eligible),
        told=len(alerted),
        missing=len(eligible - alerted) + len(ordered - watching),
        outside=len(alerted - possible),
        shown_twice=sum(len(set(some)) - 1 for some in ids.values()),
        repeated=sum(len(some) - len(set(some)) for some in ids.values()),
        close_out_missing=len(told - closed),
        close_out_outside=len({who for who, _ in closed} - {who for who, _ in told}),
    )


def _waves(facts: Sequence[Recorded]) -> list[ReachWidened]:
    return [fact for one in facts if isinstance(fact := one.fact, ReachWidened)]


def _waves_cut_before_the_end(facts: Sequence[Recorded]) -> set[tuple[int, int]]:
    """Return (version, wave) of those whose people were found before it was over.

    A wave that widened in the same moment in which the person was found is rightly told to nobody.
    """
    found: set[tuple[int, int]] = set()
    for one in facts:
        if isinstance(one.fact, CaseResolved | AlertCancelled):
            break
        if isinstance(one.fact, ChunksCut) and one.fact.audience is Audience.AREA:
            found.add((one.fact.version, one.fact.wave))
    return found


def people_in(roster: Path) -> list[Person]:
    """Return the volunteers of the roster file."""
    with roster.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return [(row["id"], [one for one in (row["cell1"], row["cell2"]) if one]) for row in rows]


def inside(people: Iterable[Person], areas: Iterable[bytes]) -> set[str]:
    """Return who has a cell that meets one of the areas (cells as facts keep them)."""
    people = list(people)
    area = {cell for cells in areas for cell in _texts(cells)}
    places = {cell for _, cells in people for cell in cells}
    coarser = {res: _parents(area, res) for res in {h3.get_resolution(one) for one in places}}
    met = {cell for cell in places if _meets(cell, area, coarser)}
    return {who for who, cells in people if any(one in met for one in cells)}


def _meets(cell: str, area: Collection[str], coarser: dict[int, set[str]]) -> bool:
    """Whether a cell is in the area, below a cell of it, or above one."""
    res = h3.get_resolution(cell)
    within = any(h3.cell_to_parent(cell, up) in area for up in range(res + 1))
    return within or cell in coarser[res]


def _parents(area: Iterable[str], res: int) -> set[str]:
    return {h3.cell_to_parent(one, res) for one in area if h3.get_resolution(one) > res}


def _texts(cells: bytes) -> list[str]:
    return [cells[at : at + CELL_BYTES].hex()[1:] for at in range(0, len(cells), CELL_BYTES)]
