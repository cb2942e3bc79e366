"""A snapshot made of columns, or of an older snapshot and what changed since."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from homeward.fanout.columns import LaneColumns
from homeward.fanout.pyramid.delta import Frozen, people_of
from homeward.fanout.pyramid.fast import Steps
from homeward.fanout.pyramid.ranges import Indices
from homeward.fanout.pyramid.rows import Rows, rows_of
from homeward.fanout.pyramid.snapshot import Snapshot
from homeward.fanout.pyramid.wishes import Wishes

_T = TypeVar("_T", bound=np.generic)


def built(columns: LaneColumns, wishes: Wishes, steps: Steps | None) -> Snapshot:
    """Return the snapshot of a lane's columns."""
    people, first, counts, cells = people_of(columns)
    owners = np.arange(len(people), dtype=np.uint32).repeat(counts)
    return Snapshot.of(people, wishes.number(columns, first), rows_of(cells, owners), steps)


def merged(old: Snapshot, new: Frozen) -> Snapshot:
    """Return the old snapshot with what changed in the place of what stood there."""
    fresh = rows_of(new.cells, new.owners)
    stays = ~new.dead
    people = old.ranks.people[stays]
    # Where each one stands among all: what is before it on its own side, and on the other.
    old_at = np.arange(len(people)) + np.searchsorted(new.people, people)
    new_at = np.arange(len(new.people)) + np.searchsorted(people, new.people)
    everybody = np.empty(len(people) + len(new.people), np.uint32)
    everybody[old_at], everybody[new_at] = people, new.people
    wishes = np.empty(len(everybody), np.uint32)
    wishes[old_at], wishes[new_at] = old.wishes[stays], new.wishes
    ranks = np.zeros(len(old), np.uint32)
    ranks[stays] = old_at
    kept = old.rows
    if not stays.all():
        kept = kept.take(stays[kept.owners])
    places = np.searchsorted(kept.keys, fresh.keys) + np.arange(len(fresh))
    among = np.ones(len(kept) + len(fresh), np.bool_)
    among[places] = False
    return Snapshot.of(
        everybody,
        wishes,
        Rows(
            keys=_woven(kept.keys, fresh.keys, among, places),
            packed=_woven(kept.packed, fresh.packed, among, places),
            radii_m=_woven(kept.radii_m, fresh.radii_m, among, places),
            owners=_woven(
                ranks[kept.owners], new_at.astype(np.uint32)[fresh.owners], among, places
            ),
        ),
        old.steps,
    )


def _woven(
    old: NDArray[_T], new: NDArray[_T], among: NDArray[np.bool_], places: Indices
) -> NDArray[_T]:
    """Return old entries where ``among`` says so, and the new ones at their places."""
    whole = np.empty((len(among), *old.shape[1:]), old.dtype)
    whole[among] = old
    whole[places] = new
    return whole
