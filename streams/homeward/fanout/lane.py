"""From an order to rows of the ledger: whom a lane tells, nearest first, nobody twice.

Pure. The host reads what a plan needs (the index, the ledger's list of those ever leased, a hub's
ordinal) and commits what it answers in one turn with the lane's position.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias

import numpy as np
from pyroaring import BitMap

from homeward.facts.callout import CalloutOrdered, ChunksCut, PassedOver
from homeward.facts.case import AlertCancelled, CaseClosedOut, CaseResolved
from homeward.facts.clock import WakeDue
from homeward.facts.merging import CaseMerged
from homeward.fanout.areas import Among, Anywhere, CellSet
from homeward.fanout.chunk import Chunk
from homeward.fanout.cutting import cuts
from homeward.fanout.days import COUNT_BITS, Counted, counted_of
from homeward.fanout.index import Matched, Ordinals, Query
from homeward.fanout.shards import SHARDS
from homeward.fanout.told import (
    LaneState,
    Told,
    bitmap,
    people_in,
    quiet,
    serialised,
    serialised_whole,
)
from homeward.geography.cells import from_bytes, to_bytes, union
from homeward.messages import Fact, Recorded
from homeward.words import Audience, RecipientKind, derived_id

HEARS: Final = frozenset(
    str(one.model_fields["kind"].default)
    for one in (CalloutOrdered, AlertCancelled, CaseResolved, CaseClosedOut, CaseMerged, WakeDue)
)

INDEXED: Final = {
    Audience.AREA: frozenset({RecipientKind.VOLUNTEER}),
    Audience.DESK: frozenset({RecipientKind.DESK}),
}
RING_ZERO: Final = 0
"""The number, and the version, under which an unverified report is told."""


Asked: TypeAlias = Mapping[int, BitMap]
"""People by the contact of theirs that is asked; 0 for all but hubs."""
Parts: TypeAlias = Sequence[tuple[int, BitMap]]
"""The rows to be: the contact that is asked, and who."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Which part of everybody a lane serves."""

    number: int
    lanes: int
    origin: str
    """Of the log: ids of chunks are derived under it."""

    @property
    def name(self) -> str:
        """The consumer's name, which wakes carry."""
        return f"fanout.{self.number}"

    def own(self, people: BitMap) -> BitMap:
        """Return those that this lane serves: an ordinal's first 6 bits are its shard."""
        first, after = self.shards.start << COUNT_BITS, self.shards.stop << COUNT_BITS
        return people & BitMap(range(first, after)) if self.lanes > 1 else people

    @property
    def shards(self) -> range:
        """Those that it serves."""
        return range(*(-(-one * SHARDS // self.lanes) for one in (self.number, self.number + 1)))


@dataclass(frozen=True, slots=True)
class Plan:
    """What follows from an order for a lane; all of it commits together."""

    state: LaneState
    chunks: tuple[Chunk, ...] = ()
    says: tuple[Fact, ...] = ()
    counted: Counted = ()
    """Who is told of the alert for the first time, by the date that it is for them."""

    @property
    def wake_at(self) -> datetime | None:
        """When to look again at those who slept."""
        return self.state.look_at


def query_of(order: CalloutOrdered, state: LaneState) -> Query | None:
    """Return what to ask the index; None: the recipients are handed in (a hub, those told).

    An update is for those told before, too, wherever they are by now: what they know is no more so.
    But for whoever is to do the same still: they count as told of it.
    """
    kinds = INDEXED.get(order.audience)
    if kinds is None:
        return None
    if order.audience is Audience.DESK:
        return Query(Anywhere(), kinds, order.at, order.severity, level=order.level)
    kept = state.of(order.alert, order.version)
    told, before = _told(state, order), state.told_before(order.alert, order.version)
    return Query(
        tier=order.tier,
        area=CellSet(from_bytes(order.cells or b"")),
        kinds=kinds,
        at=order.at,
        severity=order.severity,
        focus=order.focus,
        told=told,
        again=bitmap(kept.suppressed if kept else b"")
        | (before - told if order.same_since else before),
        known=state.told_of(order.alert),
        overridden=bool(order.overridden),
    )


def _told(state: LaneState, order: CalloutOrdered) -> BitMap:
    """Return who needs not hear of a version, before an order of it is carried out."""
    kept = state.of(order.alert, order.version)
    if kept is None and order.same_since is not None:
        return state.told_since(order.alert, order.same_since, order.version)
    return bitmap(kept.told if kept else b"")


def without_ring(state: LaneState, order: CalloutOrdered) -> LaneState:
    """Return the state once an alert goes out: its words take the place of the unverified ones."""
    told = order.alert > RING_ZERO and state.of(RING_ZERO, RING_ZERO)
    return ended(state, RING_ZERO, RING_ZERO) if told else state


def within(found: Matched, state: LaneState, order: CalloutOrdered, lane: Lane) -> Matched:
    """Return what was found with no more people than one officer's word may tell, nearest first.

    The one place where that number is kept: waves, wakes and latecomers go through it. A lane has
    an even share of it, rounded down, so all lanes together never tell more. Who is left out is
    passed over, and looked at again once a second person approved. Whom an earlier version told is
    told again whatever the number: they hear what changed.
    """
    if order.people_max is None:
        return found
    share = state.share_of(order.alert)
    most = order.people_max // lane.lanes if share is None else share
    before = state.told_before(order.alert, order.version)
    new = ~np.isin(found.ordinals, np.array(before.to_array(), np.uint32))
    left = max(0, most - state.told_alone(order.alert))
    over = new & (np.cumsum(new) > left)
    return replace(
        found,
        ordinals=found.ordinals[~over],
        suppressed=np.concatenate([found.suppressed, found.ordinals[over]]),
        passed_over=found.passed_over._replace(alone=int(over.sum())),
    )


def plan(
    heard: Recorded, state: LaneState, lane: Lane, found: Matched | Asked, checked: int = 0
) -> Plan:
    """Return what an order (a heard `CalloutOrdered`) comes to.

    ``found`` is the index's answer to `query_of`, or, when that was None, the recipients by the
    contact to ask: the hub's ordinal, or everybody ever leased for the alert (a hub's second
    contact was asked, too, and must hear that it is over). Those of other lanes are left to them.
    ``checked`` is the index's roster revision.
    """
    order = heard.fact
    if not isinstance(order, CalloutOrdered):
        raise TypeError(heard.kind)
    if isinstance(found, Matched):
        found = within(found, state, order, lane)
        people = {order.contact: found.ordinals}
    else:
        people = {
            contact: np.array(lane.own(found[contact]).to_array(), np.uint32)
            for contact in sorted(found)
        }
        nobody = np.empty(0, np.uint32)
        found = Matched(nobody, nobody, nobody, nobody)
    rows, known = parted(people), state.told_of(order.alert)
    if order.audience is Audience.AREA:
        state = without_ring(state, order)
        state = _remember(_with_share(state, order, lane), heard.id, order, found, rows, checked)
    if order.purpose.closes:
        state = ended(state, order.alert, order.version)
    elif state.is_over(order.alert, order.version) and not order.purpose.ends:
        rows = []  # ordered before the end, heard after it: it says so, and tells nobody
    chunks = cut(heard, heard.id, order, state, lane, rows)
    state = replace(state, seq=state.seq + len(chunks))
    says = (said(heard, heard.id, order, lane, chunks, found),)
    return Plan(state, chunks, says, first_told(found, rows, known))


def ended(state: LaneState, alert: int, version: int) -> LaneState:
    """Return the state after an alert ended: nobody is told any more, nobody who slept woken.

    Up to a version: the next one, of a case that was opened again, is told.
    """
    upto = max(version, dict(state.ended).get(alert, version))
    versions = tuple(
        quiet(one) if one.alert == alert and one.version <= upto else one for one in state.versions
    )
    return replace(
        state, versions=versions, ended=tuple(sorted({**dict(state.ended), alert: upto}.items()))
    )


def queries_again(wake: WakeDue, state: LaneState, lane: Lane) -> list[tuple[Told, Query]]:
    """Return what to ask about those who have slept, each with what they are to be told."""
    if wake.processor != lane.name:
        return []
    return [
        (one, _again(one, state.told_of(one.alert), wake.at))
        for one in state.versions
        if one.look_at is not None and one.look_at <= wake.due
    ]


def plan_again(
    heard: Recorded, state: LaneState, lane: Lane, found: Sequence[tuple[Told, Matched]]
) -> Plan:
    """Return what a wake (a heard `WakeDue`) comes to; nothing is said when nobody is told."""
    chunks: list[Chunk] = []
    says: list[Fact] = []
    counted: Counted = ()
    for one, everybody in found:
        order = one.as_ordered
        if order.expires_at is not None and heard.at >= order.expires_at:
            # Not the alert: a lane without sleepers hears no wake, and all tell of a next version.
            state = state.silenced(one)
            continue
        matched = within(everybody, state, order, lane)
        parts, known = parted({order.contact: matched.ordinals}), state.told_of(order.alert)
        counted = (*counted, *first_told(matched, parts, known))
        state = _remember(state, one.order, order, matched, parts)
        rows = cut(heard, one.order, order, state, lane, parts)
        state = replace(state, seq=state.seq + len(rows))
        chunks.extend(rows)
        if rows:
            says.append(said(heard, one.order, order, lane, rows, matched))
    return Plan(state, tuple(chunks), tuple(says), counted)


def first_told(found: Matched, parts: Parts, known: BitMap) -> Counted:
    """Return who is told of an alert and was not before, by the date that it is for them.

    Told is who stands in a chunk, whatever becomes of it: what is sent is known later and only in
    part, and nobody is to hear of more than they want to.
    """
    told = BitMap().union(*(people for _, people in parts)) if found.dates else BitMap()
    return counted_of(found.dates, told - known)


def _with_share(state: LaneState, order: CalloutOrdered, lane: Lane) -> LaneState:
    """Return the state that remembers the lane's share: lanes may be cut anew meanwhile."""
    if order.people_max is None or state.share_of(order.alert) is not None:
        return state
    return state.with_share(order.alert, order.people_max // lane.lanes)


def _again(kept: Told, known: BitMap, at: datetime) -> Query:
    people = bitmap(kept.suppressed)
    order = kept.as_ordered
    return Query(
        tier=order.tier,
        area=Among(people),
        kinds=INDEXED[Audience.AREA],
        at=at,
        severity=order.severity,
        focus=order.focus,
        told=bitmap(kept.told),
        known=known,
        overridden=bool(order.overridden),
    )


def _remember(
    state: LaneState,
    order_id: str,
    order: CalloutOrdered,
    found: Matched,
    parts: Parts,
    checked: int = 0,
) -> LaneState:
    """Count those about to be leased as told, and keep who was passed over.

    A wave looks at its own cells only, so the area was last looked at as a whole when it began.
    """
    kept = state.of(order.alert, order.version)
    told = _told(state, order).union(*(people for _, people in parts))
    over = state.is_over(order.alert, order.version)
    suppressed = BitMap() if over else people_in(found.suppressed) - told
    return state.with_told(
        Told(
            alert=order.alert,
            version=order.version,
            told=serialised(told),
            suppressed=serialised(suppressed),
            order=order_id,
            as_ordered=order.model_copy(update={"cells": None}),
            look_at=None if over else found.wakes_at,
            area=_area(kept, order),
            checked=kept.checked if kept else checked,
        )
    )


def _area(kept: Told | None, order: CalloutOrdered) -> bytes:
    """Return the cells of all waves so far."""
    before = kept.area if kept else b""
    if not order.cells:
        return before
    return to_bytes(union(from_bytes(before), from_bytes(order.cells)))


def parted(people: Mapping[int, Ordinals]) -> Parts:
    """Return who is told, nearest first, by the contact to ask, in rows of the ledger."""
    return [
        (contact, people_in(some[part]))
        for contact, some in people.items()
        for part in cuts(len(some))
    ]


def cut(
    heard: Recorded,
    order_id: str,
    order: CalloutOrdered,
    state: LaneState,
    lane: Lane,
    parts: Parts,
) -> tuple[Chunk, ...]:
    """Return the rows of the ledger, one for each part.

    Their ids come from what was heard (an order, or a wake) and the place within it, so they are
    the same whichever order of a case came first; ``seq`` only says which is leased first.
    """
    return tuple(
        Chunk(
            id=derived_id(lane.origin, heard.id, order_id, lane.number, place),
            order=order_id,
            case=heard.key,
            lane=lane.number,
            seq=state.seq + place,
            purpose=order.purpose,
            alert=order.alert,
            version=order.version,
            wave=order.moved or order.wave,  # a watch has no waves
            recipients=serialised_whole(part),
            people=len(part),
            texts_of=order.texts_of,
            contact=contact,
            watch=order.watch,
            window_from=order.window_from,
            window_to=order.window_to,
            expires_at=order.expires_at,
        )
        for place, (contact, part) in enumerate(parts)
    )


def said(
    heard: Recorded,
    order_id: str,
    order: CalloutOrdered,
    lane: Lane,
    chunks: Sequence[Chunk],
    found: Matched,
) -> ChunksCut:
    """Return what the lane says of an order: counts, and who by digest."""
    return ChunksCut(
        case=heard.key,
        at=heard.at,
        order=order_id,
        lane=lane.number,
        alert=order.alert,
        version=order.version,
        wave=order.wave,
        audience=order.audience,
        purpose=order.purpose,
        chunks=len(chunks),
        people=sum(chunk.people for chunk in chunks),
        already_told=len(found.already),
        suppressed=len(found.suppressed),
        passed_over=PassedOver(**found.passed_over._asdict()) if len(found.suppressed) else None,
        unreachable=len(found.unreachable),
        digest=hashlib.sha256(b"".join(chunk.recipients for chunk in chunks)).hexdigest(),
    )
