"""Sets of cells of mixed resolutions, as sorted arrays of 64-bit H3 ids.

An id with its resolution bits masked is a *key*: keys sort by base cell and digits, and all that
lies below a cell is one contiguous range of keys which ends with the cell's own. So containment,
subtraction and compaction are comparisons of integers; nothing here calls H3. A set means the
finest places below its cells: two sets are equal in meaning when they cover the same of those.
"""

from collections.abc import Iterable
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

CELL_BYTES: Final = 8
RES_MAX: Final = 15
_RES_AT: Final = np.uint64(52)
_RES_BITS: Final = np.uint64(0xF << 52)
_ONE: Final = np.uint64(1)
_DIGIT: Final = np.uint64(7)
_BASE_AT: Final = np.uint64(45)
_BASE_BITS: Final = np.uint64(0x7F)
_PENTAGON_BASES: Final = [4, 14, 24, 38, 49, 58, 63, 72, 83, 97, 107, 117]
_IS_PENTAGON: Final = np.isin(np.arange(128), _PENTAGON_BASES)
"""By base cell: looked up for each set of children, ten times as quick as a search."""
_CHILDREN: Final = 7
_MISSING_IN_PENTAGONS: Final = 1

Cells: TypeAlias = NDArray[np.uint64]
NOWHERE: Final[Cells] = np.empty(0, np.uint64)


def cells_from(texts: Iterable[str]) -> Cells:
    """Return the set of cells written in hex."""
    return np.unique(np.array([int(text, 16) for text in texts], np.uint64))


def to_bytes(cells: Cells) -> bytes:
    """Return a set as facts keep it: sorted, big-endian, 8 bytes a cell."""
    return np.unique(cells).astype(">u8").tobytes()


def from_bytes(raw: bytes) -> Cells:
    """Return the set that was kept. Raises ValueError when its length is no multiple of 8."""
    return np.frombuffer(raw, ">u8").astype(np.uint64)


def resolutions(cells: Cells) -> NDArray[np.uint64]:
    """Return each cell's resolution."""
    return (cells & _RES_BITS) >> _RES_AT


def keys(cells: Cells) -> Cells:
    """Return the ids with the resolution masked: the upper end of each cell's range."""
    return cells & ~_RES_BITS


def range_starts(cells: Cells) -> Cells:
    """Return the lower end of each cell's range of keys."""
    return keys(cells) & ~((_ONE << _shifts(resolutions(cells))) - _ONE)


def _shifts(res: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Bits below the digit of a resolution."""
    return np.uint64(3) * (np.uint64(RES_MAX) - res)


def outermost(cells: Cells) -> Cells:
    """Return the cells that lie below no other of the set, in the order of their keys."""
    starts, ends = range_starts(cells), keys(cells)
    order = np.lexsort((np.iinfo(np.uint64).max - ends, starts))
    starts, ends = starts[order], ends[order]
    # Ranges nest or are apart, and the wider comes first: covered is what ends before the widest.
    reach = np.maximum.accumulate(ends)
    kept = np.ones(len(order), np.bool_)
    kept[1:] = ends[1:] > reach[:-1]
    return cells[order[kept]]


def is_pentagon(cells: Cells) -> NDArray[np.bool_]:
    """Return which cells have five sides, and so six children."""
    digits = range_starts(cells) & ((_ONE << _BASE_AT) - _ONE)
    bases = (cells >> _BASE_AT) & _BASE_BITS
    found: NDArray[np.bool_] = (digits == 0) & _IS_PENTAGON[bases]
    return found


def parents(cells: Cells) -> Cells:
    """Return each cell's parent; none may be of resolution 0."""
    res = resolutions(cells)
    return (cells - (_ONE << _RES_AT)) | (_DIGIT << _shifts(res))


def children(cells: Cells) -> Cells:
    """Return all children of all cells; none may be of resolution 15."""
    shift = _shifts(resolutions(cells) + _ONE)
    stem = (cells + (_ONE << _RES_AT)) & ~(_DIGIT << shift)
    digits = np.arange(_CHILDREN, dtype=np.uint64)
    grid = stem[:, None] | (digits[None, :] << shift[:, None])
    real = ~(is_pentagon(cells)[:, None] & (digits == _MISSING_IN_PENTAGONS)[None, :])
    found: Cells = grid[real]
    return found


def covers(area: Cells, cells: Cells) -> NDArray[np.bool_]:
    """Return which cells are in the set or below a cell of it."""
    outer = outermost(area)
    if len(outer) == 0:
        return np.zeros(len(cells), np.bool_)
    starts, ends = range_starts(outer), keys(outer)
    at = np.searchsorted(ends, keys(cells))
    near = np.minimum(at, len(outer) - 1)
    found: NDArray[np.bool_] = (at < len(outer)) & (starts[near] <= range_starts(cells))
    return found


def holds_any(cells: Cells, area: Cells) -> NDArray[np.bool_]:
    """Return which cells are in the set or above a cell of it."""
    ends = np.sort(keys(area))
    low = np.searchsorted(ends, range_starts(cells), side="left")
    high = np.searchsorted(ends, keys(cells), side="right")
    return high > low


def meets(area: Cells, cells: Cells) -> NDArray[np.bool_]:
    """Return which cells are in the set, below a cell of it or above one (DESIGN "The rule")."""
    return covers(area, cells) | holds_any(cells, area)


def compacted(cells: Cells) -> Cells:
    """Return the fewest cells that mean the same, sorted by id."""
    left = outermost(cells)
    done = [NOWHERE]
    for res in range(RES_MAX, 0, -1):
        here = resolutions(left) == res
        fine = left[here]
        if len(fine) == 0:
            continue
        above, place, count = np.unique(parents(fine), return_inverse=True, return_counts=True)
        whole = count == np.where(is_pentagon(above), _CHILDREN - 1, _CHILDREN)
        done.append(fine[~whole[place.reshape(-1)]])
        left = np.concatenate([left[~here], above[whole]])
    return np.sort(np.concatenate([left, *done]))


def union(one: Cells, other: Cells) -> Cells:
    """Return what is in either set, compacted."""
    return compacted(np.concatenate([one, other]))


def subtract(area: Cells, less: Cells) -> Cells:
    """Return what is in ``area`` and not in ``less``, exactly: coarse cells are split as needed."""
    left = outermost(area)
    taken = outermost(less)
    kept: list[Cells] = []
    while len(left):
        left = left[~covers(taken, left)]
        split = holds_any(left, taken)
        kept.append(left[~split])
        left = children(left[split])
    return np.sort(np.concatenate([NOWHERE, *kept]))
