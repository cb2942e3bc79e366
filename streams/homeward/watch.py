"""One watch at a hub: ordered and released by a processor, acknowledged by people.

Several streams tell of a watch, so it is folded from all facts of its case.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from homeward.case.rules import DRAFTERS, only
from homeward.facts import hub as orders
from homeward.facts import watch as facts
from homeward.messages import Fact, Recorded
from homeward.refusals import NoSuchWatch, WatchOver
from homeward.requests import Request
from homeward.requests import watch as requests
from homeward.words import Role

WATCHERS: Final = DRAFTERS | {Role.HUB}


class Status(StrEnum):
    """What became of a watch."""

    NONE = "none"
    ORDERED = "ordered"
    LAPSED = "lapsed"
    """Nobody acknowledged in time; the next contact or the desk was asked."""
    ACKNOWLEDGED = "acknowledged"
    STOOD_DOWN = "stood-down"
    RELEASED = "released"

    @property
    def over(self) -> bool:
        """Whether nobody need watch any more."""
        return self in {Status.STOOD_DOWN, Status.RELEASED}


@dataclass(frozen=True, slots=True)
class Watch:
    """What is true of a watch."""

    status: Status = Status.NONE
    version: int = 0
    """Of ``watch-<watch>``, the stream that people write to."""
    ordered: orders.WatchOrdered | None = None
    asked: int = 0
    """Which contact was asked last, from 0."""
    to_desk: bool = False
    acknowledged_by: str = ""
    ended_for: str = ""
    """Why whoever stood down did: ``not-here``, ``cannot-watch`` or another word."""


def evolve(watch: Watch, heard: Recorded) -> Watch:
    """Return the watch after a fact of it, from whichever stream.

    Once its window was moved it waits to be acknowledged again. A lapse that is recorded after the
    acknowledgement changes nothing: somebody is watching.
    """
    match heard.fact:
        case orders.WatchOrdered() as fact:
            return _ordered(watch, fact)
        case facts.WatchLapsed() as fact:
            open_ = watch.status in {Status.ORDERED, Status.LAPSED}
            silent = fact.reason is None  # else nobody was waited for, and the first is asked still
            return replace(
                watch,
                status=Status.LAPSED if open_ and silent else watch.status,
                asked=max(watch.asked, fact.contact) if silent else watch.asked,
                to_desk=watch.to_desk or fact.to_desk,
            )
        case orders.WatchReleased():
            return replace(watch, status=Status.RELEASED)
        case facts.WatchAcknowledged():
            status = watch.status if watch.status.over else Status.ACKNOWLEDGED
            return replace(watch, status=status, version=heard.version, acknowledged_by=heard.by.id)
        case facts.WatchStoodDown() as fact:
            if watch.status.over:
                return replace(watch, version=heard.version)
            return replace(
                watch, status=Status.STOOD_DOWN, version=heard.version, ended_for=fact.reason
            )
        case _:
            return watch


def _ordered(watch: Watch, order: orders.WatchOrdered) -> Watch:
    before = watch.ordered
    if before is None:
        return replace(watch, ordered=order, status=Status.ORDERED)
    if watch.status.over or (order.moved or 0) <= (before.moved or 0):
        return replace(watch, ordered=order)
    asked = watch.asked if order.ask == before.ask else 0
    return replace(watch, ordered=order, status=Status.ORDERED, acknowledged_by="", asked=asked)


def fold(recorded: Iterable[Recorded], watch_id: str) -> Watch:
    """Return one watch after the facts of its case in log order; others are passed over."""
    watch = Watch()
    for heard in recorded:
        if getattr(heard.fact, "watch", None) == watch_id:
            watch = evolve(watch, heard)
    return watch


def decide(watch: Watch, request: Request) -> tuple[Fact, ...]:
    """Return the facts this request makes true; none when they are true already.

    A late acknowledgement is welcome, whoever was asked meanwhile; one of a window that was moved
    since changes nothing, for whoever sent it must read the new one. Raises a Refused.
    """
    only(WATCHERS, request)
    order = watch.ordered
    if order is None:
        raise NoSuchWatch
    match request:
        case requests.AcknowledgeWatch():
            if watch.status.over:  # also when it was acknowledged: nobody should go on in vain
                raise WatchOver(watch.status.value)
            outdated = request.moved is not None and request.moved < (order.moved or 0)
            if watch.acknowledged_by or outdated:
                return ()
            return (
                facts.WatchAcknowledged(
                    case=order.case, at=request.at, watch=order.watch, hub=order.hub
                ),
            )
        case requests.StandDown():
            if watch.status.over:
                return ()
            return (
                facts.WatchStoodDown(
                    case=order.case,
                    at=request.at,
                    watch=order.watch,
                    hub=order.hub,
                    reason=request.reason,
                ),
            )
        case _:
            raise TypeError(f"no decision of a watch: {type(request).__name__}")
