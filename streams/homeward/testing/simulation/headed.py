"""Every hub ahead is ordered in time, and for the right time: judged from the log alone.

The judge asks the policy anew at each moment of a case, of everything that was said up to then,
and looks at nothing that a processor keeps. It reads the log in its own order, so an order that
bears the right time and was said too late is late.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from homeward.facts.case import (
    AlertCancelled,
    AlertIssued,
    AlertUpdated,
    AlertWidened,
    CaseClosedOut,
    CaseResolved,
)
from homeward.facts.hub import HubUnreachable, WatchOrdered, WatchReleased
from homeward.facts.merging import CaseMerged
from homeward.facts.watch import WatchAcknowledged, WatchLapsed, WatchStoodDown
from homeward.geography.hubbook import Hub, read_hub_book
from homeward.messages import Fact, Recorded
from homeward.policies.known import Arrivals, Policy
from homeward.processors.keeping import Live
from homeward.processors.knowledge import NOTHING, WITH_HUBS, Knowledge, News, learnt, policy_for
from homeward.testing.memory.log import LogDisk
from homeward.testing.simulation.reading import moment_by_moment

HELD_WITHIN: Final = timedelta(minutes=10, seconds=2)
"""By so much a window may differ from the policy's after news; orders are in whole seconds."""


@dataclass(slots=True)
class _Told:
    """What a case's log says up to a moment."""

    knowledge: Knowledge = NOTHING
    live: Live | None = None
    book: dict[str, Hub] = field(default_factory=dict)
    asked: dict[str, bool] = field(default_factory=dict)
    """Hubs that were ordered to watch and not released; whether they still watch."""
    orders: dict[str, WatchOrdered] = field(default_factory=dict)
    """The newest of each hub."""
    in_vain: set[str] = field(default_factory=set)
    """Hubs that watched to the end, and nobody came."""
    answered: set[str] = field(default_factory=set)
    """Watches that somebody acknowledged."""
    named: set[str] = field(default_factory=set)
    """Hubs that were said to be unreachable under this version."""
    alone: set[str] = field(default_factory=set)
    """Hubs that were ordered on one officer's word."""
    news: bool = False
    """Something that moves the search was said at this very moment."""

    def hear(self, fact: Fact, by: str) -> None:
        """Take in a fact that an account said."""
        match fact:
            case _ if isinstance(fact, News):
                self.knowledge, self.news = learnt(self.knowledge, fact, by), True
                if isinstance(fact, WITH_HUBS):
                    self._read(fact.hubs)
            case AlertIssued() | AlertUpdated():
                self.live, self.news, self.named = Live.of(fact, by), True, set()
                self._read(fact.hubs)
            case AlertWidened() if self.live:
                self.live, self.news = self.live.widened(fact) or self.live, True
                self._read(fact.hubs)
            case AlertCancelled() | CaseResolved() | CaseClosedOut() | CaseMerged():
                self.live, self.news = None, True
            case WatchOrdered():
                self.asked[fact.hub], self.orders[fact.hub] = True, fact
                self.alone |= {fact.hub} if self.live and self.live.hubs_max else set()
                self.in_vain.discard(fact.hub)
            case WatchReleased():
                self.asked.pop(fact.hub, None)
                self.orders.pop(fact.hub, None)
            case WatchAcknowledged():
                self.answered.add(fact.watch)
            case HubUnreachable():
                self.named.add(fact.hub)
            case WatchStoodDown() if self._watches(fact):
                self.asked[fact.hub] = False
                if fact.reason == "not-here":
                    self.in_vain.add(fact.hub)

    def _watches(self, fact: WatchStoodDown) -> bool:
        order = self.orders.get(fact.hub)
        return order is not None and order.watch == fact.watch and self.asked[fact.hub]

    def _read(self, raw: bytes | None) -> None:
        if raw is not None:
            self.book |= {hub.id: hub for hub in read_hub_book(raw)}


def not_headed_off(disk: LogDisk, until: datetime) -> Iterator[str]:
    """Return each hub that was ordered too late, or watches for nothing; ``until``: the clock."""
    for case, moments in moment_by_moment(disk).items():
        told = _Told()
        ends = [at for at, _ in moments[1:]] + [until]
        for (at, said), next_at in zip(moments, ends, strict=True):
            told.news = False
            for one in said:
                told.hear(one.fact, one.by.id)
            for wrong in (*_wrong(told, at, next_at), *_disorder(said), *_unheard(told, said)):
                yield f"{wrong} in {case} at {at:%H:%M:%S}"


def _wrong(told: _Told, at: datetime, next_at: datetime) -> Iterator[str]:
    live = told.live
    if live is None or at >= live.expires_at:
        watching = [hub for hub, on in told.asked.items() if on] if told.news else []
        yield from (f"{hub} still watches though it is over" for hub in watching)
        return
    if not told.knowledge.sources or told.knowledge.stands_still(live):
        return
    hubs, policy = [told.book[key] for key in sorted(told.book)], policy_for(live)
    arrivals = policy.arrivals(told.knowledge.known(live), hubs, at)
    yield from _late(told, hubs, arrivals, policy, (at, min(next_at, live.expires_at)))
    if told.news:
        ahead = {hub.id for hub, on in zip(hubs, arrivals.ahead, strict=True) if on}
        in_vain = [hub for hub, on in told.asked.items() if on and hub not in ahead]
        yield from (f"{hub} watches though it lies behind" for hub in in_vain)
        yield from _mistimed(told, hubs, arrivals, policy, at)


def _mistimed(
    told: _Told, hubs: Sequence[Hub], arrivals: Arrivals, policy: Policy, at: datetime
) -> Iterator[str]:
    """Return hubs that look out at the wrong time after news, or have stopped too soon."""
    due = arrivals.ahead & (arrivals.earliest_s <= policy.horizon_s)
    for row in due.nonzero()[0].tolist():
        hub = hubs[row]
        order = told.orders.get(hub.id) if hub.contacts else None
        if order is None:
            continue
        begin = at + timedelta(seconds=max(0.0, float(arrivals.earliest_s[row])))
        late = at + timedelta(seconds=float(arrivals.latest_s[row])) > order.window_to + HELD_WITHIN
        early = begin < order.window_from - HELD_WITHIN
        tires = at < order.window_from < begin - HELD_WITHIN
        if told.asked[hub.id] and (early or late or tires):
            yield f"{hub.id} watches at the wrong time"
        elif hub.id in told.in_vain and late:
            yield f"{hub.id} watched too early and was not asked again"


def _late(
    told: _Told,
    hubs: Sequence[Hub],
    arrivals: Arrivals,
    policy: Policy,
    between: tuple[datetime, datetime],
) -> Iterator[str]:
    """Return hubs that nobody ordered and that the person can reach before more is said.

    What is news is answered in the same tick: then whatever lies within the horizon is due.
    """
    at, next_at = between
    most = told.live.hubs_max if told.live else None
    if most is not None and len(told.alone) >= most:
        return  # one officer's word asks no more; that it asks no fewer, `alone` says
    for hub, ahead, eta_s in zip(hubs, arrivals.ahead, arrivals.earliest_s.tolist(), strict=True):
        due = told.news and eta_s <= policy.horizon_s
        if not ahead or not (due or eta_s < (next_at - at).total_seconds()):
            continue
        if hub.id not in (told.asked if hub.contacts else told.named):
            yield f"{hub.id} was not ordered{' with the news' * due}, {eta_s:.0f} s ahead"


def _unheard(told: _Told, said: Sequence[Recorded]) -> Iterator[str]:
    """Return hubs where silence was to be expected and the police desk was not told at once."""
    lapses = (one.fact for one in said if isinstance(one.fact, WatchLapsed))
    heard = told.answered | {lapse.watch for lapse in lapses if lapse.to_desk}
    for order in (one.fact for one in said if isinstance(one.fact, WatchOrdered)):
        if order.unattended and order.watch not in heard:
            yield f"{order.hub} is {order.unattended}, and the desk was not told"


def _disorder(said: Sequence[Recorded]) -> Iterator[str]:
    """Return orders of one turn that do not come soonest first."""
    orders = [(one.cause, one.fact) for one in said if isinstance(one.fact, WatchOrdered)]
    for (cause, first), (other, second) in pairwise(orders):
        if cause == other and first.eta_s > second.eta_s:
            yield f"{second.hub} stands behind {first.hub}, which is reached later"
