"""A fan-out lane as a consumer: it alone reads the index, and closes alerts in the ledger.

It reads through ports and writes nothing but what stops sending (closing an alert, superseding an
older version or window: all idempotent); chunks, told-bitmaps and the summary fact commit with its
position.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from pyroaring import BitMap

from homeward.facts.callout import CalloutOrdered, ChunksCut
from homeward.facts.case import AlertCancelled, CaseClosedOut, CaseResolved
from homeward.facts.clock import WakeDue
from homeward.facts.merging import CaseMerged
from homeward.fanout import told
from homeward.fanout.asks import ask_query, plan_ask, plan_ask_over
from homeward.fanout.days import Counted, DayChange, Days
from homeward.fanout.lane import (
    HEARS,
    RING_ZERO,
    Lane,
    Plan,
    ended,
    plan,
    plan_again,
    queries_again,
    query_of,
)
from homeward.fanout.shards import lane_of
from homeward.fanout.told import LaneState
from homeward.hosts.consumer import Reacted
from homeward.hosts.daybook import DayCache, DayView
from homeward.hosts.keeper import IndexKeeper
from homeward.messages import Recorded
from homeward.ports import Ledger, Roster, Workbench
from homeward.words import Audience, Purpose, RecipientKind


@dataclass(slots=True)
class LaneConsumer:
    """Turns orders into rows of the ledger."""

    lane: Lane
    roster: Roster
    ledger: Ledger
    keeper: IndexKeeper
    hears: frozenset[str] = HEARS
    days: DayCache = field(init=False)
    """Shared by all that this process makes `afresh`."""
    view: DayView | None = None
    """None: nobody's day counts (`afresh` gives one)."""

    def __post_init__(self) -> None:
        """Serve the lane's shards."""
        self.days = DayCache(self.lane.shards)

    @property
    def name(self) -> str:
        """``fanout.<lane>``."""
        return self.lane.name

    def afresh(self, workbench: Workbench) -> "LaneConsumer":
        """Return the lane for one commit."""
        one = replace(self, view=None)
        one.days = self.days
        one.view = DayView(workbench, self.days)
        return one

    def count(self, people: Counted) -> None:
        """Count people who are told of one more alert."""
        if self.view is not None:
            self.view.count(people)

    def counted(self) -> tuple[DayChange, ...]:
        """Return what was counted since the last call."""
        return () if self.view is None else self.view.taken()

    async def today(self, at: datetime) -> Days:
        """Return people's days as this commit knows them."""
        return Days() if self.view is None else await self.view.read(at)

    def stream(self, key: str) -> str:
        """Return ``fanout-<case>.<lane>``: two lanes of a case are two writers."""
        return f"fanout-{key}.{self.lane.number}"

    def begin(self) -> LaneState:
        """Nobody was told."""
        return LaneState()

    def load(self, raw: bytes) -> LaneState:
        """Return the state that was dumped."""
        return told.load(raw)

    def dump(self, state: LaneState) -> bytes:
        """Return the state as bytes."""
        return told.dump(state)

    async def react(self, state: LaneState, heard: Recorded) -> Reacted:
        """Cut an order's chunks, wake those who slept, or close what ended."""
        match heard.fact:
            case CalloutOrdered() as order:
                return self._reacted(await self._ordered(state, heard, order), heard)
            case WakeDue() as wake:
                return self._reacted(await self._again(state, heard, wake), heard)
            case AlertCancelled() | CaseResolved() | CaseClosedOut() | CaseMerged() as fact:
                if fact.alert is None:
                    return self._reacted(Plan(state), heard)
                version = fact.version or state.newest(fact.alert)
                await self.ledger.close(heard.key, fact.alert, version)
                return self._reacted(Plan(ended(state, fact.alert, version)), heard)
        return self._reacted(Plan(state), heard)

    async def _ordered(self, state: LaneState, heard: Recorded, order: CalloutOrdered) -> Plan:
        if order.purpose in {Purpose.ASK, Purpose.ASK_OVER}:
            return await self._asks(state, heard, order)
        query = query_of(order, state)
        if order.audience is Audience.AREA:
            await self._outlives(state, heard.key, order)
        if query is not None:
            await self._supersede_window(heard.key, order)
            area = order.audience is Audience.AREA
            days = await self.today(order.at) if area else Days()
            index = await self.keeper.fresh()
            found = index.match(replace(query, days=days))
            return plan(heard, state, self.lane, found, index.revision)
        if order.audience is Audience.TOLD:
            return plan(heard, state, self.lane, await self._told(state, heard.key, order))
        hub = await self.roster.get(order.hub or "")
        people = BitMap([] if hub is None else [hub.ordinal])
        if self.lane.own(people):  # one lane is enough, and each takes the alert's row
            await self._supersede_window(heard.key, order)
        return plan(heard, state, self.lane, {order.contact: people})

    async def _asks(self, state: LaneState, heard: Recorded, order: CalloutOrdered) -> Plan:
        """Ask people to come, or tell those who were asked that they need not."""
        spared = await self._spared(order)
        if order.purpose is Purpose.ASK_OVER:
            return plan_ask_over(heard, state, self.lane, spared)
        query = ask_query(order, state, spared, await self.today(order.at))
        found = None if query is None else (await self.keeper.fresh()).match(query)
        return plan_ask(heard, state, self.lane, found)

    async def _spared(self, order: CalloutOrdered) -> BitMap:
        """Return whom an order names to be left out, as far as this lane serves them."""
        named = (order.spared or b"").decode().split()
        mine = [one for one in named if lane_of(one, self.lane.lanes) == self.lane.number]
        found = [await self.roster.get(one) for one in mine]
        return BitMap([one.ordinal for one in found if one is not None])

    async def _outlives(self, state: LaneState, case: str, order: CalloutOrdered) -> None:
        """Stop what an order replaces, and let what it extends leave for longer."""
        if order.alert > RING_ZERO and state.of(RING_ZERO, RING_ZERO):
            await self.ledger.close(case, RING_ZERO, RING_ZERO)
        since = order.same_since or order.version
        if since > 1:
            await self.ledger.supersede(case, order.alert, since)
        kept = state.of(order.alert, order.version)
        before, until = kept.expires_at if kept else None, order.expires_at
        if before and until and before < until:
            await self.ledger.extend(case, order.alert, order.version, until)

    async def _again(self, state: LaneState, heard: Recorded, wake: WakeDue) -> Plan:
        asked = queries_again(wake, state, self.lane)
        if not asked:  # another consumer's wake, mostly
            return Plan(state)
        days, index = await self.today(wake.at), await self.keeper.fresh()
        found = [(one, index.match(replace(query, days=days))) for one, query in asked]
        return plan_again(heard, state, self.lane, found)

    async def _supersede_window(self, case: str, order: CalloutOrdered) -> None:
        if order.purpose is Purpose.WATCH and order.watch and order.moved:
            await self.ledger.supersede_watch(case, order.alert, order.watch, order.moved)

    async def _told(self, state: LaneState, case: str, order: CalloutOrdered) -> dict[int, BitMap]:
        """Return everyone ever leased, by the contact that was asked.

        Those, too, who were told of the unverified report that the alert followed. From here on
        nobody is leased but to be told that it is over.
        """
        if order.purpose.closes:
            await self.ledger.close(case, order.alert, order.version)
        people: dict[int, BitMap] = {}
        of = [(case, order.alert)]
        if state.of(RING_ZERO, RING_ZERO) and order.alert != RING_ZERO:
            of.append((case, RING_ZERO))
        for one in order.joined or ():  # of these no state is at hand
            of += [(one.case, alert) for alert in {one.alert, RING_ZERO}]
        for name, alert in of:
            for contact, raw in await self.ledger.ever_leased(name, alert):
                some = told.bitmap(raw)
                some = await self._without_desks(some) if alert == RING_ZERO else some
                people[contact] = people.get(contact, BitMap()) | some
        return people

    async def _without_desks(self, people: BitMap) -> BitMap:
        """Return people without desks: those were told that a report waits, which is theirs."""
        known = await self.roster.by_ordinals(self.lane.own(people).to_array().tolist())
        desks = (one for one, who in known.items() if who.recipient.kind is RecipientKind.DESK)
        return people - BitMap(desks)

    def _reacted(self, made: Plan, heard: Recorded) -> Reacted:
        self.count(made.counted)
        self._measure(made)
        live = bool(made.state.live(heard.at))
        return Reacted(made.state, made.says, made.wake_at, made.chunks, live)

    def _measure(self, made: Plan) -> None:
        for fact in made.says:
            if not isinstance(fact, ChunksCut) or fact.purpose is Purpose.ASK:
                continue  # who sleeps through an ask was told
            over = fact.passed_over
            for reason, people in over.model_dump().items() if over else ():
                if people:
                    self.keeper.meter.count("homeward_suppressed_total", people, reason=reason)
