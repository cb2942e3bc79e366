"""Letting a case go on in another one: what both are is read, and both change together."""

from collections.abc import Sequence
from typing import Final, Protocol

from homeward import watch
from homeward.case import Case, decide
from homeward.case.holding import hold_stream, placed, taken_along
from homeward.case.merging import joined
from homeward.case.parting import left
from homeward.case.persons import missing
from homeward.desk.desk import Asking, Beside, Desk, Receipt
from homeward.desk.refusals import TooBusy
from homeward.desk.shelf import CaseNow
from homeward.facts.merging import (
    CASES_MAX,
    CaseJoined,
    CaseMerged,
    CaseParted,
    JoinedSource,
)
from homeward.facts.sighting import SightingAccepted, SightingReported
from homeward.messages import Fact, Recorded
from homeward.processors.knowledge import knowledge_of
from homeward.requests.merging import MergeCase, PartCase

TRIES: Final = 5
"""How often the case that goes on may itself be merged while this one is."""


class Books(Protocol):
    """Where the hubs around a place are read."""

    async def around(self, *cells: str) -> bytes:
        """Return the hub book."""
        ...


class _Moved(Exception):
    """The case that goes on was merged meanwhile."""


async def goes_on_in(desk: Desk, case: str) -> CaseNow:
    """Return the case in which one goes on at last; itself, when it was not merged."""
    now = await desk.case_now(case)
    for _ in range(CASES_MAX):
        if not now.state.into:
            break
        now = await desk.case_now(now.state.into)
    return now


async def merge_cases(
    desk: Desk, books: Books, case: str, asking: Asking, request: MergeCase
) -> Receipt:
    """Let a case go on in the one that ``request.into`` names. Raises Refused, LogUnavailable."""
    for _ in range(TRIES):
        survivor = await goes_on_in(desk, request.into)
        try:
            return await _merge(desk, books, case, asking, request, survivor.state.id)
        except _Moved:
            continue
    raise TooBusy


async def _merge(
    desk: Desk, books: Books, case: str, asking: Asking, request: MergeCase, into: str
) -> Receipt:
    made: list[MergeCase] = []
    sources: list[JoinedSource] = []
    hubs: list[bytes] = []
    now: list[Case] = []
    there: list[Case] = []

    async def load() -> Sequence[Recorded]:
        mine, theirs = await desk.case_now(case), await goes_on_in(desk, request.into)
        if theirs.state.id != into:
            raise _Moved
        here = await goes_on_in(desk, case)
        sources[:] = _sources(mine.recorded)
        hubs[:] = [await books.around(sources[-1].cell)] if sources else []
        now[:], there[:] = [mine.state], [theirs.state]
        made[:] = [_found(request, mine, theirs, here)]
        return mine.recorded

    def beside(facts: Sequence[Fact]) -> Sequence[Fact]:
        return tuple(
            joined(now[0], one, tuple(sources), hubs[0] if hubs else None)
            for one in facts
            if isinstance(one, CaseMerged)
        )

    other = Beside(f"case-{into or request.into}", beside)
    hold = Beside(hold_stream(into or request.into), lambda facts: placed(there[0], beside(facts)))
    return await desk.submit(
        f"case-{case}", asking, load, lambda _: decide(now[0], made[0]), other, hold
    )


def _found(request: MergeCase, mine: CaseNow, theirs: CaseNow, here: CaseNow) -> MergeCase:
    """Return the request with what is known of both at this moment."""
    state = theirs.state
    if state.raised is None:
        return request.model_copy(update={"status": None})
    return request.model_copy(
        update={
            "into": state.id,
            "goes_on_in": here.state.id if mine.state.into else None,
            "status": state.status.value,
            "over": state.status.over,
            "held": state.held,
            "verified": not state.unverified,
            "live": state.live(request.at),
            "alone_by": _alone_by(state, request),
            "cases": len(state.joined),
            "persons": len(missing(state)),
            "hubs": tuple(sorted(_watching(mine.recorded) & _watching(theirs.recorded))),
        }
    )


def _alone_by(case: Case, request: MergeCase) -> str | None:
    alert = case.alert if case.live(request.at) else None
    return alert.by if alert is not None and alert.people_max is not None else None


def _sources(recorded: Sequence[Recorded]) -> list[JoinedSource]:
    """Return what was accepted, the last to be seen at the end; what was reported is not."""
    return [
        JoinedSource(
            cell=one.cell,
            seen_at=one.seen_at,
            accuracy_m=one.error_m,
            mode=one.mode,
            credibility_ppm=one.credibility_ppm,
        )
        for one in knowledge_of(recorded).sources[1:]
    ]


def _watching(recorded: Sequence[Recorded]) -> set[str]:
    """Return the hubs that watch, or were asked to."""
    found: dict[str, watch.Watch] = {}
    for one in recorded:
        name = getattr(one.fact, "watch", None)
        if isinstance(name, str):
            found[name] = watch.evolve(found.get(name, watch.Watch()), one)
    return {one.ordered.hub for one in found.values() if one.ordered and not one.status.over}


async def part_case(desk: Desk, case: str, asking: Asking, request: PartCase) -> Receipt:
    """Let a merged case go by itself again. Raises Refused, LogUnavailable."""
    for _ in range(TRIES):
        of = (await desk.case_now(case)).state.into
        try:
            return await _part(desk, case, asking, request, of)
        except _Moved:
            continue
    raise TooBusy


async def _part(desk: Desk, case: str, asking: Asking, request: PartCase, of: str) -> Receipt:
    made: list[PartCase] = []
    now: list[Case] = []
    there: list[CaseNow] = []
    forgotten: list[JoinedSource] = []

    async def load() -> Sequence[Recorded]:
        mine = await desk.case_now(case)
        if mine.state.into != of:
            raise _Moved
        made[:], now[:] = [request], [mine.state]
        if of:
            theirs = await desk.case_now(of)
            there[:] = [theirs]
            forgotten[:] = _only_by(mine, theirs)
            known = {"status": theirs.state.status.value, "goes_on_in": theirs.state.into or None}
            made[:] = [request.model_copy(update=known)]
        return mine.recorded

    def beside(facts: Sequence[Fact]) -> Sequence[Fact]:
        parted = (one for one in facts if isinstance(one, CaseParted))
        return tuple(left(now[0], one, tuple(forgotten)) for one in parted)

    def holds(facts: Sequence[Fact]) -> Sequence[Fact]:
        parted = (one for one in facts if isinstance(one, CaseParted))
        found = (taken_along(now[0], one, there[0].state, there[0].recorded) for one in parted)
        return tuple(hold for one in found for hold in one)

    others = [Beside(f"case-{of}", beside), Beside(hold_stream(case), holds)] if of else []
    return await desk.submit(
        f"case-{case}", asking, load, lambda _: decide(now[0], made[0]), *others
    )


def _only_by(mine: CaseNow, theirs: CaseNow) -> list[JoinedSource]:
    """Return what the other case knows only by the one that leaves it, also what came later."""
    case = theirs.state.id
    own = [one for one in theirs.recorded if one.key == case]  # as its processors heard it
    leaving = {one.fact.sighting for one in mine.recorded if isinstance(one.fact, SightingReported)}
    kept = [one for one in own if not _came_by(one.fact, mine.state.id, leaving)]
    still = _sources(kept)
    return [one for one in _sources(own) if one not in still]


def _came_by(fact: Fact, case: str, sightings: set[str]) -> bool:
    if isinstance(fact, CaseJoined):
        return fact.joined == case
    return isinstance(fact, SightingAccepted) and fact.sighting in sightings
