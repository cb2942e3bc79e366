"""Helpers are asked for on a live alert, one asking at a time, until its end."""

from datetime import timedelta

import pytest
from tests.streams.alerting import LIVE, SUPERVISOR

from homeward.asking import Asking, decide, fold
from homeward.case import fold as fold_case
from homeward.facts.asking import AskingChanged, AskingClosed, AskingOpened, RoundsOver
from homeward.policies.asking import PEOPLE_MAX
from homeward.refusals import CaseOver
from homeward.requests.asking import ChangeAsking, CloseAsking, OpenAsking
from homeward.testing import samples
from homeward.testing.given import COORDINATOR, OFFICER, REPORTER, VOLUNTEER, given, id_of, recorded
from homeward.testing.samples import CASE, RAISED, at
from homeward.words import derived_id

ONE, OTHER = (derived_id("given.example/test", "asking", name) for name in ("one", "other"))
RESOLVED = samples.OTHERS[4]
CANCELLED = next(one for one in samples.OTHERS if one.kind == "case.alert-cancelled/1")
NOW = at(60)


def ask(asking=ONE, by=OFFICER, when=NOW, by_min=90, case=CASE):
    return OpenAsking(
        at=when, by=by, case=case, asking=asking, quota=12, by_min=by_min, within_km=20
    )


def close(asking=ONE, by=OFFICER, case=CASE):
    return CloseAsking(at=at(70), by=by, case=case, asking=asking)


def opened(asking=ONE, when=NOW, needed_by=None):
    return AskingOpened(
        case=CASE,
        at=when,
        asking=asking,
        alert=1,
        version=1,
        quota=12,
        needed_by=needed_by or when + timedelta(minutes=90),
        people_max=PEOPLE_MAX,
        within_km=20,
    )


CLOSED = AskingClosed(case=CASE, at=at(70), asking=ONE)


def over(reason="time", asking=ONE):
    fields = {"alert": 1, "version": 1, "asked": 3, "texts_of": id_of(2)}
    return RoundsOver(case=CASE, at=at(80), asking=asking, reason=reason, **fields)


def test_a_desk_asks_for_so_many_by_a_moment():
    given(*LIVE).when(ask()).then(opened())


def test_nobody_is_asked_for_longer_than_the_alert_lives():
    late = at(23 * 60 + 30)
    given(*LIVE).when(ask(when=late)).then(opened(when=late, needed_by=at(24 * 60)))


def test_desks_ask_and_nobody_else():
    for by in (REPORTER, VOLUNTEER):
        given(*LIVE).when(ask(by=by)).then_refused("role-not-allowed")
        given(*LIVE, opened()).when(close(by=by)).then_refused("role-not-allowed")
    given(*LIVE).when(ask(by=COORDINATOR)).then_kinds("asking.opened/1")
    given(*LIVE).when(ask(by=SUPERVISOR)).then_kinds("asking.opened/1")


def test_an_asking_needs_its_case_and_a_live_alert():
    elsewhere = derived_id("x", 1)
    given(*LIVE).when(ask(case=elsewhere)).then_refused("case-not-found")
    given().when(ask()).then_refused("case-not-found")
    given(RAISED).when(ask()).then_refused("alert-not-live")
    given(*LIVE).when(ask(when=at(24 * 60))).then_refused("alert-not-live")
    given(*LIVE, CANCELLED).when(ask(when=at(200))).then_refused("case-over")
    given(*LIVE, RESOLVED).when(ask(when=at(200))).then_refused("case-over")
    with pytest.raises(CaseOver) as refused:
        given(*LIVE, RESOLVED).when(ask(when=at(200))).facts()
    assert refused.value.detail == "resolved"


def test_one_asking_is_open_at_a_time():
    open_ = given(*LIVE, opened())
    open_.when(ask()).then_nothing()
    open_.when(ask(OTHER, when=at(149))).then_refused("asking-open")
    open_.when(ask(OTHER, when=at(150))).then_kinds("asking.opened/1")
    given(*LIVE, opened(), CLOSED).when(ask(OTHER, when=at(71))).then_kinds("asking.opened/1")
    given(*LIVE, opened(), over()).when(ask(OTHER, when=at(81))).then_kinds("asking.opened/1")
    given(*LIVE, opened(), RESOLVED).when(ask(when=at(200))).then_nothing()


def test_an_asking_is_closed_once():
    given(*LIVE, opened()).when(close()).then(CLOSED)
    given(*LIVE, opened(), CLOSED).when(close()).then_nothing()
    given(*LIVE, opened(), over()).when(close()).then_nothing()
    given(*LIVE, opened(), RESOLVED).when(close()).then_kinds("asking.closed/1")


def test_what_was_never_opened_is_not_closed():
    given(*LIVE, opened()).when(close(OTHER)).then_refused("asking-unknown")
    given(*LIVE, opened()).when(close(case=derived_id("x", 1))).then_refused("asking-unknown")


def change(quota=30, asking=ONE, by=OFFICER, when=NOW, case=CASE):
    return ChangeAsking(at=when, by=by, case=case, asking=asking, quota=quota)


CHANGED = AskingChanged(case=CASE, at=NOW, asking=ONE, quota=30)


def test_a_desk_asks_for_another_number_while_people_are_asked():
    open_ = given(*LIVE, opened())
    open_.when(change()).then(CHANGED)
    open_.when(change(12)).then_nothing()
    given(*LIVE, opened(), CHANGED).when(change(12)).then_kinds("asking.changed/1")
    open_.when(change(when=at(149))).then_kinds("asking.changed/1")
    open_.when(change(when=at(150))).then_refused("asking-over")
    given(*LIVE, opened(), CLOSED).when(change(when=at(71))).then_refused("asking-over")
    given(*LIVE, opened(), RESOLVED).when(change(when=at(100))).then_refused("asking-over")
    given(*LIVE, opened(), RESOLVED).when(change(12, when=at(100))).then_nothing()
    open_.when(change(by=VOLUNTEER)).then_refused("role-not-allowed")
    open_.when(change(asking=OTHER)).then_refused("asking-unknown")
    open_.when(change(case=derived_id("x", 1))).then_refused("asking-unknown")


def test_what_was_said_last_is_how_many_are_to_be_there():
    again = AskingChanged(case=CASE, at=at(61), asking=ONE, quota=7)
    history = recorded(*LIVE, opened(), opened(OTHER), CHANGED, again, CLOSED)
    found = fold(history)
    assert found == {ONE: Asking(opened(), 7, "closed"), OTHER: Asking(opened(OTHER), 12)}
    assert fold(recorded(*LIVE, CHANGED)) == {}


def test_the_first_end_says_why():
    for ends, why in (
        ([CLOSED], "closed"),
        ([over()], "time"),
        ([CLOSED, over()], "closed"),
        ([over("cancelled"), CLOSED], "cancelled"),
        ([over("cancelled"), over("resolved")], "cancelled"),
    ):
        found = fold(recorded(*LIVE, opened(), opened(OTHER), *ends))
        assert found == {ONE: Asking(opened(), 12, why), OTHER: Asking(opened(OTHER), 12)}
    assert fold(recorded(*LIVE, CLOSED, over())) == {}


def test_an_asking_is_open_until_its_moment_or_its_end():
    one = Asking(opened(needed_by=at(150)), 12)
    assert one.is_open(at(149))
    assert not one.is_open(at(150))
    assert not Asking(opened(needed_by=at(150)), 12, "closed").is_open(at(149))


def test_another_request_is_a_bug_and_not_an_answer():
    history = recorded(*LIVE)
    with pytest.raises(TypeError, match="no decision of an asking: NoneType"):
        decide(fold_case(history), fold(history), None)
