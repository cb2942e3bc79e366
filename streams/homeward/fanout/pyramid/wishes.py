"""What people want to hear, each combination once: a few hundred stand for millions.

A filter is worked out for the combinations and looked up for people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from homeward.fanout.changing import zone_numbers
from homeward.fanout.columns import LaneColumns
from homeward.fanout.eligible import SLEEPERS
from homeward.fanout.index import Query
from homeward.fanout.pyramid.ranges import Indices
from homeward.geography.sphere import Floats
from homeward.policies.attention import AWAKE, day_limits, sleeping_until
from homeward.policies.clocks import Clocks, Minutes
from homeward.words import RecipientKind, Tier

_KINDS: Final = list(RecipientKind)
_SORTS: Final = [(tier, kind) for tier in Tier for kind in _KINDS]
"""A tier and a kind by the one number that stands for both: a wish has no byte to spare."""
_SLEEPERS: Final = np.array([kind in SLEEPERS for _, kind in _SORTS])
_WISH: Final = np.dtype(
    [
        ("reach_km_max", np.int32),
        ("quiet_from_min", np.int16),
        ("quiet_to_min", np.int16),
        ("zones", np.uint16),
        ("sorts", np.uint8),
        ("severity_min", np.uint8),
        ("levels", np.uint8),
        ("active", np.uint8),
        ("reachable", np.uint8),
        ("per_day", np.uint8),
    ]
)
"""16 bytes, so that two integers tell whether two are alike."""
UNWANTED: Final = 0
"""Not of the kinds, the level or the tier that are asked for."""
UNREACHABLE: Final = 1
PAUSED: Final = 2
MILD: Final = 3
"""Wants none so mild."""
ASLEEP: Final = 4
"""Sleeps wherever it is, and has no limit: nothing depends on how far it is."""
OPEN: Final = 5
NO_DATE: Final = 0
"""Of who is told of any number a day."""
_KEPT: Final = 16
_SPARE: Final = 2
"""So many times as many combinations as are in use are let be, and"""
_FEW: Final = 1_000
"""these."""
_MIX: Final = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], np.uint64)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What a query makes of combinations, wherever the people are."""

    state: NDArray[np.uint8]
    """UNWANTED, UNREACHABLE, PAUSED, MILD, ASLEEP or OPEN."""
    limit_m: Floats
    near_min: Minutes
    """Until when they sleep on when it is near; AWAKE: they do not."""
    far_min: Minutes
    day: Minutes
    """The date that it is for them; NO_DATE for who is told of any number a day."""
    day_ends_min: Minutes
    quota: NDArray[np.intp]
    """Which of `quotas` is theirs."""
    quotas: tuple[tuple[int, int], ...]
    """(date, alerts that are told on it)"""
    limited: bool
    """Some have a limit."""
    sleeping: bool
    """Some who are not ASLEEP sleep, near or far."""
    nearness_matters: bool
    """Some sleep far away and not near."""


class Wishes:
    """All combinations that were met, by number; it only grows, until a merge leaves some out."""

    def __init__(self, table: NDArray[np.void] | None = None, zones: Sequence[str] = ()) -> None:
        self._table = np.zeros(0, _WISH) if table is None else table
        self._numbers = {one.tobytes(): number for number, one in enumerate(self._table)}
        self._zones = list(zones)
        self._verdicts: dict[tuple[object, ...], Verdicts] = {}

    def __len__(self) -> int:
        """Return how many combinations there are."""
        return len(self._table)

    @property
    def zones(self) -> Sequence[str]:
        """By number."""
        return self._zones

    def number(self, columns: LaneColumns, at: Indices) -> NDArray[np.uint32]:
        """Return the number of each row's combination; new ones are taken in."""
        wishes = np.zeros(len(at), _WISH)
        for name in _WISH.names or ():
            if name not in {"zones", "sorts"}:
                wishes[name] = getattr(columns, name)[at]
        wishes["sorts"] = columns.tiers[at] * len(_KINDS) + columns.kinds[at]
        if len(at):
            zones = zone_numbers(self._zones, columns.zone_names)
            wishes["zones"] = zones[columns.zones[at]] if len(zones) else 0
        return self._taken_in(wishes)

    def combinations(self, numbers: NDArray[np.uint32]) -> NDArray[np.void]:
        """Return what stands behind numbers; zones by number, too."""
        return self._table[numbers]

    def again(self, older: "Wishes", numbers: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """Return the numbers here of combinations that older wishes numbered so.

        Zones have the numbers that they had there: these wishes were made of those.
        """
        self._zones = list(older.zones)
        return self._taken_in(older.combinations(numbers))

    def fewer(self, numbers: NDArray[np.uint32]) -> "tuple[Wishes, NDArray[np.uint32]] | None":
        """Return those that are in use, and the new numbers of ``numbers``; None: most are."""
        used = np.bincount(numbers, minlength=1)
        table, zones = self._table[: len(used)], self._zones
        some = used.nonzero()[0]
        if len(self._table) <= _SPARE * len(some) + _FEW:
            return None
        places = np.zeros(len(used), np.uint32)
        places[some] = np.arange(len(some))
        return Wishes(table[some], zones), places.take(numbers)

    def _taken_in(self, wishes: NDArray[np.void]) -> NDArray[np.uint32]:
        first, place = _alike(wishes)
        seen = wishes[first]
        numbers = np.empty(len(seen), np.uint32)
        fresh = []
        for row, one in enumerate(seen):
            raw = one.tobytes()
            number = self._numbers.get(raw)
            if number is None:
                number = self._numbers[raw] = len(self._numbers)
                fresh.append(row)
            numbers[row] = number
        if fresh:
            self._table = np.concatenate([self._table, seen[fresh]])
            self._verdicts.clear()
        return numbers[place]

    def verdicts_of_all(self, query: Query) -> Verdicts:
        """Return what a query makes of all combinations; kept, for many areas ask in a minute."""
        minute = query.at.replace(second=0, microsecond=0)
        whom = (frozenset(query.kinds), query.level, query.tier)
        key = (whom, query.severity, query.overridden, minute)
        found = self._verdicts.get(key)
        if found is None:
            if len(self._verdicts) >= _KEPT:
                self._verdicts.clear()
            found = self._verdicts[key] = self.verdicts(query)
        return found

    def verdicts(self, query: Query, some: NDArray[np.uint32] | None = None) -> Verdicts:
        """Return what a query makes of all combinations, or of some, one entry each."""
        table = self._table if some is None else self._table[some]
        tiers = set(Tier) if query.tier is None else {query.tier}
        asked = np.array([kind in query.kinds and tier in tiers for tier, kind in _SORTS])
        wanted = asked[table["sorts"]]
        if query.level is not None:
            wanted &= table["levels"] == query.level
        limit_m = table["reach_km_max"] * 1_000.0
        limit_m[table["reach_km_max"] <= 0] = np.inf
        clocks = Clocks.of(self._zones, query.at).take(table["zones"])
        near_min, far_min = (_asleep(query, table, clocks, m) for m in (0.0, np.inf))
        state = np.full(len(table), OPEN, np.uint8)
        state[(far_min > AWAKE) & (near_min == far_min) & (limit_m == np.inf)] = ASLEEP
        state[query.severity.rank < table["severity_min"]] = MILD
        state[table["active"] == 0] = PAUSED
        state[table["reachable"] == 0] = UNREACHABLE
        state[~wanted] = UNWANTED
        day = np.where(_SLEEPERS[table["sorts"]], clocks.day, NO_DATE)
        quotas, quota = np.unique(
            np.stack([day, day_limits(table["per_day"])], 1), axis=0, return_inverse=True
        )
        return Verdicts(
            state=state,
            limit_m=limit_m,
            near_min=near_min,
            far_min=far_min,
            day=day,
            day_ends_min=clocks.day_ends_min,
            quota=quota.reshape(-1),
            quotas=tuple((one, limit) for one, limit in quotas.tolist()),
            limited=bool((table["reach_km_max"] > 0).any()),
            sleeping=bool((far_min[state == OPEN] > AWAKE).any()),
            nearness_matters=not np.array_equal(near_min, far_min),
        )


def _asleep(query: Query, table: NDArray[np.void], clocks: Clocks, away_m: float) -> Minutes:
    """Return until when each combination sleeps on when it is so far away."""
    if query.overridden:
        return np.zeros(len(table), np.int64)
    minutes = sleeping_until(
        query.severity,
        np.full(len(table), away_m),
        clocks,
        table["quiet_from_min"],
        table["quiet_to_min"],
    )
    return np.where(_SLEEPERS[table["sorts"]], minutes, AWAKE)


def _alike(wishes: NDArray[np.void]) -> tuple[Indices, Indices]:
    """Return the first row of each combination, and each row's combination."""
    words = wishes.view(np.uint64).reshape(len(wishes), 2)
    mixed = (words[:, 0] * _MIX[0]) ^ (words[:, 1] * _MIX[1])
    _, first, place = np.unique(mixed, return_index=True, return_inverse=True)
    if not np.array_equal(words[first[place]], words):  # two combinations, one number: by bytes
        _, first, place = np.unique(words, axis=0, return_index=True, return_inverse=True)
    return first, place.reshape(-1)
