"""What changed since the snapshot: who stands there no more, and everybody's newest rows.

Nothing is sorted here, so a change costs the same however many there are; a match looks at all
rows, which is why they are merged before long.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from homeward.fanout.areas import Among, Anywhere, Area, CellSet
from homeward.fanout.columns import NO_CELL, LaneColumns
from homeward.fanout.pyramid.growing import Growing
from homeward.fanout.pyramid.ranges import Indices, distinct, spread
from homeward.fanout.pyramid.ranks import NOBODY, Marks, Ordinals, Ranks
from homeward.fanout.pyramid.rows import Rows, measured
from homeward.fanout.pyramid.shapes import shape_of
from homeward.fanout.pyramid.walk import meets_drawn
from homeward.geography.cells import Cells, keys, meets

UNTOUCHED: Final = -1
GONE: Final = -2


@dataclass(frozen=True, slots=True)
class Frozen:
    """A delta as it was at one moment, for a thread; people by rank here, each once."""

    people: Ordinals
    wishes: NDArray[np.uint32]
    cells: Cells
    owners: NDArray[np.uint32]
    dead: NDArray[np.bool_]
    """Of the snapshot's people: changed or gone."""
    entries: int
    """How many entries had been made."""


class Delta:
    """Entries (a person each, as they were at some time) beside a snapshot's people."""

    def __init__(self, ranks: Ranks) -> None:
        self._ranks = ranks
        self._entry = np.full(len(ranks), UNTOUCHED, np.int32)
        self._strangers: dict[int, int] = {}
        """Entries of people whom the snapshot does not know."""
        self._people: Growing[np.uint32] = Growing(np.uint32)
        self._wishes: Growing[np.uint32] = Growing(np.uint32)
        self._alive: Growing[np.bool_] = Growing(np.bool_)
        self._firsts: Growing[np.int64] = Growing(np.int64)
        self._firsts.append(np.zeros(1, np.int64))
        self._cells: Growing[np.uint64] = Growing(np.uint64)
        self._owners: Growing[np.uint32] = Growing(np.uint32)
        self._packed: Growing[np.int32] = Growing(np.int32, 3)
        self._radii_m: Growing[np.float32] = Growing(np.float32)
        self.living = 0
        """Entries that stand."""
        self.dead = 0
        """People of the snapshot who stand there no more."""

    def __len__(self) -> int:
        """Return how many entries were ever made."""
        return len(self._people)

    @property
    def people(self) -> Ordinals:
        """Of each entry."""
        return self._people.values

    @property
    def wishes(self) -> NDArray[np.uint32]:
        """Of each entry."""
        return self._wishes.values

    @property
    def marks(self) -> Marks:
        """For its entries."""
        return Marks(len(self))

    @property
    def rows(self) -> Rows:
        """All rows, unsorted; measured when somebody looks."""
        new = self._cells.values[len(self._radii_m) :]
        if len(new):
            packed, radii_m = measured(new)
            self._packed.append(packed)
            self._radii_m.append(radii_m)
        return Rows(
            keys(self._cells.values),
            self._packed.values,
            self._radii_m.values,
            self._owners.values,
        )

    def kill(self, ordinals: Ordinals) -> None:
        """Let people, each once, stand nowhere."""
        ranks = self._ranks.find(ordinals)
        known = ranks[ranks != NOBODY]
        before = self._entry[known]
        self.dead += int((before == UNTOUCHED).sum())
        entries = before[before >= 0].astype(np.int64)
        self._entry[known] = GONE
        if len(known) < len(ranks) and self._strangers:
            strange = [self._strangers.pop(one, -1) for one in ordinals[ranks == NOBODY].tolist()]
            entries = np.concatenate([entries, np.array([n for n in strange if n >= 0], np.int64)])
        self._alive.values[entries] = False
        self.living -= len(entries)

    def add(
        self, people: Ordinals, wishes: NDArray[np.uint32], counts: Indices, cells: Cells
    ) -> None:
        """Let people, who stand nowhere, stand here with so many cells each."""
        first = len(self)
        numbers = np.arange(first, first + len(people))
        self._people.append(people)
        self._wishes.append(wishes)
        self._alive.append(np.ones(len(people), np.bool_))
        self._firsts.append(self._firsts.values[-1] + counts.cumsum())
        self._cells.append(cells)
        self._owners.append(numbers.repeat(counts).astype(np.uint32))
        ranks = self._ranks.find(people)
        known = ranks != NOBODY
        self._entry[ranks[known]] = numbers[known]
        if not known.all():
            strange = zip(people[~known].tolist(), numbers[~known].tolist(), strict=True)
            self._strangers.update(strange)
        self.living += len(people)

    def untouched(self, ranks: Indices) -> Indices:
        """Return those of the snapshot's people who still stand there."""
        return ranks[~self.touched(ranks)] if self.dead else ranks

    def touched(self, ranks: Indices) -> NDArray[np.bool_]:
        """Return which of the snapshot's people stand there no more."""
        gone: NDArray[np.bool_] = self._entry.take(ranks) != UNTOUCHED
        return gone

    def find(self, ordinals: Ordinals) -> Indices:
        """Return the entries that stand for people, ascending by ordinal."""
        ranks = self._ranks.find(ordinals)
        found = np.full(len(ordinals), -1, np.int64)
        known = ranks != NOBODY
        found[known] = self._entry[ranks[known]]
        if self._strangers:
            strange = ordinals[~known].tolist()
            found[~known] = [self._strangers.get(one, -1) for one in strange]
        return found[found >= 0]

    def inside(self, area: Area) -> Indices:
        """Return the entries inside, ascending by ordinal."""
        match area:
            case Anywhere():
                found = self._alive.values.nonzero()[0]
            case Among():
                return self.find(np.array(area.ordinals.to_array(), np.uint32))
            case _:
                rows = self.rows
                at = self._alive.values.take(rows.owners).nonzero()[0]
                owners = rows.owners.take(at[rows_meet(rows, at, area)])
                found = distinct(owners).astype(np.int64)
        return found[np.argsort(self.people[found])]

    def rows_of(self, entries: Indices) -> tuple[Indices, Indices]:
        """Return people's rows, and how many each has."""
        firsts = self._firsts.values
        starts, ends = firsts.take(entries), firsts.take(entries + 1)
        return spread(starts, ends), ends - starts

    def frozen(self) -> Frozen:
        """Return what stands, copied."""
        alive = self._alive.values.nonzero()[0]
        alive = alive[np.argsort(self.people[alive])]
        at, counts = self.rows_of(alive)
        return Frozen(
            people=self.people[alive],
            wishes=self.wishes[alive],
            cells=self._cells.values[at],
            owners=np.arange(len(alive)).repeat(counts).astype(np.uint32),
            dead=self._entry != UNTOUCHED,
            entries=len(self),
        )

    def after(
        self,
        entries: int,
        ranks: Ranks,
        touched: Ordinals,
        numbered: Callable[[NDArray[np.uint32]], NDArray[np.uint32]],
    ) -> "Delta":
        """Return what was added after so many entries, beside a snapshot that holds the rest.

        ``touched`` are all who changed or left since then; ``numbered`` gives their wishes' new
        numbers.
        """
        new = Delta(ranks)
        new.kill(touched)
        kept = self._alive.values[entries:].nonzero()[0] + entries
        at, counts = self.rows_of(kept)
        new.add(self.people[kept], numbered(self.wishes[kept]), counts, self._cells.values[at])
        return new


def rows_meet(rows: Rows, at: Indices, area: Area) -> NDArray[np.bool_]:
    """Return which rows are inside an area of places."""
    match area:
        case CellSet():
            return meets(area.cells, rows.cells(at))
        case Among() | Anywhere():
            raise TypeError(type(area).__name__)
        case _:
            return meets_drawn(rows, at, area, shape_of(area))


def people_of(columns: LaneColumns) -> tuple[Ordinals, Indices, Indices, Cells]:
    """Return a lane's people ascending: ordinals, their first rows, how many cells, the cells."""
    owners = columns.ordinals
    order = np.arange(len(owners))
    if len(owners) and not (owners[1:] >= owners[:-1]).all():
        order = np.argsort(owners, kind="stable")
        owners = owners[order]
    starts = np.concatenate([[True], owners[1:] != owners[:-1]]).nonzero()[0][: len(owners)]
    cells = columns.cells[order]
    placed = cells != NO_CELL
    counts = np.add.reduceat(placed, starts, dtype=np.int64) if len(starts) else starts
    return owners[starts], order[starts], counts, cells[placed]
