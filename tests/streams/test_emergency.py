"""One supervisor alarms without a second person, and another one reviews it (SAFETY I-25)."""

from datetime import timedelta

import pytest

from homeward.case import Status, fold
from homeward.facts.case import FactsAdded
from homeward.facts.merging import CaseMerged
from homeward.messages import Actor
from homeward.policies.approval import EMERGENCIES_MAX
from homeward.refusals import Refused
from homeward.requests import case as cases
from homeward.requests.emergency import ReviewEmergency, UseEmergency
from homeward.testing import samples
from homeward.testing.given import (
    OFFICER,
    OTHER_OFFICER,
    OTHER_SUPERVISOR,
    SUPERVISOR,
    after,
    given,
    id_of,
    recorded,
)
from homeward.testing.samples import DRAFTED, RAISED, VERIFIED, at
from homeward.words import Custody, Role, Verdict

DRAFT = id_of(2)
REVIEW = id_of(3)
READ = "a" * 64
WHY = "Nobody else is at the desk and the van drives"
BEGUN = (RAISED, VERIFIED, DRAFTED)
FAST = samples.issued(DRAFT).model_copy(update={"reach_km_max": 30, "people_max": 5_000})


def use(minutes=40, by=SUPERVISOR, **more):
    said = {"draft": DRAFT, "reason": WHY, "digest": READ, "shown": READ, **more}
    return UseEmergency(at=at(minutes), by=by, **said)


def judge(verdict=Verdict.JUSTIFIED, by=OTHER_SUPERVISOR, review=REVIEW):
    return ReviewEmergency(at=at(60), by=by, review=review, verdict=verdict)


def used(*history):
    before = recorded(*(history or BEGUN))
    return after(before, use(), given(*before).when(use()).facts())


def test_it_goes_to_its_whole_bound_and_opens_a_review():
    said = given(*BEGUN).when(use()).facts()
    emergency, issued = said
    given(*BEGUN).when(use()).then(*said)
    assert (emergency.own_draft, emergency.digest, emergency.reason) == (False, READ, WHY)
    assert emergency.review_by == emergency.at + timedelta(hours=24)
    assert (issued.kind, issued.reach_km_max, issued.people_max) == (
        *("case.alert-issued/1", DRAFTED.reach_km_max),
        None,
    )
    assert fold(used()).reviews[0].verdict is None


def test_what_is_out_on_the_fast_lane_goes_on_under_the_same_version():
    kinds = ("case.emergency-used/1", "case.alert-widened/1")
    given(*BEGUN, FAST).when(use()).then_kinds(*kinds)


def test_their_own_draft_they_may_and_it_is_noted():
    own = (RAISED, VERIFIED, (SUPERVISOR, DRAFTED))
    emergency, _ = given(*own).when(use()).facts()
    assert emergency.own_draft


def test_a_merge_does_not_spare_the_review():
    gone = CaseMerged(case=samples.CASE, at=at(50), into=samples.OTHER_CASE, alert=1, version=1)
    history = after(used(), judge(by=OFFICER), [gone])
    given(*history).when(judge()).then_kinds("case.emergency-reviewed/1")
    given(*history).when(judge(by=SUPERVISOR)).then_refused("approver-is-drafter")
    judged = fold(after(history, judge(), given(*history).when(judge()).facts()))
    assert (judged.status, judged.reviews[0].verdict) == (Status.MERGED, Verdict.JUSTIFIED)


@pytest.mark.parametrize("by", [OFFICER, OTHER_OFFICER, Actor(id="c", role=Role.COORDINATOR)])
def test_only_a_supervisor_may(by):
    given(*BEGUN).when(use(by=by)).then_refused("role-not-allowed")
    given(*used()).when(judge(by=by)).then_refused("role-not-allowed")


def test_it_is_refused_where_two_have_approved_or_nothing_was_verified():
    approved = samples.approved(DRAFT)
    given(*BEGUN, approved).when(use(31)).then_refused("emergency-needless")
    given(*BEGUN, approved, samples.issued(DRAFT)).when(use()).then_nothing()
    given(RAISED, samples.FACTS_ADDED, DRAFTED).when(use()).then_refused("case-not-verified")
    given(*BEGUN, samples.OTHERS[1]).when(use()).then_refused("case-over")


def test_it_is_of_the_draft_that_was_read_while_that_holds():
    given(*BEGUN).when(use(shown="b" * 64)).then_refused("draft-differs")
    given(*BEGUN).when(use(25 * 60)).then_refused("draft-expired")
    given(*BEGUN, DRAFTED).when(use()).then_refused("draft-outdated")
    given(*BEGUN).when(use(draft=id_of(0))).then_refused("draft-not-found")


def test_no_more_often_than_twice():
    given(*BEGUN).when(use(used_before=EMERGENCIES_MAX)).then_refused("emergency-too-often")
    given(*BEGUN).when(use(used_before=EMERGENCIES_MAX - 1)).facts()


def test_another_supervisor_reviews_it_once():
    given(*used()).when(judge()).then_kinds("case.emergency-reviewed/1")
    given(*used()).when(judge(by=SUPERVISOR)).then_refused("approver-is-drafter")
    given(*used()).when(judge(review=id_of(0))).then_refused("review-not-found")
    done = after(used(), judge(), given(*used()).when(judge()).facts())
    given(*done).when(judge(Verdict.UNJUSTIFIED)).then_refused("reviewed-otherwise")


def test_it_is_reviewed_also_once_the_case_is_over_and_before_it_is_sealed():
    gone = recorded(*used(), samples.OTHERS[3].model_copy(update={"draft": DRAFT}))
    off = cases.DePublish(at=at(70), by=OFFICER, partners=())
    gone = after(gone, off, given(*gone).when(off).facts())
    seal = cases.Seal(at=at(80), by=SUPERVISOR)
    given(*gone).when(seal).then_refused("review-open")
    done = after(gone, judge(), given(*gone).when(judge()).facts())
    given(*done).when(seal).then_kinds("case.sealed/1")


def test_what_was_said_of_it_is_kept():
    noted = judge().model_copy(update={"note": "The van was stopped in time"})
    (said,) = given(*used()).when(noted).facts()
    assert said.note == noted.note
    hubs = use(hubs=samples.HUB_BOOK)
    _, widened = given(*BEGUN, FAST).when(hubs).facts()
    assert widened.hubs == samples.HUB_BOOK
    with pytest.raises(Refused) as refused:
        given(*BEGUN).when(use(used_before=EMERGENCIES_MAX)).facts()
    assert refused.value.detail == str(EMERGENCIES_MAX)


def test_where_custody_is_disputed_it_is_another_persons_draft():
    disputed = RAISED.model_copy(update={"custody": Custody.DISPUTED})
    given(disputed, VERIFIED, DRAFTED).when(use()).then_kinds(
        "case.emergency-used/1", "case.alert-issued/1"
    )
    given(disputed, VERIFIED, (SUPERVISOR, DRAFTED)).when(use()).then_refused("approver-is-drafter")


def test_an_open_review_says_of_what_it_is_and_until_when():
    for by, own in ((OFFICER, False), (SUPERVISOR, True)):
        before = recorded(RAISED, VERIFIED, (by, DRAFTED))
        history = after(before, use(), given(*before).when(use()).facts())
        (review,) = fold(history).reviews
        assert (review.id, review.by, review.draft) == (REVIEW, SUPERVISOR.id, DRAFT)
        assert (review.alert, review.version) == (DRAFTED.alert, DRAFTED.version)
        assert (review.due, review.own_draft) == (at(40) + timedelta(hours=24), own)
        assert review.verdict is None


def test_each_draft_has_an_emergency_of_its_own():
    second = (OFFICER, DRAFTED.model_copy(update={"version": 2, "at": at(50)}))
    history = recorded(*used(), second)
    newer = use(55, draft=history[-1].id)
    said = given(*history).when(newer).facts()
    assert [one.kind for one in said] == ["case.emergency-used/1", "case.alert-updated/1"]
    assert [one.draft for one in said] == [history[-1].id] * 2


def test_who_took_a_dispute_away_alarms_on_another_persons_draft_alone():
    disputed = RAISED.model_copy(update={"custody": Custody.DISPUTED})
    settled = (SUPERVISOR, FactsAdded(case=samples.CASE, at=at(35), custody=Custody.NONE))
    own = (disputed, VERIFIED, (SUPERVISOR, DRAFTED), settled)
    given(*own).when(use()).then_refused("approver-is-drafter")
    given(disputed, VERIFIED, DRAFTED, settled).when(use()).then_kinds(
        "case.emergency-used/1", "case.alert-issued/1"
    )
