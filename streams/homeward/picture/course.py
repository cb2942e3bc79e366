"""What follows from a case's history under a policy: waves told and hubs ordered.

What people said stays as it was: reports, sightings, decisions and their times. What the processors
said is left out and said anew, with wakes at the moments they ask for. The same policy gives the
same waves and orders, but for wakes that came late in the house.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import h3.api.basic_int as h3
import numpy as np

from homeward.facts.case import AlertIssued, AlertUpdated, AlertWidened
from homeward.facts.clock import WakeDue
from homeward.facts.hub import HubUnreachable, WatchOrdered, WatchReleased
from homeward.facts.reach import ReachWidened
from homeward.facts.sighting import SightingAccepted
from homeward.geography.cells import NOWHERE, Cells, covers, from_bytes, union
from homeward.messages import Fact, Recorded
from homeward.policies import policy_of
from homeward.processor import Processor
from homeward.processors.hubs import Hubs
from homeward.processors.knowledge import knowledge_of
from homeward.processors.reach import Reach
from homeward.words import derived_id

WAKES_MAX: Final = 2_000
"""Looks of one processor at one case: four days of a wave each three minutes."""
RECORDED: Final = "as-it-was"
"""Stands where another course has its policy's name."""


@dataclass(frozen=True, slots=True)
class Met:
    """An accepted sighting, and whether people there were told before."""

    sighting: str
    seen_at: datetime
    ahead_s: int | None
    """From the wave that first told the place to the sighting; negative: told after it; None: the
    place was never told."""


@dataclass(frozen=True, slots=True)
class Course:
    """One way the case went, or would have gone."""

    policy: str
    """`RECORDED`, or the policy's name."""
    last_seen_cell: str
    last_seen_at: datetime
    issued_at: datetime | None
    waves: tuple[ReachWidened, ...]
    orders: tuple[WatchOrdered, ...]
    """In the order they were said: soonest arrival first within one moment."""
    unreachable: tuple[HubUnreachable, ...]
    released: tuple[WatchReleased, ...]
    sightings: tuple[Met, ...]
    cut_at: datetime | None = None
    """Where following it was given up, after `WAKES_MAX` looks: what came later is not known."""

    @property
    def first_wave_s(self) -> int | None:
        """Seconds from the first alert to the first wave; None: there was none."""
        if not self.waves or self.issued_at is None:
            return None
        return int((self.waves[0].at - self.issued_at).total_seconds())

    @property
    def ahead(self) -> tuple[WatchOrdered, ...]:
        """Orders that were said before anybody could be there."""
        return tuple(one for one in self.orders if one.eta_s > 0)

    def minutes(self, at: datetime) -> float:
        """Return the minutes from the place last seen to a moment."""
        return round((at - self.last_seen_at).total_seconds() / 60, 1)

    def told(self) -> Iterator[tuple[ReachWidened, Cells]]:
        """Yield each wave with all cells told so far, whatever the version, compacted."""
        told = NOWHERE
        for wave in self.waves:
            told = union(told, from_bytes(wave.cells or b""))
            yield wave, told


def as_it_was(facts: Sequence[Recorded]) -> Course:
    """Return the course that the log holds; facts with blobs, in log order."""
    return _course(RECORDED, facts, [one.fact for one in facts])


def under(
    facts: Sequence[Recorded], policy: str, until: datetime, reach_km_max: int | None = None
) -> Course:
    """Return the course the case would have taken under another policy, up to a moment.

    Within the bound that was approved, or another one. Hubs are those that were written down for
    the case: what lies beyond its own bound nobody knows. Raises NoSuchPolicy.
    """
    policy_of(policy)
    swapped = [_under(one, policy, reach_km_max) for one in facts]
    played = [_played(processor, swapped, until) for processor in (Reach(), Hubs())]
    cut_at = min((cut for _, cut in played if cut is not None), default=None)
    said = sorted((fact for some, _ in played for fact in some), key=lambda fact: fact.at)
    if cut_at is not None:
        said = [fact for fact in said if fact.at < cut_at]
    return replace(_course(policy, facts, said), cut_at=cut_at)


def _under(one: Recorded, policy: str, reach_km_max: int | None) -> Recorded:
    if not isinstance(one.fact, AlertIssued | AlertUpdated | AlertWidened):
        return one
    bound = one.fact.reach_km_max if reach_km_max is None else reach_km_max
    if isinstance(one.fact, AlertWidened):
        return replace(one, fact=one.fact.model_copy(update={"reach_km_max": bound}))
    return replace(one, fact=one.fact.model_copy(update={"policy": policy, "reach_km_max": bound}))


def _played(
    processor: Processor[Any], facts: Sequence[Recorded], until: datetime
) -> tuple[list[Fact], datetime | None]:
    """Return what a processor says to a history, woken whenever it asks to be.

    After `WAKES_MAX` looks it is given up: the second is the look that was not made.
    """
    state, due, looks = processor.begin(), None, 0
    said: list[Fact] = []
    heard = [one for one in facts if one.kind in processor.hears and one.kind != _WAKE]
    for one, following in zip(heard, [*heard[1:], None], strict=True):
        reaction = processor.step(state, one)
        state, due = reaction.state, reaction.wake_at
        said += reaction.says
        end = until if following is None else min(until, following.at)
        while due is not None and due < end:
            if looks == WAKES_MAX:
                return said, due
            looks += 1
            reaction = processor.step(state, _wake(processor.name, one, due, looks))
            state, due = reaction.state, reaction.wake_at
            said += reaction.says
    return said, None


_WAKE: Final = str(WakeDue.model_fields["kind"].default)


def _wake(processor: str, after: Recorded, due: datetime, number: int) -> Recorded:
    fact = WakeDue(case=after.key, at=due, processor=processor, asked_by=after.id, due=due)
    return replace(after, fact=fact, id=derived_id(after.id, processor, number))


def _course(policy: str, facts: Sequence[Recorded], said: Sequence[Fact]) -> Course:
    last_seen = knowledge_of(facts).sources[0]
    issued = [one.at for one in facts if isinstance(one.fact, AlertIssued)]
    waves = tuple(one for one in said if isinstance(one, ReachWidened))
    seen = [one.fact for one in facts if isinstance(one.fact, SightingAccepted)]
    return Course(
        policy=policy,
        last_seen_cell=last_seen.cell,
        last_seen_at=last_seen.seen_at,
        issued_at=min(issued, default=None),
        waves=waves,
        orders=tuple(one for one in said if isinstance(one, WatchOrdered)),
        unreachable=tuple(one for one in said if isinstance(one, HubUnreachable)),
        released=tuple(one for one in said if isinstance(one, WatchReleased)),
        sightings=tuple(_met(one, waves) for one in seen),
    )


def _met(sighting: SightingAccepted, waves: Sequence[ReachWidened]) -> Met:
    cell = np.array([h3.str_to_int(sighting.cell)], np.uint64)
    first = next(
        (wave.at for wave in waves if covers(from_bytes(wave.cells or b""), cell)[0]), None
    )
    ahead = None if first is None else int((sighting.seen_at - first) / timedelta(seconds=1))
    return Met(sighting.sighting, sighting.seen_at, ahead)
