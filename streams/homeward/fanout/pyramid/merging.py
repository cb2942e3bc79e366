"""A snapshot made of columns, or of an older snapshot and what changed since."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from homeward.fanout.columns import LaneColumns
from homeward.fanout.pyramid.delta import Frozen, people_of
from homeward.fanout.pyramid.fast import Steps
from homeward.fanout.pyramid.ranges import Indices
from homeward.fanout.pyramid.ranks import Ranks
from homeward.fanout.pyramid.rows import Rows, rows_of
from homeward.fanout.pyramid.snapshot import Snapshot
from homeward.fanout.pyramid.wishes import Wishes
from homeward.geography.cells import RES_MAX, Cells, resolutions

_T = TypeVar("_T", bound=np.generic)


def built(columns: LaneColumns, wishes: Wishes, steps: Steps | None) -> Snapshot:
    """Return the snapshot of a lane's columns."""
    people, first, counts, cells = people_of(columns)
    owners = np.arange(len(people), dtype=np.uint32).repeat(counts)
    numbers, rows = wishes.number(columns, first), rows_of(cells, owners)
    return Snapshot.of(Ranks.of(people), numbers, rows, _resolutions(cells), steps)


def merged(old: Snapshot, new: Frozen, known: Wishes) -> tuple[Snapshot, Wishes]:
    """Return the old snapshot with what changed in the place of what stood there.

    With it come the wishes that number its people's: others than ``known`` when few of those are
    in use.
    """
    fresh = rows_of(new.cells, new.owners)
    stays = ~new.dead
    everybody, wishes, old_at, new_at = _people(old, new, stays)
    kept = stays.take(old.rows.owners).nonzero()[0]
    places = np.searchsorted(old.rows.keys.take(kept), fresh.keys) + np.arange(len(fresh))
    among = np.ones(len(kept) + len(fresh), np.bool_)
    among[places] = False
    source = np.empty(len(among), np.int64)
    source[among] = kept
    source[places] = len(old.rows) + np.arange(len(fresh))
    owners = (old_at.take(old.rows.owners), new_at.take(fresh.owners))
    rows = Rows(
        keys=_woven(old.rows.keys, fresh.keys, source),
        packed=_woven(old.rows.packed, fresh.packed, source),
        radii_m=_woven(old.rows.radii_m, fresh.radii_m, source),
        owners=_woven(*owners, source),
    )
    coarse = tuple(sorted({*old.coarse, *_resolutions(new.cells)}))
    known, wishes = known.fewer(wishes) or (known, wishes)
    return Snapshot.of(everybody, wishes, rows, coarse, old.steps), known


def _people(
    old: Snapshot, new: Frozen, stays: NDArray[np.bool_]
) -> tuple[Ranks, NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint32]]:
    """Return everybody, their wishes, and where the old ones and the new ones stand among them."""
    changed = new.dead.nonzero()[0]
    if np.array_equal(old.people.take(changed), new.people):  # nobody came and nobody left
        wishes = old.wishes.copy()
        wishes[changed] = new.wishes
        return old.ranks, wishes, np.arange(len(old), dtype=np.uint32), changed.astype(np.uint32)
    people = old.people[stays]
    # Where each one stands among all: what is before it on its own side, and on the other.
    kept_at = np.arange(len(people)) + np.searchsorted(new.people, people)
    new_at = np.arange(len(new.people)) + np.searchsorted(people, new.people)
    everybody = np.empty(len(people) + len(new.people), np.uint32)
    everybody[kept_at], everybody[new_at] = people, new.people
    wishes = np.empty(len(everybody), np.uint32)
    wishes[kept_at], wishes[new_at] = old.wishes[stays], new.wishes
    old_at = np.zeros(len(old), np.uint32)
    old_at[stays] = kept_at
    return Ranks.of(everybody), wishes, old_at, new_at.astype(np.uint32)


def _resolutions(cells: Cells) -> tuple[int, ...]:
    counts = np.bincount(resolutions(cells).astype(np.uint8), minlength=RES_MAX + 1)
    return tuple(counts.nonzero()[0].tolist())


def _woven(old: NDArray[_T], new: NDArray[_T], source: Indices) -> NDArray[_T]:
    """Return old entries and new ones, in the order that ``source`` says."""
    whole: NDArray[_T] = np.concatenate([old, new]).take(source, axis=0)
    return whole
