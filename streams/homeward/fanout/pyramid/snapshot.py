"""What an index knew at one moment: rows under a pyramid, people by rank. Never changed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from homeward.fanout.areas import Among, Anywhere, Area, CellSet
from homeward.fanout.pyramid.fast import Steps
from homeward.fanout.pyramid.levels import Level, levels_of
from homeward.fanout.pyramid.ranges import Indices, spread
from homeward.fanout.pyramid.ranks import Marks, Ordinals, Ranks
from homeward.fanout.pyramid.rows import Rows
from homeward.fanout.pyramid.shapes import Band, shape_of
from homeward.fanout.pyramid.walk import Found, compiled_walk, walk, within_cells


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Rows sorted by key; people sorted by ordinal."""

    rows: Rows
    levels: tuple[Level, ...]
    coarse: tuple[int, ...]
    """The resolutions that rows have, or had."""
    ranks: Ranks
    wishes: NDArray[np.uint32]
    """Of each person (`Wishes`)."""
    firsts: NDArray[np.uint32]
    """Of each person: where in ``mates`` their rows begin; one more entry."""
    mates: NDArray[np.uint32]
    """Rows in the order of their owners."""
    row_wishes: NDArray[np.uint32]
    """Of each row: twice its owner's, and one more if that owner has other rows."""
    marks: Marks
    alone: bool
    """Nobody has two rows."""
    steps: Steps | None
    """Of the walk, compiled."""

    @classmethod
    def of(
        cls,
        ranks: Ranks,
        wishes: NDArray[np.uint32],
        rows: Rows,
        coarse: tuple[int, ...],
        steps: Steps | None,
    ) -> "Snapshot":
        """Return the snapshot of rows sorted by key, whose owners are ranks."""
        counts = np.bincount(rows.owners, minlength=len(ranks))
        firsts = np.concatenate([[0], counts.cumsum()]).astype(np.uint32)
        return cls(
            rows=rows,
            levels=levels_of(rows),
            coarse=coarse,
            ranks=ranks,
            wishes=wishes,
            firsts=firsts,
            mates=_by_owner(rows.owners, counts),
            row_wishes=(wishes * np.uint32(2) + (counts > 1)).take(rows.owners),
            marks=Marks(len(ranks)),
            alone=bool(counts.max(initial=0) <= 1),
            steps=steps,
        )

    def __len__(self) -> int:
        """Return how many people it knows."""
        return len(self.ranks)

    @property
    def people(self) -> Ordinals:
        """By rank: ascending."""
        return self.ranks.people

    def rows_in(self, area: Area) -> Found:
        """Return the rows inside a drawn area or a cell set."""
        if isinstance(area, CellSet):
            return within_cells(self.rows, self.coarse, area)
        if isinstance(area, Among | Anywhere):
            raise TypeError(type(area).__name__)
        shape = shape_of(area)
        if self.steps is not None and isinstance(shape, Band):
            return compiled_walk(self.steps, self.levels, self.rows, area, shape)
        return walk(self.levels, self.rows, area, shape)

    def find(self, ordinals: Ordinals) -> Indices:
        """Return the ranks of those whom it knows among ascending ordinals."""
        return self.ranks.known(ordinals)

    def counts(self, ranks: Indices) -> Indices:
        """Return how many rows each has."""
        counts: Indices = self.firsts.take(ranks + 1).astype(np.int64) - self.firsts.take(ranks)
        return counts

    def rows_of(self, ranks: Indices) -> tuple[Indices, Indices]:
        """Return people's rows, and how many each has."""
        starts = self.firsts.take(ranks).astype(np.int64)
        ends = self.firsts.take(ranks + 1).astype(np.int64)
        counts = ends - starts
        if self.alone and counts.all():
            return self.mates.take(starts).astype(np.int64), counts
        return self.mates.take(spread(starts, ends)).astype(np.int64), counts


def _by_owner(owners: NDArray[np.uint32], counts: Indices) -> NDArray[np.uint32]:
    if len(counts) and counts.min() == counts.max() == 1:
        mates = np.empty(len(owners), np.uint32)
        mates[owners] = np.arange(len(owners), dtype=np.uint32)
        return mates
    firsts = counts.cumsum() - counts
    mates = np.empty(len(owners), np.uint32)
    several = (counts > 1).take(owners)
    single = (~several).nonzero()[0]
    mates[firsts.take(owners.take(single))] = single
    rows = several.nonzero()[0].astype(np.uint64)
    order = (owners[several].astype(np.uint64) << np.uint64(32)) | rows
    order.sort()
    some = (counts > 1).nonzero()[0]
    mates[spread(firsts[some], firsts[some] + counts[some])] = order.astype(np.uint32)
    return mates
