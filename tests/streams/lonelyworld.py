"""A small land in which one person asks for everything, and what processors and lanes make of it.

Everything that follows from facts follows here as it does on a host, but in plain calls: processors
hear each other, two lanes find people by brute force, wakes come when they are due.
"""

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import NamedTuple

import h3
from pyroaring import BitMap

from homeward import case, processors
from homeward.case.merging import joined
from homeward.case.parting import left
from homeward.facts.asking import AskingOpened
from homeward.facts.callout import CalloutOrdered
from homeward.facts.case import AlertCancelled, CaseClosedOut, CaseResolved
from homeward.facts.clock import WakeDue
from homeward.facts.emergency import EmergencyUsed
from homeward.facts.merging import CaseMerged, CaseParted, JoinedSource
from homeward.fanout import lane as lanes
from homeward.fanout import late
from homeward.fanout.asks import ask_query, plan_ask, plan_ask_over
from homeward.fanout.brute import BruteIndex
from homeward.fanout.days import COUNT_BITS, Days
from homeward.fanout.lane import Lane, Plan
from homeward.fanout.told import LaneState
from homeward.geography.hubbook import Hub, write_hub_book
from homeward.messages import Actor, Recorded
from homeward.ports import Contact, Recipient
from homeward.processors.knowledge import knowledge_of
from homeward.refusals import Refused
from homeward.testing.given import decide, stream_of
from homeward.testing.memory import MemoryStore
from homeward.words import Audience, Purpose, RecipientKind, Role, Tier, derived_id

ORIGIN = "lonely.example/test"
HOUSE = Actor(id="house", role=Role.SYSTEM)
INBOX = ((Contact("inbox"),),)
LANES = 2
WEST = (30.0, 110.0)
"""A road goes east from here, 150 km long; people and hubs lie along it."""
ENDS_WITH = (AlertCancelled, CaseResolved, CaseClosedOut, CaseMerged)


def along(km, aside_km=0.0):
    """Return the place so far along the road."""
    return WEST[0] + aside_km / 111.2, WEST[1] + km / (111.2 * 0.866)


def cell_at(km, res=9):
    return h3.latlng_to_cell(*along(km), res)


def km_between(one, other):
    return h3.great_circle_distance(one, other, unit="km")


PEOPLE = {f"v{n}": along(n * 3, (n % 5 - 2) * 0.8) for n in range(51)}
HUBS = {f"h{n}": along(n * 4 + 1, (n % 3 - 1) * 2) for n in range(38)}
BOOK = write_hub_book([Hub.at(name, "coach", *place, 1) for name, place in HUBS.items()])


def _recipient(called, place, **more):
    cells = (h3.latlng_to_cell(*place, more.pop("res", 7)),)
    return Recipient(id=called, cells=cells, contacts=INBOX, **more)


@cache
def registered():
    """Return everybody's ordinal by name, and an index for each lane."""
    people = [
        _recipient(name, place, kind=RecipientKind.VOLUNTEER, tier=list(Tier)[n % 2])
        for n, (name, place) in enumerate(PEOPLE.items())
    ]
    hubs = [
        _recipient(name, place, kind=RecipientKind.HUB, res=10, hub_kind="coach", name=name)
        for name, place in HUBS.items()
    ]
    desks = [_recipient(f"d{n}", WEST, kind=RecipientKind.DESK, level=n) for n in range(4)]

    async def everything():
        store = MemoryStore()
        await store.roster.register((*people, *hubs, *desks))
        names = {one.id: await store.roster.get(one.id) for one in (*people, *hubs, *desks)}
        columns = [await store.roster.columns(n, LANES) for n in range(LANES)]
        return {name: one.ordinal for name, one in names.items()}, list(map(BruteIndex, columns))

    return asyncio.run(everything())


class Told(NamedTuple):
    """One who stands in a row of the ledger."""

    case: str
    purpose: Purpose
    alert: int
    version: int
    name: str


@dataclass
class Lonely:
    """What is so far."""

    now: object
    facts: dict = field(default_factory=lambda: defaultdict(list))
    states: dict = field(default_factory=dict)
    wakes: dict = field(default_factory=dict)
    versions: dict = field(default_factory=lambda: defaultdict(int))
    told: list = field(default_factory=list)
    alone: list = field(default_factory=list)
    """When, and of which case, an alert was issued first on one word."""
    emergencies: list = field(default_factory=list)
    refused: int = 0

    def state(self, name):
        return case.fold(self.facts[name])

    def ask(self, name, request, about=""):
        """Decide; what follows becomes true, in this case and beside it. None: refused."""
        history = tuple(self.facts[name])
        try:
            said = decide(history, request, about)
        except Refused:
            self.refused += 1
            return None
        before = case.fold(history)
        beside = [
            (one.into, joined(before, one, self._sources(name), BOOK))
            for one in said
            if isinstance(one, CaseMerged)
        ]
        beside += [(one.of, left(before, one, ())) for one in said if isinstance(one, CaseParted)]
        for fact in said:
            self._count(name, fact)
            self.hear(name, fact, request.by)
        for other, fact in beside:
            self.hear(other, fact, request.by)
        return said

    def _count(self, name, fact):
        if fact.kind == "case.alert-issued/1" and fact.people_max is not None:
            self.alone.append((fact.at, name))
        if isinstance(fact, EmergencyUsed):
            self.emergencies.append(fact.at)

    def _sources(self, name):
        return tuple(
            JoinedSource(
                cell=one.cell,
                seen_at=one.seen_at,
                accuracy_m=one.error_m,
                mode=one.mode,
                credibility_ppm=one.credibility_ppm,
            )
            for one in knowledge_of(self.facts[name]).sources[1:]
        )

    def hear(self, name, fact, by=HOUSE):
        """Record a fact and everything that follows from it."""
        queue = deque([(fact, by, None)])
        while queue:
            one, who, cause = queue.popleft()
            heard = self._record(name, one, who, cause)
            for processor in processors.ALL:
                if one.kind not in processor.hears:
                    continue
                key = name, processor.name
                reaction = processor.step(self.states.get(key) or processor.begin(), heard)
                self.states[key], self.wakes[key] = reaction.state, reaction.wake_at
                queue.extend((out, HOUSE, heard.id) for out in reaction.says)
            for lane in map(_lane, range(LANES)):
                if one.kind in lanes.HEARS:
                    made = self._made(name, lane, heard)
                    queue.extend((out, HOUSE, heard.id) for out in self._kept(name, lane, made))

    def _record(self, name, fact, by, cause):
        number, stream = len(self.facts[name]) + 1, stream_of(fact)
        self.versions[stream] += 1
        heard = Recorded(
            fact=fact,
            id=derived_id(ORIGIN, name, number),
            stream=stream,
            version=self.versions[stream],
            key=name,
            key_version=number,
            log_index=number - 1,
            recorded_at=fact.at,
            by=by,
            cause=cause,
        )
        self.facts[name].append(heard)
        return heard

    def _made(self, name, lane, heard):
        """Return the lane's plan, as `hosts.lane` has it made."""
        ordinals, index = registered()
        state, fact = self.states.get((name, lane.name), LaneState()), heard.fact
        match fact:
            case CalloutOrdered(purpose=Purpose.ASK):
                spared = BitMap(ordinals[one] for one in (fact.spared or b"").decode().split())
                query = ask_query(fact, state, lane.own(spared), Days())
                found = None if query is None else index[lane.number].match(query)
                return plan_ask(heard, state, lane, found)
            case CalloutOrdered(purpose=Purpose.ASK_OVER):
                return plan_ask_over(heard, state, lane, BitMap())
            case CalloutOrdered(audience=Audience.HUB):
                return lanes.plan(heard, state, lane, {fact.contact: BitMap([ordinals[fact.hub]])})
            case CalloutOrdered(audience=Audience.TOLD):
                return lanes.plan(heard, state, lane, {0: self._ever_told(name, fact)})
            case CalloutOrdered():
                found = index[lane.number].match(lanes.query_of(fact, state))
                return lanes.plan(heard, state, lane, found)
            case WakeDue():
                asked = lanes.queries_again(fact, state, lane)
                both = [(one, index[lane.number].match(query)) for one, query in asked]
                return lanes.plan_again(heard, state, lane, both)
            case _ if isinstance(fact, ENDS_WITH) and fact.alert is not None:
                upto = fact.version or state.newest(fact.alert)
                return Plan(lanes.ended(state, fact.alert, upto))
        return Plan(state)

    def _ever_told(self, name, order):
        ordinals, _ = registered()
        of = {(name, order.alert), (name, 0)}
        of |= {(one.case, alert) for one in order.joined or () for alert in (one.alert, 0)}
        told = (one.name for one in self.told if (one.case, one.alert) in of)
        return BitMap(ordinals[one] for one in told if not one.startswith("d"))

    def _kept(self, name, lane, made):
        """Keep what a lane planned; return what it says."""
        self.states[name, lane.name] = made.state
        self.wakes[name, lane.name] = made.wake_at
        ordinals, _ = registered()
        names = {ordinal: who for who, ordinal in ordinals.items()}
        self.told.extend(
            Told(name, chunk.purpose, chunk.alert, chunk.version, names[one])
            for chunk in made.chunks
            for one in BitMap.deserialize(chunk.recipients)
        )
        return made.says

    def late(self):
        """Look at whole live areas, as whoever comes late is told."""
        _, index = registered()
        for name in list(self.facts):
            for lane in map(_lane, range(LANES)):
                state = self.states.get((name, lane.name), LaneState())
                looked = [
                    late.Looked(one, index[lane.number].match(self._late_query(state, one)), None)
                    for one in state.live(self.now)
                ]
                made = late.plan_late(name, state, lane, looked, self.now, 1)
                if made is not None:
                    self._kept(name, lane, Plan(made.state, made.chunks))
                    for said in made.says:
                        self.hear(name, said.fact)

    def _late_query(self, state, one):
        return late.late_query(one, self.now, None, known=state.told_of(one.alert))

    def passes(self, minutes):
        """Let the case clock go on; each wake is heard when it is due."""
        until = self.now + timedelta(minutes=minutes)
        while due := [(at, *key) for key, at in self.wakes.items() if at and at <= until]:
            at, name, consumer = min(due)
            self.wakes[name, consumer] = None
            self.now = max(self.now, at)
            self.hear(name, wake(name, consumer, at))
        self.now = until
        self.late()

    def of(self, kind):
        """Return the facts of that class in all cases."""
        return [one for said in self.facts.values() for one in said if isinstance(one.fact, kind)]

    def askings(self, name):
        found = (one.fact for one in self.facts[name] if isinstance(one.fact, AskingOpened))
        return [one.asking for one in found]


def wake(name, consumer, at):
    asked_by = derived_id(ORIGIN, name, "wake")
    return WakeDue(case=name, at=at, processor=consumer, asked_by=asked_by, due=at)


class _Lane(Lane):
    """Whose people are few, and so looked at one by one."""

    __slots__ = ()

    def own(self, people):
        return BitMap(one for one in people if one >> COUNT_BITS in self.shards)


@cache
def _lane(number):
    return _Lane(number, LANES, ORIGIN)
