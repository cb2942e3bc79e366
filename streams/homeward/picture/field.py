"""The field of a case at a moment: bands of likelihood, hubs ahead, what was told, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

import numpy as np

from homeward import policies, watch
from homeward.facts.case import (
    AlertCancelled,
    AlertDrafted,
    AlertExtended,
    AlertIssued,
    AlertUpdated,
    AlertWidened,
    CaseClosedOut,
    CaseRejected,
    CaseReopened,
    CaseResolved,
    CaseWithdrawn,
)
from homeward.facts.correcting import LastSeenCorrected
from homeward.facts.hub import HubUnreachable, WatchOrdered, WatchReleased
from homeward.facts.merging import CaseJoined, CaseMerged
from homeward.facts.reach import ReachWidened
from homeward.facts.sighting import SightingAccepted
from homeward.facts.watch import WatchAcknowledged, WatchLapsed, WatchStoodDown
from homeward.geography.cells import NOWHERE, Cells, from_bytes, union
from homeward.geography.hubbook import Hub, boarding_cells, read_hub_book
from homeward.messages import Recorded
from homeward.policies.field import Field
from homeward.policies.hypotheses import hypotheses
from homeward.policies.known import Known, Policy, anchors
from homeward.policies.surface import Surface
from homeward.processors.keeping import Live, kinds
from homeward.processors.knowledge import NEWS, NOTHING, News, knowledge_of, learnt
from homeward.words import Mode, Severity

PICTURED: Final = NEWS | kinds(
    *(AlertDrafted, AlertIssued, AlertUpdated, AlertWidened, AlertCancelled, ReachWidened),
    *(CaseResolved, CaseClosedOut, CaseWithdrawn, CaseRejected, CaseMerged),
    *(AlertExtended, CaseReopened),
    *(WatchOrdered, WatchReleased, HubUnreachable),
    *(WatchAcknowledged, WatchLapsed, WatchStoodDown),
)
"""Kinds of facts that a picture is made from."""
WITH_BOOK: Final = (
    *(AlertIssued, AlertUpdated, AlertWidened),
    *(SightingAccepted, CaseJoined, LastSeenCorrected),
)
"""Facts beside which a person's decision wrote down hubs."""
BANDS: Final = (50, 75, 90)
"""Per cent: the fewest cells that hold the person with that chance."""
WITHIN: Final = tuple(timedelta(minutes=minutes) for minutes in (0, 30, 60))
"""Cells that can be reached by then are outlined."""
HUBS_MAX: Final = 500
"""Hubs ahead in one picture, the soonest; a national alert has thousands."""
REACH_KM: Final = 300
"""Of a case that nobody has drafted an alert for."""
AHEAD_MAX: Final = timedelta(days=7)
"""How far beyond the newest fact a field may be asked for: an area has long stopped growing."""


class NoField(LookupError):
    """The facts so far do not say where anybody was seen."""


@dataclass(frozen=True, slots=True)
class HubAhead:
    """A hub that the person can still come to."""

    hub: Hub
    earliest_at: datetime
    latest_at: datetime
    mode: Mode
    watch: str
    """How its watch stands: ordered, acknowledged, …, unreachable; "": none was ordered yet."""


@dataclass(frozen=True)
class CaseField:
    """A policy's answer for one case at one moment, with what it was asked."""

    case: str
    log_index: int
    """Of the last fact that is known."""
    at: datetime
    """The case clock."""
    policy: str
    policy_version: int
    known: Known
    surface: Surface
    hubs: tuple[HubAhead, ...]
    """Soonest first."""
    told: Cells
    """Cells of all waves of the newest alert version, compacted."""
    waves: int

    @property
    def focus(self) -> str:
        """The newest credible place."""
        return anchors(self.known, self.at)[0].cell

    @cached_property
    def weights(self) -> tuple[float, ...]:
        """How surely each source was the last true one, in their order; together 1, 0: left aside.

        The field weighs them against each other; other policies go out from some of them alike.
        """
        if self.policy == Field.name:
            told = hypotheses(self.known, self.at)
            weights = {one.source: one.weight for one in told}
        else:
            starts = anchors(self.known, self.at)
            weights = dict.fromkeys(starts, 1 / len(starts))
        return tuple(weights.get(one, 0.0) for one in self.known.sources)

    @cached_property
    def bands(self) -> tuple[tuple[int, Cells], ...]:
        """Per cent and cells, each band with the ones before it."""
        return tuple(
            (percent, self.surface.cells[self.surface.holding(percent / 100)]) for percent in BANDS
        )

    @cached_property
    def reached(self) -> tuple[tuple[timedelta, Cells], ...]:
        """Cells where the person can be so long after the moment, each with the ones before."""
        likely = self.surface.share() > 0
        return tuple(
            (
                within,
                self.surface.cells[likely & (self.surface.earliest_s <= within.total_seconds())],
            )
            for within in WITHIN
        )


def field_of(facts: Sequence[Recorded], at: datetime, policy: str | None = None) -> CaseField:
    """Return a case's field from facts in log order (with blobs), at a moment of the case clock.

    Under the newest alert's policy and bound, else the newest draft's, else the default.
    Raises NoField, NoSuchPolicy.
    """
    knowledge, told, waves = NOTHING, NOWHERE, 0
    live: Live | None = None
    for one in facts:
        fact = one.fact
        if isinstance(fact, News):
            knowledge = learnt(knowledge, fact, one.by.id)
        elif isinstance(fact, AlertIssued | AlertUpdated):
            live, told, waves = Live.of(fact, one.by.id), NOWHERE, 0
        elif isinstance(fact, AlertWidened):
            live = (live and live.widened(fact)) or live
        elif isinstance(fact, AlertExtended):
            live = (live and live.extended(fact)) or live
        elif isinstance(fact, ReachWidened):
            told, waves = union(told, from_bytes(fact.cells or b"")), waves + 1
    if not knowledge.sources:
        raise NoField
    asked = live or _drafted(facts, at)
    rule = policies.policy_of(policy or _policy_name(asked))
    book = book_of(facts)
    known = replace(knowledge.known(asked), hubs=boarding_cells(book))
    return CaseField(
        case=facts[0].key,
        log_index=facts[-1].log_index,
        at=at,
        policy=rule.name,
        policy_version=rule.version,
        known=known,
        surface=rule.surface(known, at),
        hubs=_hubs(facts, book, rule, known, at),
        told=told,
        waves=waves,
    )


def focus_of(facts: Sequence[Recorded], at: datetime) -> str | None:
    """Return the newest credible place, as the facts know it; None: nobody was seen."""
    knowledge = knowledge_of(facts)
    if not knowledge.sources:
        return None
    return anchors(knowledge.known(_drafted(facts, at)), at)[0].cell


def moment_of(facts: Sequence[Recorded], now: datetime) -> datetime:
    """Return the moment that a picture of these facts shows: now, or the end if it is over."""
    ends = (AlertCancelled, CaseResolved, CaseClosedOut, CaseWithdrawn, CaseRejected, CaseMerged)
    ended = [one.at for one in facts if isinstance(one.fact, ends)]
    begins = (AlertIssued, AlertUpdated, CaseReopened)
    begun = [one.at for one in facts if isinstance(one.fact, begins)]
    over = [at for at in ended if not begun or at >= begun[-1]]
    return min(now, *over) if over else now


def _policy_name(asked: Live) -> str:
    return asked.policy if asked.policy in policies.ALL else policies.DEFAULT


def _drafted(facts: Sequence[Recorded], at: datetime) -> Live:
    """Return the newest draft as if it were live, or the bounds of a case without one."""
    drafts = [one for one in facts if isinstance(one.fact, AlertDrafted)]
    said = drafts[-1].fact if drafts else None
    draft = said if isinstance(said, AlertDrafted) else None
    return Live(
        alert=0,
        version=0,
        policy=draft.policy if draft else policies.DEFAULT,
        severity=draft.severity if draft else Severity.EXTREME,
        reach_km_max=draft.reach_km_max if draft else REACH_KM,
        expires_at=at + AHEAD_MAX,
        draft="",
        given=(draft.given if draft else None) or b"",
    )


def book_of(facts: Sequence[Recorded]) -> tuple[Hub, ...]:
    """Return every hub that was written down for the case, by id; newer words count."""
    hubs: dict[str, Hub] = {}
    for one in facts:
        raw = getattr(one.fact, "hubs", None)
        if isinstance(one.fact, WITH_BOOK) and raw:
            hubs |= {hub.id: hub for hub in read_hub_book(raw)}
    return tuple(hubs[key] for key in sorted(hubs))


def _hubs(
    facts: Sequence[Recorded], book: Sequence[Hub], rule: Policy, known: Known, at: datetime
) -> tuple[HubAhead, ...]:
    if not book:
        return ()
    arrivals, stands = rule.arrivals(known, book, at), _standing(facts)
    ahead = np.flatnonzero(arrivals.ahead)
    soonest = ahead[np.argsort(arrivals.earliest_s[ahead], kind="stable")][:HUBS_MAX]
    return tuple(
        HubAhead(
            hub=book[row],
            earliest_at=at + timedelta(seconds=int(arrivals.earliest_s[row])),
            latest_at=at + timedelta(seconds=int(arrivals.latest_s[row])),
            mode=arrivals.modes[row],
            watch=stands.get(book[row].id, ""),
        )
        for row in soonest.tolist()
    )


def _standing(facts: Sequence[Recorded]) -> dict[str, str]:
    """Return how each hub's newest watch stands."""
    watches: dict[str, watch.Watch] = {}
    hubs: dict[str, str] = {}
    stands: dict[str, str] = {}
    for one in facts:
        name = getattr(one.fact, "watch", None)
        if isinstance(one.fact, HubUnreachable):
            stands[one.fact.hub] = "unreachable"
        elif isinstance(name, str):
            watches[name] = watch.evolve(watches.get(name, watch.Watch()), one)
            if isinstance(one.fact, WatchOrdered):
                hubs[name] = one.fact.hub
            if name in hubs:
                stands[hubs[name]] = watches[name].status.value
    return stands
