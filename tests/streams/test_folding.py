"""What each fact leaves in the state of a case: every field that a decision reads later."""

import pytest
from tests.streams.alerting import DRAFT, LIVE
from tests.streams.lives import ASKED, ASKS, HISTORIES, LAPSE, LATER, S
from tests.streams.test_merging import GONE, JOINED

from homeward.case import fold
from homeward.case.parting import Stood
from homeward.case.state import Alert, Asking, Case, Draft
from homeward.facts import case as facts
from homeward.facts.emergency import EmergencyUsed
from homeward.facts.hold import HoldPlaced
from homeward.facts.merging import CaseLeft, CaseParted, JoinedCase
from homeward.facts.persons import PersonAdded
from homeward.facts.ringzero import RingZeroAsked
from homeward.testing import samples
from homeward.testing.given import OFFICER, OTHER_OFFICER, REPORTER, SUPERVISOR, id_of, recorded
from homeward.testing.samples import CASE, DRAFTED, OTHER_CASE, RAISED, TAKEN_UP, VERIFIED, at
from homeward.words import AgeBand, Custody, Mode, Severity, Sex

ALONE = samples.issued(DRAFT).model_copy(update={"people_max": 5_000, "reach_km_max": 30})
SECOND = DRAFTED.model_copy(update={"version": 2, "at": at(40)})
REOPENED = facts.CaseReopened(case=CASE, at=at(110), reason="other-child")
CANCELLED = HISTORIES[S.CANCELLED]
DAY = at(24 * 60)


def alert(**more):
    """The version that is out in `LIVE`."""
    said = Alert(
        number=1,
        version=1,
        draft=DRAFT,
        policy="field",
        severity=Severity.EXTREME,
        reach_km_max=100,
        expires_at=DAY,
        proposed=draft(approved_by=OTHER_OFFICER.id, approved_at=at(28)),
        issued_at=at(29),
        by=OFFICER.id,
    )
    return {**{name: getattr(said, name) for name in Alert.__slots__}, **more}


def draft(**more):
    known = {"id": DRAFT, "by": OFFICER.id, "alert": 1, "version": 1, "policy": "field"}
    bound = {"severity": Severity.EXTREME, "reach_km_max": 100, "expires_at": DAY}
    return Draft(**known, **bound, **{"persons": (1,), **more})


def out_of(*history):
    return fold(recorded(*history)).alert


def test_a_report_says_who_raised_it_and_a_lapse_ends_it():
    case = fold(recorded(RAISED))
    assert (case.status, case.reporter, case.id) == (S.PROVISIONAL, REPORTER.id, CASE)
    for reported in ((RAISED,), (RAISED, TAKEN_UP)):
        case = fold(recorded(*reported, LAPSE))
        assert (case.status, case.ended) == (S.LAPSED, LAPSE)
        assert case.version == len(reported)


def test_facts_of_other_streams_change_nothing():
    known = recorded(RAISED, VERIFIED)
    assert fold(recorded(RAISED, VERIFIED, samples.SEEN, samples.ORDERED)) == fold(known)


def test_who_takes_up_what_is_verified_leaves_it_so():
    taken = fold(recorded(RAISED, VERIFIED, TAKEN_UP.model_copy(update={"unit": "night desk"})))
    assert (taken.status, taken.unit) == (S.VERIFIED, "night desk")
    assert fold(recorded(RAISED, TAKEN_UP)).status is S.VERIFYING


def test_a_hold_stands_in_the_state_and_counts_no_version():
    case = fold(recorded(RAISED, HoldPlaced(case=CASE, at=at(21))))
    assert (case.held, case.version, case.reporter) == (True, 1, REPORTER.id)


def test_verified_says_by_whom_and_stays_so():
    case = fold(recorded(RAISED, VERIFIED))
    assert (case.verified, case.verified_by, case.unit) == (True, OFFICER.id, "county desk")
    assert fold(recorded(*CANCELLED)).verified is True


def test_who_took_a_dispute_away_is_remembered():
    disputed = RAISED.model_copy(update={"custody": Custody.DISPUTED})
    settled = facts.FactsAdded(case=CASE, at=at(30), custody=Custody.NONE)
    case = fold(recorded(disputed, VERIFIED, (OTHER_OFFICER, settled)))
    assert (case.custody, case.settled_by) == (Custody.NONE, {OTHER_OFFICER.id})


def test_a_vehicle_is_how_they_move_and_a_suspect_moves_nobody():
    noted = facts.SuspectNoted(case=CASE, at=at(25), suspect="a black cap")
    assert fold(recorded(RAISED, samples.VEHICLE)).mode is Mode.VEHICLE
    case = fold(recorded(RAISED, noted))
    assert (case.mode, case.said) == (Mode.FOOT, {(OFFICER.id, noted)})


def test_a_draft_is_held_as_it_was_drafted():
    case = fold(recorded(RAISED, VERIFIED, DRAFTED))
    assert (case.draft, case.drafts) == (draft(), {DRAFT})
    given = DRAFTED.model_copy(update={"given_cells": 7, "changes_what_to_do": False})
    assert fold(recorded(RAISED, VERIFIED, given)).draft == draft(
        given_cells=7, changes_what_to_do=False
    )


@pytest.mark.parametrize(("said", "changes"), [(None, True), (True, True), (False, False)])
def test_a_draft_that_does_not_say_so_changes_what_to_do(said, changes):
    fact = DRAFTED.model_copy(update={"changes_what_to_do": said})
    assert fold(recorded(RAISED, VERIFIED, fact)).draft.changes_what_to_do is changes


def test_what_is_out_is_held_as_it_was_issued():
    assert fold(recorded(*LIVE)).alert == Alert(**alert())
    assert fold(recorded(*LIVE[:3], ALONE)).alert == Alert(
        **alert(people_max=5_000, reach_km_max=30, proposed=draft(), alone=True)
    )


def test_what_is_out_on_no_known_draft_was_proposed_by_none():
    assert out_of(RAISED, VERIFIED, samples.issued(DRAFT)).proposed is None
    other = samples.issued(id_of(77))
    assert out_of(RAISED, VERIFIED, DRAFTED, other).proposed is None


def test_since_when_those_told_do_the_same():
    update = samples.OTHERS[2]
    assert out_of(*LIVE, update).same_since == 2
    assert out_of(*LIVE, update.model_copy(update={"same_since": 1})).same_since == 1


def test_an_approval_is_of_one_draft_and_of_what_is_out_on_it():
    late = samples.approved(DRAFT)
    case = fold(recorded(*LIVE[:3], ALONE, SECOND, late))
    assert case.alert.alone is False
    assert (case.draft.approved_by, case.draft.approved_at) == (None, None)
    other = samples.approved(id_of(4))
    case = fold(recorded(*LIVE[:3], ALONE, SECOND, other))
    assert case.alert.alone is True
    assert (case.draft.approved_by, case.draft.approved_at) == (OTHER_OFFICER.id, at(28))


def emergency(of=DRAFT):
    known = {"alert": 1, "version": 1, "own_draft": False, "digest": samples.DIGEST}
    when = {"at": at(29), "review_by": DAY}
    return EmergencyUsed(case=CASE, draft=of, reason="nobody else", **known, **when)


def test_after_an_emergency_one_person_stands_behind_it_however_wide():
    issued = samples.issued(DRAFT)
    widened = samples.WIDENED.model_copy(update={"draft": DRAFT})
    assert out_of(*LIVE[:3], emergency(), issued).alone is True
    assert out_of(*LIVE[:3], emergency(id_of(77)), issued).alone is False
    wide = out_of(*LIVE[:3], ALONE, emergency(), widened)
    assert (wide.alone, wide.people_max, wide.reach_km_max) == (True, None, 100)
    for history in ((emergency(id_of(77)),), ()):
        assert out_of(*LIVE[:3], ALONE, *history, widened).alone is False
    agreed = (emergency(), samples.approved(DRAFT), widened)
    assert out_of(*LIVE[:3], ALONE, *agreed).alone is False


def test_widening_or_extending_what_is_not_out_changes_nothing():
    widened = samples.WIDENED.model_copy(update={"draft": id_of(77)})
    longer = facts.AlertExtended(
        case=CASE, at=at(60), alert=1, version=2, expires_at=at(1_500), draft=DRAFT
    )
    for fact in (widened, longer):
        assert out_of(*LIVE, fact) == out_of(*LIVE)
        assert out_of(RAISED, VERIFIED, fact) is None


def test_an_extension_is_asked_for_of_one_version_and_is_over_with_it():
    asked = facts.ExtensionAsked(case=CASE, at=at(60), alert=1, version=1, expires_at=at(1_500))
    case = fold(recorded(*LIVE, asked))
    assert case.extension == Asking(id_of(5), OFFICER.id, 1, 1, at(1_500))
    assert fold(recorded(*LIVE, asked, samples.OTHERS[2])).extension is None
    longer = facts.AlertExtended(
        case=CASE, at=at(60), alert=1, version=1, expires_at=at(1_500), draft=DRAFT
    )
    for on in (None, id_of(5)):
        case = fold(recorded(*LIVE, asked, longer.model_copy(update={"asked": on})))
        assert (case.extension, case.alert.expires_at) == (None, at(1_500))
        assert case.alert.extended_on == (on or "")


RESOLVED, CLOSED_OUT = samples.OTHERS[4:6]


@pytest.mark.parametrize(
    ("over", "closed", "told"),
    [
        ((samples.OTHERS[3],), "cancelled", True),
        ((RESOLVED,), "over", False),
        ((RESOLVED, CLOSED_OUT), "over", True),
        ((GONE,), "merged", True),
        ((samples.OTHERS[3], REOPENED), "cancelled", True),
        ((RESOLVED, REOPENED), "over", False),
        ((samples.OTHERS[3], REOPENED, RESOLVED), "cancelled", True),
    ],
    ids=["cancelled", "resolved", "closed-out", "merged", "reopened", "again", "twice"],
)
def test_how_an_alert_ended_first_stays_and_whether_those_told_know(over, closed, told):
    ended = out_of(*LIVE, *over)
    assert (ended.closed, ended.told_over) == (closed, told)
    assert fold(recorded(RAISED, VERIFIED, *over)).alert is None


def test_what_ended_it_is_kept_and_a_reopening_forgets_it():
    assert fold(recorded(*LIVE, samples.OTHERS[3])).ended == samples.OTHERS[3]
    case = fold(recorded(*LIVE, samples.OTHERS[3], REOPENED))
    assert (case.status, case.ended, case.reopened) == (S.VERIFIED, None, True)
    assert (case.draft, case.extension, case.alert.proposed) == (None, None, None)


def test_a_merged_case_remembers_how_it_stood():
    case = fold(recorded(*LIVE, SECOND, GONE))
    assert case.stood == Stood(S.ALERTED, Alert(**alert()))
    assert (case.into, case.ended, case.draft) == (OTHER_CASE, GONE, None)
    assert case.alert == Alert(**alert(closed="merged", told_over=True, proposed=None))
    parted = CaseParted(case=CASE, at=at(90), of=OTHER_CASE, unverified=False, waiting=False)
    case = fold(recorded(*LIVE, GONE, parted))
    assert (case.status, case.stood, case.parted) == (S.VERIFIED, None, True)
    assert case.alert == Alert(**alert(proposed=None))


def test_who_goes_on_in_it_stands_there_once_until_they_leave():
    [mine] = JOINED.cases
    more = JoinedCase(case="0" * 8 + "-0000-5000-8000-" + "0" * 12, alert=2, reporter="aunt")
    guards = {"custody": Custody.DISPUTED, "protection_order": True}
    again = JOINED.model_copy(update={"cases": (mine, more), **guards})
    case = fold(recorded(RAISED, JOINED, again))
    assert case.joined == (mine, more)
    assert (case.custody, case.protection_order) == (Custody.DISPUTED, True)
    left = CaseLeft(case=CASE, at=at(90), left=OTHER_CASE, cases=(OTHER_CASE,), forgotten=())
    case = fold(recorded(RAISED, JOINED, again, left))
    assert case.joined == (more,)
    assert case.protection_order is True, "a guard that came with it stays"


def test_who_asked_to_expunge_and_why_and_when_it_was_done():
    case = fold(recorded(*ASKS))
    assert case.expunge == Asking(ASKED, SUPERVISOR.id, reason="old")
    case = fold(recorded(*ASKS, facts.CaseExpunged(case=CASE, at=LATER, asked=ASKED)))
    assert (case.status, case.expunged_at) == (S.EXPUNGED, LATER)


def test_the_ring_and_the_others_who_are_missing_stand_in_the_state():
    asked = next(one for one in samples.ALL if isinstance(one, RingZeroAsked))
    assert fold(recorded(RAISED, TAKEN_UP, asked)).ring_zero == asked.expires_at
    sister = PersonAdded(case=CASE, at=at(21), person=2, age_band=AgeBand.CHILD, sex=Sex.FEMALE)
    case = fold(recorded(RAISED, sister))
    assert [(one.number, one.age_band) for one in case.persons] == [
        (1, AgeBand.SMALL),
        (2, AgeBand.CHILD),
    ]
    assert fold(()) == Case()
