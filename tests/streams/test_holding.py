"""A case on hold: nothing goes out, and lifting takes a supervisor who did not verify it."""

import pytest
from tests.streams.lives import TABLE

from homeward.case import fold
from homeward.case.holding import ANYBODY, SUPERVISED, placed, taken_along
from homeward.facts.hold import HoldLifted, HoldPlaced
from homeward.facts.merging import CaseJoined, CaseMerged, CaseParted, JoinedCase
from homeward.facts.persons import PersonAdded
from homeward.policies.screening import asked, listed, normal, telephone
from homeward.refusals import Refused
from homeward.requests import case as cases
from homeward.requests.emergency import UseEmergency
from homeward.requests.hold import LiftHold
from homeward.requests.sighting import ReleaseSighting
from homeward.testing import samples
from homeward.testing.given import (
    OFFICER,
    OTHER_OFFICER,
    OTHER_SUPERVISOR,
    REPORTER,
    SUPERVISOR,
    given,
    id_of,
    recorded,
)
from homeward.testing.samples import CASE, DRAFTED, FACTS_ADDED, OTHER_CASE, RAISED, VERIFIED, at
from homeward.words import Contact, Custody, Description

HELD = HoldPlaced(case=CASE, at=at(20))
BEGUN = (RAISED, HELD)
DRAFT = id_of(3)
WHY = "The shelter says that it is another woman"
APART = CaseParted(case=OTHER_CASE, at=at(90), of=CASE, unverified=True, waiting=True)
GONE = CaseMerged(case=OTHER_CASE, at=at(20), into=CASE)
LEAVING = RAISED.model_copy(update={"case": OTHER_CASE})
ORDER = FACTS_ADDED.model_copy(update={"protection_order": True})
JOINED = CaseJoined(case=CASE, at=at(20), joined=OTHER_CASE, cases=(JoinedCase(case=OTHER_CASE),))
SISTER = PersonAdded(case=CASE, at=at(21), person=2, age_band=RAISED.age_band, sex=RAISED.sex)
DISPUTED = RAISED.model_copy(update={"custody": Custody.DISPUTED})


def lift(by=SUPERVISOR):
    return LiftHold(at=at(40), by=by, reason=WHY)


WITH_ORDER = RAISED.model_copy(update={"protection_order": True})


def test_a_report_that_is_known_or_states_an_order_is_held():
    none = fold(())
    assert placed(none, (RAISED,)) == ()
    for said, screened in ((RAISED, True), (WITH_ORDER, False)):
        assert placed(none, (said,), screened=screened) == (HELD,)
    assert placed(none, (), screened=True) == ()


def test_an_order_that_is_stated_later_holds_what_did_not_go_out():
    more = FACTS_ADDED.model_copy(update={"protection_order": True})
    assert placed(fold(recorded(RAISED)), (more,))
    assert not placed(fold(recorded(RAISED)), (FACTS_ADDED,))
    out = (RAISED, VERIFIED, DRAFTED, samples.issued(id_of(2)))
    lifted = (*BEGUN, *given(*BEGUN).when(lift()).facts())
    for history in (out, BEGUN, lifted, (RAISED, samples.OTHERS[0])):
        assert not placed(fold(recorded(*history)), (more,)), "too late, or judged before"


def test_an_order_that_comes_with_a_merge_holds_what_nobody_judged_and_is_not_out():
    """Lifted of the other it was with regard to another reporter than this one has."""
    order = JOINED.model_copy(update={"protection_order": True})
    assert placed(fold(recorded(RAISED, VERIFIED)), (order,)) == (HELD,)
    assert placed(fold(recorded(RAISED, VERIFIED)), (JOINED,)) == ()
    out = (RAISED, VERIFIED, DRAFTED, samples.issued(id_of(2)))
    lifted = (*BEGUN, *given(*BEGUN).when(lift()).facts())
    for history in (out, lifted):
        assert placed(fold(recorded(*history)), (order,)) == ()


def leaves(*there, before=()):
    """Return what holds a case that leaves one of which this became true since."""
    mine, history = fold(recorded(LEAVING, *before, GONE)), recorded(RAISED, *there)
    return taken_along(mine, APART, fold(history), history)


@pytest.mark.parametrize(
    "there",
    [
        (JOINED, ORDER, HELD),
        (JOINED.model_copy(update={"protection_order": True}), HELD),
        (JOINED, SISTER, HELD, ORDER),
        (JOINED, FACTS_ADDED, HELD),
    ],
    ids=["stated", "came-along", "stated-after-a-sister", "somebody-is-listed"],
)
def test_who_leaves_a_case_on_hold_is_held_too(there):
    assert leaves(*there) == (HELD.model_copy(update={"case": OTHER_CASE, "at": at(90)}),)


def test_but_not_for_somebody_whom_it_lacks():
    assert leaves(JOINED, SISTER, HELD) == ()
    assert leaves(JOINED, SISTER, HELD, FACTS_ADDED) == ()


def test_nor_where_nothing_is_held_or_it_was_judged_or_is_out():
    assert leaves(JOINED, ORDER) == ()
    lifted = HoldLifted(case=CASE, at=at(30), reason=WHY)
    assert leaves(JOINED, ORDER, HELD, (SUPERVISOR, lifted)) == ()
    mine = (
        HELD.model_copy(update={"case": OTHER_CASE}),
        (SUPERVISOR, lifted.model_copy(update={"case": OTHER_CASE})),
    )
    assert leaves(JOINED, ORDER, HELD, before=mine) == ()
    out = (VERIFIED, DRAFTED, samples.issued(id_of(2)))
    out = [one.model_copy(update={"case": OTHER_CASE}) for one in out]
    assert leaves(JOINED, ORDER, HELD, before=out) == ()


def test_its_version_says_nothing_of_it():
    assert fold(recorded(*BEGUN)).version == fold(recorded(RAISED)).version


@pytest.mark.parametrize("one", TABLE, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("by", [OFFICER, OTHER_OFFICER, SUPERVISOR], ids=lambda by: by.id)
def test_what_is_not_named_is_refused_on_hold(one, by):
    request = one.model_copy(update={"by": by})
    try:
        said = given(*BEGUN, VERIFIED, DRAFTED).when(request).facts()
    except Refused:
        return
    supervised = isinstance(request, SUPERVISED) and by is SUPERVISOR
    assert said == () or supervised or isinstance(request, ANYBODY) or _about_sighting(request)


def _about_sighting(request):
    return type(request).__module__ != cases.__name__


def test_nobody_drafts_issues_or_alarms_on_hold():
    held = (RAISED, VERIFIED, DRAFTED, HELD)
    draft = id_of(2)
    for request in (
        cases.IssueAlert(at=at(40), by=SUPERVISOR, draft=draft),
        cases.ApproveAlert(at=at(40), by=SUPERVISOR, draft=draft),
        UseEmergency(at=at(40), by=SUPERVISOR, draft=draft, reason=WHY, digest="a" * 64),
    ):
        given(*held).when(request).then_refused("case-on-hold")


def test_its_reporter_goes_on_as_if_nothing_were():
    more = cases.AddFacts(at=at(40), by=REPORTER, note="She has a scar")
    given(*BEGUN).when(more).then_kinds("case.facts-added/1")
    given(*BEGUN).when(cases.Withdraw(at=at(40), by=REPORTER)).then_kinds("case.withdrawn/1")


def test_a_supervisor_alone_goes_on_with_what_is_on_hold():
    for request in (
        cases.TakeUp(at=at(40), by=SUPERVISOR, unit="county"),
        cases.Verify(at=at(40), by=SUPERVISOR, unit="county"),
        cases.Reject(at=at(40), by=SUPERVISOR, reason="unfounded"),
    ):
        assert given(*BEGUN).when(request).facts()
        officers = request.model_copy(update={"by": OFFICER})
        given(*BEGUN).when(officers).then_refused("case-on-hold")


def test_why_it_was_lifted_is_kept():
    (said,) = given(*BEGUN).when(lift()).facts()
    assert (said.reason, said.at, said.case) == (WHY, at(40), CASE)


def test_one_decision_is_held_once():
    both = (WITH_ORDER, FACTS_ADDED.model_copy(update={"protection_order": True}))
    assert placed(fold(()), both) == (HELD,)


def test_nothing_is_released_on_hold():
    seen = (RAISED, HELD, samples.SEEN, samples.ACCEPTED)
    release = ReleaseSighting(at=at(60), by=SUPERVISOR)
    given(*seen).when(release, samples.SIGHTING).then_refused("case-on-hold")


def test_a_supervisor_lifts_it_and_never_who_verified_it():
    given(*BEGUN).when(lift()).then_kinds("hold.lifted/1")
    given(*BEGUN).when(lift(OFFICER)).then_refused("role-not-allowed")
    given(RAISED).when(lift()).then_refused("case-not-on-hold")
    verified = (*BEGUN, (SUPERVISOR, VERIFIED))
    given(*verified).when(lift()).then_refused("approver-is-drafter")
    given(*verified).when(lift(OTHER_SUPERVISOR)).then_kinds("hold.lifted/1")


def test_who_lifted_it_does_not_verify_it():
    lifted = (*BEGUN, (SUPERVISOR, given(*BEGUN).when(lift()).facts()[0]))
    verify = cases.Verify(at=at(50), by=SUPERVISOR, unit="county")
    given(*lifted).when(verify).then_refused("approver-is-drafter")
    given(*lifted).when(verify.model_copy(update={"by": OFFICER})).then_kinds("case.verified/1")


@pytest.mark.parametrize("verified_first", [True, False])
def test_who_did_both_at_once_lifted_nothing_and_another_supervisor_does(verified_first):
    lifting = (SUPERVISOR, given(*BEGUN).when(lift()).facts()[0])
    both = (lifting, (SUPERVISOR, VERIFIED))
    history = (*BEGUN, *(both[::-1] if verified_first else both))
    assert fold(recorded(*history)).held
    given(*history).when(lift()).then_refused("approver-is-drafter")
    other = given(*history).when(lift(OTHER_SUPERVISOR)).facts()
    assert not fold(recorded(*history, (OTHER_SUPERVISOR, *other))).held
    assert not fold(recorded(*BEGUN, lifting, (OFFICER, VERIFIED))).held


def test_where_custody_is_disputed_one_person_issues_nothing_however_near():
    near = DRAFTED.model_copy(update={"reach_km_max": 1})
    begun, draft = (DISPUTED, VERIFIED, near), id_of(2)
    issue = cases.IssueAlert(at=at(30), by=OFFICER, draft=draft)
    given(*begun).when(issue).then_refused("custody-disputed")
    given(*begun, samples.approved(draft)).when(issue).then_kinds("case.alert-issued/1")
    given(RAISED, VERIFIED, near).when(issue).then_kinds("case.alert-issued/1")


def test_where_custody_is_disputed_nobody_alarms_with_their_own_draft():
    own = (DISPUTED, VERIFIED, (SUPERVISOR, DRAFTED))
    use = UseEmergency(
        at=at(40), by=SUPERVISOR, draft=id_of(2), reason=WHY, digest="a" * 64, shown="a" * 64
    )
    given(*own).when(use).then_refused("approver-is-drafter")
    other = use.model_copy(update={"by": OTHER_SUPERVISOR})
    given(*own).when(other).then_kinds("case.emergency-used/1", "case.alert-issued/1")


def test_where_an_order_stands_it_takes_two_and_two_are_enough():
    """Also after the hold was lifted: who states one later is judged by nobody."""
    near, draft = DRAFTED.model_copy(update={"reach_km_max": 1}), id_of(4)
    lifted = (SUPERVISOR, HoldLifted(case=CASE, at=at(22), reason=WHY))
    begun = (WITH_ORDER, HELD, lifted, VERIFIED, near)
    issue = cases.IssueAlert(at=at(30), by=OFFICER, draft=draft)
    given(*begun).when(issue).then_refused("order-stated")
    later = (RAISED, HELD, lifted, VERIFIED, near, (REPORTER, ORDER))
    given(*later).when(issue).then_refused("order-stated")
    given(*begun, samples.approved(draft)).when(issue).then_kinds("case.alert-issued/1")
    taken = ORDER.model_copy(update={"protection_order": False})
    given(*begun, (OFFICER, taken)).when(issue).then_refused("settled-alone")
    given(*begun, (OTHER_OFFICER, taken)).when(issue).then_kinds("case.alert-issued/1")


def test_where_an_order_stands_nobody_alarms_with_their_own_draft_or_extends_alone():
    own = (WITH_ORDER, VERIFIED, (SUPERVISOR, DRAFTED))
    use = UseEmergency(
        at=at(40), by=SUPERVISOR, draft=id_of(2), reason=WHY, digest="a" * 64, shown="a" * 64
    )
    given(*own).when(use).then_refused("approver-is-drafter")
    other = use.model_copy(update={"by": OTHER_SUPERVISOR})
    given(*own).when(other).then_kinds("case.emergency-used/1", "case.alert-issued/1")
    alone = samples.issued(id_of(2)).model_copy(update={"people_max": 5_000, "reach_km_max": 10})
    out = (RAISED, VERIFIED, DRAFTED, (OFFICER, alone))
    longer = cases.ExtendAlert(at=at(60), by=OFFICER, expires_at=at(24 * 60 + 20))
    given(*out).when(longer).then_kinds("case.alert-extended/1")
    given(*out, (REPORTER, ORDER)).when(longer).then_kinds("case.extension-asked/1")


def known(list_, person, reporter=None, year=2026):
    return bool(set(listed(*list_)) & set(asked(Description(**person), reporter, year)))


LIN = ("林小禾", 2022, "林大山", "+86 138 0000 0142")


@pytest.mark.parametrize(
    ("person", "reporter", "expected"),
    [
        ({"name": "林小禾", "age_years": 4}, None, True),
        ({"name": "林 小禾", "age_years": 3}, None, True),
        ({"name": "林小禾", "age_years": 5}, None, True),
        ({"name": "林小禾", "age_years": 7}, None, False),
        ({"name": "林小禾"}, None, True),
        ({"name": "林小河", "age_years": 4}, None, False),
        ({"name": "林小禾", "age_years": 9}, Contact(name="林 大山"), True),
        ({"name": "林小禾", "age_years": 9}, Contact(name="林大海"), False),
        ({"age_years": 4}, Contact(phone="138-0000-0142"), True),
        ({"age_years": 4}, Contact(phone="0142"), False),
        ({}, None, False),
    ],
)
def test_the_list_knows_a_person_by_more_than_a_name(person, reporter, expected):
    assert known(LIN, person, reporter) is expected


@pytest.mark.parametrize(
    "name", ["Lin Xiao He", "Linxiaohe", "XiaoHe Lin", "Lin Xiao\u200bhe", "Li\u200dn\u2060 Xiaohe"]
)
def test_a_name_is_known_wherever_its_parts_end(name):
    assert known(("Lin Xiaohe", 2022, None, None), {"name": name, "age_years": 4})
    assert not known(("Lin Xiaohe", 2022, None, None), {"name": f"{name} Wu", "age_years": 4})


def test_a_name_is_known_in_any_writing_of_it():
    same = {normal(one) for one in ("Ana  Núñez", "NUÑEZ, Ana", "nunez ana", "Ａｎａ Nunez")}
    assert len(same) == 1
    assert normal("Ana Muñoz") not in same
    assert telephone("+86 (138) 0000-0142") == telephone("13800000142")
