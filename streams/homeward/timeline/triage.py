"""What waits to be judged: the undecided sightings of all open cases, sorted and explained.

A board is a fold of the log: facts in log order, each heard once. It only sorts; whatever was
reported stands on it until a person decides, or the case is over.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from homeward.case import LAPSED, OWN, Case
from homeward.case import Status as CaseStatus
from homeward.case import evolve as evolve_case
from homeward.codec import KINDS as ALL_KINDS
from homeward.facts.merging import CaseJoined, CaseLeft
from homeward.facts.sighting import SightingAccepted, SightingReported
from homeward.messages import Recorded
from homeward.policies.known import Source
from homeward.policies.plausibility import (
    LATE,
    OTHERS_MAX,
    Plausibility,
    Repute,
    Tip,
    plausibility,
    teller_of,
)
from homeward.policies.repeats import Near, near
from homeward.sighting import Sighting, Sightings, Status, decided_with, take_in

KINDS: Final = frozenset(
    kind for kind in ALL_KINDS if kind.startswith(("case.", "hold.", "sighting.")) or kind == LAPSED
)
"""What a board hears."""
RANK_STEP: Final = 10**14
"""Places in the queue are rank and log index in one number, which a cursor can name."""

LATE_RANK: Final = 2
OVER_MAX: Final = 1_000
"""Cases that were closed last and may be opened again: a mistake is found within days. Sightings of
one that comes back later than that stay off the board, and in its own list."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sighting that nobody has decided about."""

    place: int
    """In the queue, the lowest first: those of cases with an alert, then others, then late ones;
    within each the oldest."""
    case: str
    sighting: str
    reported: SightingReported

    @property
    def in_time(self) -> bool:
        """Whether it was told within 72 hours, and so can still move the search."""
        return self.place < LATE_RANK * RANK_STEP


@dataclass(frozen=True, slots=True)
class Sorted:
    """A sighting as whoever judges it is shown it."""

    plausibility: Plausibility
    near: tuple[Near, ...]
    merged: tuple[str, ...]
    """Those that are held for one and the same as this one, and are decided with it."""


def tips(case: Case, among: Sightings) -> tuple[Tip, ...]:
    """Return the sightings of a case that were not rejected, in the order of telling.

    What was merged is no place of its own, but another person who says so.
    """
    found = []
    for name, one in among.items():
        said, root = one.reported, among[decided_with(among, name)]
        if said is None or root.status is Status.REJECTED:
            continue
        accepted = one.decided if isinstance(one.decided, SightingAccepted) else None
        found.append(
            Tip(
                sighting=name,
                cell=said.cell,
                seen_at=said.seen_at,
                told_at=said.at,
                error_m=said.accuracy_m,
                mode=said.claimed_mode if accepted is None else accepted.mode,
                account=one.reported_by,
                teller=teller_of(said.source, one.reported_by, case.reporter),
                credibility_ppm=None if accepted is None else accepted.credibility_ppm,
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Sorter:
    """Sorts the sightings of one case, as it stood when it was made.

    Of a flood it looks at `OTHERS_MAX` before and after in time, and at all that are credible.
    """

    case: Case
    among: Sightings
    reputes: Mapping[str, Repute]
    """By account; accounts that are missing have none."""
    by_time: tuple[Tip, ...]
    credible: tuple[Tip, ...]
    merged: Mapping[str, tuple[str, ...]]
    """What is decided with each; those that stand for nothing else are missing."""

    @staticmethod
    def of(case: Case, among: Sightings, reputes: Mapping[str, Repute]) -> "Sorter":
        """Return the sorter of a case; what it is given may change afterwards."""
        kept = {one.reported_by: reputes.get(one.reported_by, Repute()) for one in among.values()}
        merged: dict[str, tuple[str, ...]] = {}
        for name, one in among.items():
            if one.into:
                merged[one.into] = (*merged.get(one.into, ()), name)
        by_time = tuple(sorted(tips(case, among), key=_in_time))
        credible = tuple(one for one in by_time if one.credible)
        return Sorter(case, dict(among), kept, by_time, credible, merged)

    def sort(self, sighting: str) -> Sorted | None:
        """Return how a sighting is shown. None: it was never reported."""
        one, seen = self.among.get(sighting), self.case.last_seen
        if seen is None or one is None or one.reported is None:
            return None
        first = Source(seen.cell, seen.at, seen.error_m)
        alone = {sighting: replace(one, status=Status.REPORTED, decided=None, into="")}
        [itself] = tips(self.case, alone)
        repute = _without(self.reputes[one.reported_by], one)
        here = bisect_left(self.by_time, _in_time(itself), key=_in_time)
        around = self.by_time[max(0, here - OTHERS_MAX) : here + OTHERS_MAX + 1]
        others = {tip.sighting: tip for tip in (*around, *self.credible)}
        apart = [tip for tip in around if not self.among[tip.sighting].into]
        return Sorted(
            plausibility(first, itself, tuple(others.values()), repute),
            near(itself, apart),
            self.merged.get(sighting, ()),
        )


def _in_time(tip: Tip) -> tuple[datetime, str]:
    return tip.seen_at, tip.sighting


def _without(repute: Repute, one: Sighting) -> Repute:
    """Return what became of the account's other sightings."""
    return Repute(
        repute.accepted - (one.status is Status.ACCEPTED),
        repute.rejected - (one.status is Status.REJECTED),
    )


@dataclass(slots=True)
class _Open:
    case: Case = field(default_factory=Case)
    among: dict[str, Sighting] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)
    """Log index of each report."""
    own: set[str] = field(default_factory=set)
    """What was reported of the case itself, and not of one that goes on in it."""


@dataclass(slots=True)
class Board:
    """The sightings of all open cases."""

    upto: int = -1
    """Log index of the last fact heard."""
    reputes: dict[str, Repute] = field(default_factory=dict)
    """By account, of all cases ever."""
    _open: dict[str, _Open] = field(default_factory=dict)
    _over: dict[str, _Open] = field(default_factory=dict)
    """The newest that were closed: one may be opened again."""

    def hear(self, heard: Recorded) -> None:
        """Take in the next fact of the log; what was heard is passed over."""
        if heard.log_index <= self.upto:
            return
        self.upto = heard.log_index
        if heard.kind.startswith(OWN) or heard.kind == LAPSED:
            mine = self._open.pop(heard.key, None) or self._over.pop(heard.key, _Open())
            mine.case = evolve_case(mine.case, heard)
            if isinstance(heard.fact, CaseJoined) and (gone := self._over.get(heard.fact.joined)):
                # What was seen of the merged case is judged with this one's from here on.
                mine.among |= {one: it for one, it in gone.among.items() if one not in mine.among}
                mine.told |= gone.told
            if isinstance(heard.fact, CaseLeft):
                self._leave(mine, heard.fact)
            (self._over if mine.case.status.over else self._open)[heard.key] = mine
            while len(self._over) > OVER_MAX:
                del self._over[next(iter(self._over))]
        elif heard.kind.startswith("sighting.") and (found := self._open.get(heard.key)):
            self._sighted(found, heard)

    def _leave(self, mine: _Open, fact: CaseLeft) -> None:
        """Let what was seen of cases that go by themselves again be judged with them."""
        for case in fact.cases:
            gone = self._open.get(case) or self._over.get(case) or _Open()
            for name in gone.own:
                mine.among.pop(name, None)
                mine.told.pop(name, None)

    def _sighted(self, mine: _Open, heard: Recorded) -> None:
        take_in(mine.among, heard)
        name = getattr(heard.fact, "sighting", "")
        one = mine.among.get(name, Sighting())
        before = self.reputes.get(one.reported_by, Repute())
        match heard.kind:
            case "sighting.reported/1":
                mine.told[name] = heard.log_index
                mine.own.add(name)
            case "sighting.accepted/1":
                self.reputes[one.reported_by] = replace(before, accepted=before.accepted + 1)
            case "sighting.rejected/1":
                self.reputes[one.reported_by] = replace(before, rejected=before.rejected + 1)

    def case(self, case: str) -> Case | None:
        """Return an open case."""
        mine = self._open.get(case)
        return None if mine is None else mine.case

    def waiting(self) -> list[Waiting]:
        """Return what nobody has decided about, first what is to be looked at first."""
        found = [
            Waiting(_rank(mine.case, said) * RANK_STEP + mine.told[name], case, name, said)
            for case, mine in self._open.items()
            for name, one in mine.among.items()
            if one.status is Status.REPORTED and (said := one.reported) is not None
        ]
        return sorted(found, key=lambda one: one.place)

    def sorter(self, case: str) -> Sorter | None:
        """Return what sorts the sightings of an open case. None: it is not open."""
        mine = self._open.get(case)
        return None if mine is None else Sorter.of(mine.case, mine.among, self.reputes)


def _rank(case: Case, said: SightingReported) -> int:
    if said.at - said.seen_at > LATE:
        return LATE_RANK
    return 0 if case.status is CaseStatus.ALERTED else 1
