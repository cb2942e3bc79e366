"""What a case's page shows beside its clock: its hold, reviews, merges, and ring 0."""

from dataclasses import dataclass
from typing import Any

from homeward.case.ringzero import decide_ring_zero
from homeward.facts.case import FactsAdded
from homeward.facts.merging import CaseJoined
from homeward.facts.ringzero import RingZeroAsked
from homeward.http.authorisation import Action
from homeward.http.doors import Door
from homeward.http.pages.desk import WORDS, in_words, may
from homeward.http.pages.dutyalone import review_lines
from homeward.http.pages.moments import moment
from homeward.http.rooms import Rooms
from homeward.refusals import Refused
from homeward.requests.ringzero import AskRingZero
from homeward.words import case_code


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold, for who lifts it."""

    why: tuple[str, ...]
    lifts: bool


@dataclass(frozen=True, slots=True)
class Ring:
    """How an unverified report stands with those near it."""

    told: str
    """That they are told, or were; "" where nobody asked for it."""
    back: bool
    """It can still be taken back, by turning the report down."""
    asks: bool
    why_not: str


def beside(rooms: Rooms, door: Door, lang: str) -> dict[str, Any]:
    """Return what a case's page shows of its hold, open reviews, merges and ring 0."""
    return {
        "hold": hold_of(door, lang),
        "lifted_by_me": door.state.unverified and door.state.lifted_by == door.by.id,
        "ring": ring_of(rooms, door, lang),
        "merging": merging_of(door),
        "reviews": review_lines(door, [door.state], rooms.clock.now(), lang),
    }


def hold_of(door: Door, lang: str) -> Hold | None:
    """Return how a case is held, in words; None: it is not."""
    state, d = door.state, WORDS[lang]
    if not state.held or state.status.over:
        return None
    verified = state.verified_by == door.by.id
    why = [d["hold-order" if _stated(door) else "hold-list"]]
    if verified:
        why.append(d["hold-lifts-another"])
    return Hold(tuple(why), may(door, Action.LIFT_HOLD) and not verified)


def _stated(door: Door) -> bool:
    """Whether somebody stated an order of protection."""
    raised = door.state.raised
    later = (one.fact for one in door.recorded if isinstance(one.fact, FactsAdded | CaseJoined))
    return bool(raised and raised.protection_order) or any(one.protection_order for one in later)


@dataclass(frozen=True, slots=True)
class Linked:
    """Another case, as a link."""

    path: str
    code: str


@dataclass(frozen=True, slots=True)
class Merging:
    """Which other cases of the same person are known."""

    into: Linked | None
    joined: tuple[Linked, ...]
    looks: bool
    """Whoever looks may look for more."""
    parts: bool
    """They may say that it was of somebody else."""


def merging_of(door: Door) -> Merging | None:
    """Return where a case goes on and what goes on in it; None: nothing is shown of it."""
    state = door.state
    joined = tuple(_linked(one.case) for one in state.joined)
    looks = may(door, Action.MERGE) and not state.status.over and not state.held
    if not (state.into or joined or looks):
        return None
    parts = bool(state.into) and may(door, Action.MERGE)
    return Merging(_linked(state.into) if state.into else None, joined, looks, parts)


def _linked(case: str) -> Linked:
    return Linked(f"/duty/cases/{case}", case_code(case))


def ring_of(rooms: Rooms, door: Door, lang: str) -> Ring | None:
    """Return how ring 0 stands for who looks, None where it is nothing to them."""
    state, d, now = door.state, WORDS[lang], rooms.clock.now()
    until = state.ring_zero
    if until is not None:
        said = d["ring-told" if state.unverified and now < until else "ring-was-told"]
        return Ring(said.format(at=moment(until, lang)), state.unverified, asks=False, why_not="")
    if not state.unverified or state.held or not may(door, Action.RING_ZERO):
        return None
    wish = ring_wish(rooms, door)
    if isinstance(wish, Refused):
        return Ring("", back=False, asks=False, why_not=in_words(wish, lang))
    return Ring("", back=False, asks=True, why_not="")


def ring_wish(rooms: Rooms, door: Door) -> RingZeroAsked | Refused | None:
    """Return what asking for ring 0 would make true now, or why not; None: it was asked for."""
    try:
        made = decide_ring_zero(door.state, AskRingZero(at=rooms.clock.now(), by=door.by))
    except Refused as refused:
        return refused
    return made[0] if made else None
