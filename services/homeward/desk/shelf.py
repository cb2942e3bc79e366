"""Cases that were read a moment ago: whoever asks again reads only what was said since.

A case that a flood of sightings goes into holds thousands of facts, and each sighting, kept or
refused, asks what the case is. Read whole each time, they would take the whole process, and with it
what an alert needs (I-33).
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from homeward.case import Case, evolve
from homeward.messages import Recorded
from homeward.ports import Log
from homeward.record.envelope import Row, read
from homeward.sighting import Sighting, Sightings, take_in

FACTS_MAX: Final = 50_000
"""Facts of all kept cases together, some 3 KB each; the case that was asked for last stays."""
FAMILIES_MAX: Final = 16
"""Cases that others go on in, put together as they were read last."""
ROWS_MAX: Final = 500
"""Facts that are read at once: some 5 ms, between which others get their turn."""


@dataclass(frozen=True, slots=True)
class CaseNow:
    """A case as its facts make it, public parts."""

    recorded: Sequence[Recorded]
    """All of them, in log order."""
    state: Case
    sightings: Sightings


@dataclass(slots=True)
class _Kept:
    """What is known of a case; facts are only ever added."""

    last: Row | None = None
    recorded: list[Recorded] = field(default_factory=list)
    state: Case = field(default_factory=Case)
    sightings: dict[str, Sighting] = field(default_factory=dict)
    _now: CaseNow | None = None

    @property
    def now(self) -> CaseNow:
        """Return it as it is; nothing of it changes later."""
        if self._now is None:
            sightings = MappingProxyType(dict(self.sightings))
            self._now = CaseNow(tuple(self.recorded), self.state, sightings)
        return self._now

    def take(self, rows: Sequence[Row]) -> None:
        """Take in what follows the last fact; what somebody else took in meanwhile is skipped."""
        for row in rows:
            known = self.last.key_version if self.last else 0
            if row.key_version <= known:
                continue
            assert row.key_version == known + 1, "a case's facts are dense"
            heard = read(row)
            self.recorded.append(heard)
            self.state = evolve(self.state, heard)
            take_in(self.sightings, heard)
            self.last, self._now = row, None


def _family(now: CaseNow, others: Sequence[CaseNow]) -> CaseNow:
    """Return a case with what was seen of those that go on in it, in log order."""
    seen = (one for it in others for one in it.recorded if one.kind.startswith("sighting."))
    recorded = sorted((*now.recorded, *seen), key=lambda one: one.log_index)
    sightings: dict[str, Sighting] = {}
    for one in recorded:
        take_in(sightings, one)
    return CaseNow(tuple(recorded), now.state, MappingProxyType(sightings))


class Shelf:
    """One process's cases, each read from its start once; the log is asked each time."""

    def __init__(self, log: Log, facts_max: int = FACTS_MAX) -> None:
        self._log, self._facts_max = log, facts_max
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._families: OrderedDict[str, tuple[tuple[int, ...], CaseNow]] = OrderedDict()

    async def case(self, case: str) -> CaseNow:
        """Return a case as of the log's end now; an unknown one has no facts.

        What was seen of cases that go on in it is told with it. Raises LogUnavailable.
        """
        now = await self._alone(case)
        if not now.state.joined:
            return now
        others = [await self._alone(one.case) for one in now.state.joined]
        upto = tuple(len(one.recorded) for one in (now, *others))
        known = self._families.get(case)
        if known is None or known[0] != upto:
            known = self._families[case] = upto, _family(now, others)
            while len(self._families) > FAMILIES_MAX:
                self._families.popitem(last=False)
        return known[1]

    async def _alone(self, case: str) -> CaseNow:
        kept = self._kept.get(case) or _Kept()
        while True:
            last = kept.last
            after = last.key_version - 1 if last else 0
            rows = await self._log.key_rows(case, after, after + ROWS_MAX)
            if last is not None and rows[:1] != [last]:
                # The log is another one than a moment ago: a backup was restored under us.
                self._kept.pop(case, None)
                kept = _Kept()
                continue
            kept.take(rows)
            if len(rows) < ROWS_MAX:
                break
            await asyncio.sleep(0)
        self._keep(case, kept)
        return kept.now

    def _keep(self, case: str, kept: _Kept) -> None:
        if kept.last is None:
            return  # a name that somebody made up
        other = self._kept.get(case)
        if other is None or len(other.recorded) <= len(kept.recorded):
            self._kept[case] = kept
        self._kept.move_to_end(case)
        facts = sum(len(one.recorded) for one in self._kept.values())
        while facts > self._facts_max and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            facts -= len(oldest.recorded)
