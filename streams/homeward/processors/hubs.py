"""Heads the person off: orders watches at the hubs they can still come to, soonest first.

Every hub whose earliest arrival lies ahead is ordered before that arrival: at once when it lies
within the policy's horizon, else as soon as it does. A hub that they can have reached already is
ordered too, first of all, with a window from now on: they may be waiting there for a train, and
nobody there knows yet. Only a hub that they must have left again is passed over.

After news a hub that watches at the wrong time is ordered anew: the same watch, another window.
One that watched in vain is asked again when they may still come later than it was told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

import numpy as np

from homeward.facts.case import (
    AlertCancelled,
    AlertExtended,
    AlertIssued,
    AlertUpdated,
    AlertWidened,
    CaseClosedOut,
    CaseResolved,
)
from homeward.facts.clock import WakeDue
from homeward.facts.hub import HubUnreachable, WatchOrdered, WatchReleased
from homeward.facts.merging import CaseMerged
from homeward.facts.watch import WatchStoodDown
from homeward.geography.hubbook import Hub, read_hub_book
from homeward.messages import Fact, Recorded
from homeward.policies.duty import ask_order
from homeward.policies.known import Arrivals
from homeward.processor import Reaction
from homeward.processors.keeping import Live, Shape, earliest, is_time, kinds
from homeward.processors.knowledge import (
    NEWS,
    NOTHING,
    WITH_HUBS,
    Knowledge,
    News,
    learnt,
    policy_for,
)
from homeward.words import derived_id

ORDERS_MAX: Final = 400
"""Orders said on one fact: about half a megabyte of log in one turn, and more than lie ahead of a
van within the horizon anywhere we know. The rest follows a second later, soonest first."""
REST_AFTER: Final = timedelta(seconds=1)
LOOK_PAUSE_MIN: Final = timedelta(minutes=1)
"""Hubs that come within the horizon in the same minute are ordered together."""
ACKNOWLEDGE_WITHIN: Final = timedelta(minutes=3)
"""DOMAIN "Hubs": silence for so long goes to the next contact."""
HELD_WITHIN: Final = timedelta(minutes=10)
"""A window that news moves by less stays as it was told: earliest arrivals are not known to ten
minutes, whoever watches looks up before and after, and each new window must be acknowledged."""
WATCHES_ON: Final = "watches-on"
"""The hub watches for the case that this one went on in."""
NOT_HERE: Final = "not-here"
"""The hub watched until its window was over, and the person did not come. One that stood down for
another reason is not asked again: the police desk has it."""

Window: TypeAlias = tuple[datetime, datetime]
"""From when until when a hub watches."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A hub that was asked to watch."""

    hub: str
    watch: str
    version: int
    """Of the alert that it was ordered, or ordered anew, under."""
    open: bool = True
    window: Window | None = None
    """As it was told last; None: by a build that did not keep it."""
    moved: int = 0
    """How often news moved the window."""
    ended_for: str = ""
    anew: bool = False
    """News moved the window: it is ordered anew as soon as it is due."""


@dataclass(frozen=True, slots=True)
class HubsState:
    """What is known, which hubs there are, and which of them watch."""

    knowledge: Knowledge = NOTHING
    live: Live | None = None
    book: tuple[Hub, ...] = ()
    watches: tuple[Watch, ...] = ()
    named: tuple[str, ...] = ()
    """Hubs that were said to be unreachable under this version."""
    look_at: datetime | None = None
    alone: tuple[str, ...] = ()
    """Hubs that were asked on one officer's word, under any version."""


_SHAPE: Final = Shape(HubsState)


class Hubs:
    """Orders what lies ahead, releases what does not any more, and all when it is over."""

    name = "hubs"
    hears = NEWS | kinds(
        AlertIssued,
        AlertUpdated,
        AlertWidened,
        AlertExtended,
        AlertCancelled,
        CaseResolved,
        CaseClosedOut,
        CaseMerged,
        WatchStoodDown,
        WakeDue,
    )

    def begin(self) -> HubsState:
        """Nothing is known yet."""
        return HubsState()

    def dump(self, state: HubsState) -> bytes:
        """Return the state as JSON."""
        return _SHAPE.dump(state)

    def load(self, raw: bytes) -> HubsState:
        """Return the state from JSON."""
        return _SHAPE.load(raw)

    def step(self, state: HubsState, heard: Recorded) -> Reaction[HubsState]:
        """React; on news hubs that lie behind are released before others are ordered."""
        match heard.fact:
            case news if isinstance(news, News):
                book = news.hubs if isinstance(news, WITH_HUBS) else None
                state = replace(state, knowledge=learnt(state.knowledge, news, heard.by.id))
                return _look(_with_book(state, book), heard, news=True)
            case AlertIssued() | AlertUpdated() as fact:
                live = Live.of(fact, heard.by.id)
                if not live.replaces(state.live):
                    return Reaction(state, wake_at=state.look_at)
                state = replace(state, live=live, named=(), look_at=None)
                return _look(_with_book(state, fact.hubs), heard, news=True)
            case AlertWidened() as fact:
                wide = state.live and state.live.widened(fact)
                if not wide:
                    return Reaction(state, wake_at=state.look_at)
                return _look(_with_book(replace(state, live=wide), fact.hubs), heard, news=True)
            case AlertExtended() as fact:
                longer = state.live and state.live.extended(fact)
                if not longer:
                    return Reaction(state, wake_at=state.look_at)
                return _look(replace(state, live=longer), heard, news=False)
            case WakeDue() as wake if is_time(self.name, state, wake):
                return _look(state, heard, news=False)
            case AlertCancelled() | CaseResolved() | CaseClosedOut():
                return _end(state, heard, "over")
            case CaseMerged() as fact:
                return _end(state, heard, "merged", frozenset(fact.hubs))
            case WatchStoodDown() as fact:
                state = replace(state, watches=_stood_down(state.watches, fact))
        return Reaction(state, wake_at=state.look_at)


def _with_book(state: HubsState, raw: bytes | None) -> HubsState:
    """Add a book's hubs to those known; what the newer book says of a hub counts."""
    if raw is None:
        return state
    hubs = {hub.id: hub for hub in (*state.book, *read_hub_book(raw))}
    return replace(state, book=tuple(hubs[key] for key in sorted(hubs)))


def _stood_down(watches: Iterable[Watch], fact: WatchStoodDown) -> tuple[Watch, ...]:
    return tuple(
        replace(one, open=False, ended_for=fact.reason, anew=False)
        if one.watch == fact.watch and one.open
        else one
        for one in watches
    )


def _end(
    state: HubsState, heard: Recorded, reason: str, elsewhere: frozenset[str] = frozenset()
) -> Reaction[HubsState]:
    """Release every open watch; nothing is ordered any more.

    Hubs ``elsewhere`` watch on for the case in which this one goes on.
    """
    live = state.live
    if live is None:
        return Reaction(state)
    open_ = [one for one in state.watches if one.open]
    says = [
        _released(live, one, heard, WATCHES_ON if one.hub in elsewhere else reason) for one in open_
    ]
    return Reaction(replace(state, live=None, watches=(), look_at=None), says)


def _look(state: HubsState, heard: Recorded, *, news: bool) -> Reaction[HubsState]:
    live, at = state.live, heard.at
    if live is None or not state.knowledge.sources:
        return Reaction(state)
    if at >= live.expires_at:
        return _end(state, heard, "expired")
    if state.knowledge.stands_still(live):
        return Reaction(replace(state, look_at=live.expires_at), (), live.expires_at)
    policy, known = policy_for(live), state.knowledge.known(live)
    arrivals = policy.arrivals(known, state.book, at)
    says: list[Fact] = []
    if news:
        behind = {hub.id for hub, on in zip(state.book, arrivals.ahead, strict=True) if not on}
        gone = [one for one in state.watches if one.open and one.hub in behind]
        says.extend(_released(live, one, heard, "not-ahead") for one in gone)
        ended = {one.watch for one in gone}
        kept = tuple(one for one in state.watches if one.watch not in ended)
        # A hub that was released can come to lie ahead again.
        state = replace(state, watches=_moved(kept, state.book, arrivals, at))
    due = arrivals.ahead & (arrivals.earliest_s <= policy.horizon_s)
    asked = {one.hub for one in state.watches if _told(one, live)}
    asked.update(state.named)
    order = np.lexsort((np.arange(len(state.book)), arrivals.earliest_s)).tolist()
    waiting = [row for row in order if due[row] and state.book[row].id not in asked]
    state, waiting = _alone(state, live, waiting)
    state, ordered = _ordered(state, live, arrivals, waiting[:ORDERS_MAX], heard)
    later_s = arrivals.earliest_s[arrivals.ahead & ~due] - policy.horizon_s
    next_s = float(later_s.min(initial=np.inf))
    look_at = earliest(
        at + REST_AFTER if len(waiting) > ORDERS_MAX else None,
        at + max(LOOK_PAUSE_MIN, timedelta(seconds=next_s)) if np.isfinite(next_s) else None,
        state.knowledge.next_source_at(at),
        live.expires_at,
    )
    return Reaction(replace(state, look_at=look_at), (*says, *ordered), look_at)


def _alone(state: HubsState, live: Live, waiting: list[int]) -> tuple[HubsState, list[int]]:
    """Keep those hubs that one officer's word may ask, the soonest; all, once two approved it.

    Counted are all that were ever asked so, released or not: each of them was alarmed. One that
    has a watch is asked nothing new by it.
    """
    if live.hubs_max is None:
        return state, waiting
    alone, kept = dict.fromkeys(state.alone), list[int]()
    known = alone.keys() | {one.hub for one in state.watches}
    for row in waiting:
        hub = state.book[row]
        if hub.contacts and hub.id not in known:
            if len(alone) >= live.hubs_max:
                continue
            alone[hub.id] = None
        kept.append(row)
    return replace(state, alone=tuple(alone)), kept


def _told(one: Watch, live: Live) -> bool:
    """Whether a hub needs no order now: it has one, or it stood down.

    A version that changes nothing of what to do leaves a watch as it was ordered.
    """
    current = (live.same_since or live.version) <= one.version <= live.version
    return not one.anew and (not one.open or current)


def _moved(
    watches: Iterable[Watch], book: Sequence[Hub], arrivals: Arrivals, at: datetime
) -> tuple[Watch, ...]:
    """Mark the watches that are to be ordered anew once they are due, and no others."""
    ahead = {book[row].id: row for row in np.flatnonzero(arrivals.ahead).tolist()}
    marked: list[Watch] = []
    for one in watches:
        row = ahead.get(one.hub)
        anew = row is not None and _apart(one, _window(arrivals, row, at), at)
        marked.append(one if anew == one.anew else replace(one, anew=anew))
    return tuple(marked)


def _apart(one: Watch, new: Window, at: datetime) -> bool:
    """Whether what a hub was told is wrong now.

    An open watch: it would miss the person, or look out long before they can come and tire. One
    that ended in vain: they may come after it.
    """
    if not one.open:
        later = one.window is not None and new[1] > one.window[1] + HELD_WITHIN
        return one.ended_for == NOT_HERE and later
    if one.window is None:
        return True
    begin, end = one.window
    missed = new[0] < begin - HELD_WITHIN or new[1] > end + HELD_WITHIN
    return missed or at < begin < new[0] - HELD_WITHIN


def _window(arrivals: Arrivals, row: int, at: datetime) -> Window:
    eta_s = max(0.0, float(arrivals.earliest_s[row]))
    latest_s = int(arrivals.latest_s[row]) + 1
    return at + timedelta(seconds=int(eta_s)), at + timedelta(seconds=latest_s)


def _again(old: Watch | None, hub: Hub, heard: Recorded) -> Watch:
    """Return the watch to order; one that is open goes on, whoever stood down gets a new one."""
    if old is None or not old.open:
        return Watch(hub.id, derived_id(heard.id, "watch", hub.id), 0)
    return replace(old, moved=old.moved + old.anew, anew=False)


def _ordered(
    state: HubsState, live: Live, arrivals: Arrivals, rows: list[int], heard: Recorded
) -> tuple[HubsState, list[Fact]]:
    """Order watches, soonest first; a hub that watches already keeps its watch."""
    watches = {one.hub: one for one in state.watches}
    named: list[str] = []
    says: list[Fact] = []
    for row in rows:
        hub, eta_s = state.book[row], max(0.0, float(arrivals.earliest_s[row]))
        if hub.contacts == 0:
            named.append(hub.id)
            says.append(_unreachable(live, hub, eta_s, heard))
            continue
        window = _window(arrivals, row, heard.at)
        watch = _again(watches.get(hub.id), hub, heard)
        watches[hub.id] = replace(watch, version=live.version, window=window)
        ask, unattended = ask_order(hub.duty, hub.contacts, heard.at, window)
        says.append(
            WatchOrdered(
                case=heard.key,
                at=heard.at,
                watch=watch.watch,
                hub=hub.id,
                hub_kind=hub.kind_word,
                alert=live.alert,
                version=live.version,
                rank=sum(isinstance(one, WatchOrdered) for one in says),
                eta_s=int(eta_s),
                window_from=window[0],
                window_to=window[1],
                mode=arrivals.modes[row],
                contacts=hub.contacts,
                acknowledge_by=heard.at + ACKNOWLEDGE_WITHIN,
                texts_of=live.draft,
                ask=ask if hub.duty else None,
                unattended=unattended,
                moved=watch.moved or None,
            )
        )
    kept = tuple(watches[hub] for hub in sorted(watches))
    return replace(state, watches=kept, named=(*state.named, *named)), says


def _unreachable(live: Live, hub: Hub, eta_s: float, heard: Recorded) -> HubUnreachable:
    return HubUnreachable(
        case=heard.key,
        at=heard.at,
        hub=hub.id,
        hub_kind=hub.kind_word,
        alert=live.alert,
        version=live.version,
        eta_s=int(eta_s),
    )


def _released(live: Live, watch: Watch, heard: Recorded, reason: str) -> WatchReleased:
    return WatchReleased(
        case=heard.key,
        at=heard.at,
        watch=watch.watch,
        hub=watch.hub,
        alert=live.alert,
        version=live.version,
        reason=reason,
    )
