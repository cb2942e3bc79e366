"""The public link of a case: one is open at a time, opened on a live alert, until it is taken back.

What hangs on walls outlives an alert's expiry, so that ends it not; the end of the case does, for
as long as it lasts. Once what was published is taken down, a reopened case needs another link.
"""

from collections.abc import Iterable

from homeward.case import Case
from homeward.case.rules import OFFICERS, only
from homeward.case.sealing import unsealed
from homeward.facts.case import CaseDePublished
from homeward.facts.poster import PosterClosed, PosterOpened
from homeward.messages import Fact, Recorded
from homeward.refusals import AlertNotLive, CaseOver, NoSuchCase
from homeward.requests import Request
from homeward.requests.poster import ClosePoster, OpenPoster


def fold(recorded: Iterable[Recorded]) -> dict[str, bool]:
    """Return whether each link of a case is open, by id, in the order of their opening."""
    found: dict[str, bool] = {}
    for heard in recorded:
        match heard.fact:
            case PosterOpened(poster=name):
                found[name] = True
            case PosterClosed(poster=name) if name in found:
                found[name] = False
            case CaseDePublished():
                found = dict.fromkeys(found, False)
    return found


def open_of(posters: dict[str, bool]) -> str:
    """Return the link that is open; "": none is."""
    return next((name for name, is_open in posters.items() if is_open), "")


def decide(case: Case, posters: dict[str, bool], request: Request) -> tuple[Fact, ...]:
    """Return the facts this request makes true; none when they are true already.

    Raises NotForRole, NoSuchCase, CaseSealed, CaseExpunged, CaseOver, AlertNotLive.
    """
    match request:
        case OpenPoster():
            return _open(case, posters, request)
        case ClosePoster():
            return _close(case, posters, request)
        case _:
            raise TypeError(f"no decision of a poster: {type(request).__name__}")


def _open(case: Case, posters: dict[str, bool], request: OpenPoster) -> tuple[Fact, ...]:
    only(OFFICERS, request)
    if request.case != case.id or case.raised is None:
        raise NoSuchCase
    unsealed(case)
    if case.status.over:
        raise CaseOver(case.status.value)
    if open_of(posters):
        return ()
    if not case.live(request.at):
        raise AlertNotLive
    return (PosterOpened(case=case.id, at=request.at, poster=request.poster),)


def _close(case: Case, posters: dict[str, bool], request: ClosePoster) -> tuple[Fact, ...]:
    only(OFFICERS, request)
    if request.case != case.id or case.raised is None:
        raise NoSuchCase
    name = open_of(posters)
    return (PosterClosed(case=case.id, at=request.at, poster=name),) if name else ()
