"""The public link of a case: one is open, opened on a live alert, until it is taken back."""

import pytest
from tests.streams.alerting import DRAFT, LIVE

from homeward.case import Case
from homeward.facts import case as facts
from homeward.facts.poster import PosterClosed, PosterOpened
from homeward.poster import decide, fold, open_of
from homeward.requests.case import CancelAlert
from homeward.requests.poster import ClosePoster, OpenPoster
from homeward.testing.given import COORDINATOR, OFFICER, ORIGIN, given, recorded
from homeward.testing.samples import CASE, OTHER_CASE, RAISED, VERIFIED, at
from homeward.words import CancelReason, Outcome, derived_id

FIRST, SECOND = (derived_id(ORIGIN, "poster", one) for one in ("first", "second"))
OPENED = PosterOpened(case=CASE, at=at(62), poster=FIRST)
CLOSED = PosterClosed(case=CASE, at=at(63), poster=FIRST)
RESOLVED = facts.CaseResolved(case=CASE, at=at(64), outcome=Outcome.FOUND_SAFE)
CANCELLED = facts.AlertCancelled(
    case=CASE, at=at(64), alert=1, version=1, draft=DRAFT, reason=CancelReason.UNFOUNDED
)
DOWN = facts.CaseDePublished(case=CASE, at=at(65), partners=())


def publish(name=FIRST, when=62, by=OFFICER):
    return OpenPoster(at=at(when), by=by, case=CASE, poster=name)


def take_back(when=63, by=OFFICER):
    return ClosePoster(at=at(when), by=by, case=CASE)


def test_it_is_published_once_and_taken_back_once():
    given(*LIVE).when(publish()).then(OPENED)
    given(*LIVE, OPENED).when(publish(SECOND)).then_nothing()
    given(*LIVE, OPENED).when(take_back()).then(CLOSED)
    given(*LIVE, OPENED, CLOSED).when(take_back()).then_nothing()
    given(*LIVE).when(take_back()).then_nothing()
    given(*LIVE, OPENED, CLOSED).when(publish(SECOND)).then_kinds("poster.opened/1")


def test_only_the_police_do_and_only_while_an_alert_is_live():
    for request in (publish(by=COORDINATOR), take_back(by=COORDINATOR)):
        given(*LIVE).when(request).then_refused("role-not-allowed")
    given(RAISED, VERIFIED).when(publish()).then_refused("alert-not-live")
    given(*LIVE).when(publish(when=60 * 24 * 8)).then_refused("alert-not-live")
    given(*LIVE, RESOLVED).when(publish()).then_refused("case-over")
    given(*LIVE, OPENED, RESOLVED).when(publish()).then_refused("case-over")


@pytest.mark.parametrize(
    ("history", "is_open"),
    [
        ((OPENED,), FIRST),
        ((OPENED, CLOSED), ""),
        ((OPENED, RESOLVED), FIRST),
        ((OPENED, CANCELLED, DOWN), ""),
        ((CLOSED,), ""),
    ],
)
def test_what_is_taken_down_needs_another_one(history, is_open):
    assert open_of(fold(recorded(*LIVE, *history))) == is_open


def test_a_link_of_no_case_is_none():
    for request in (publish(), take_back()):
        given().when(request).then_refused("case-not-found")
        given(*LIVE).when(request.model_copy(update={"case": OTHER_CASE})).then_refused(
            "case-not-found"
        )


def test_each_link_is_open_or_not():
    states = fold(recorded(*LIVE, OPENED, CLOSED))
    assert states == {FIRST: False}
    assert fold(recorded(*LIVE, OPENED, CANCELLED, DOWN))[FIRST] is False


def test_what_is_no_request_of_a_poster_is_named_in_the_mistake():
    with pytest.raises(TypeError, match="no decision of a poster: CancelAlert"):
        decide(Case(), {}, CancelAlert(at=at(62), by=OFFICER, reason=CancelReason.FALSE))
