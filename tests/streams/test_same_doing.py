"""Whether an update is told to those told before: who drafts it says so, and it is approved so."""

from datetime import timedelta

import pytest
from tests.streams.alerting import LIVE, issue, small

from homeward.case import fold
from homeward.requests.case import DraftAlert
from homeward.testing import samples
from homeward.testing.given import OFFICER, given, id_of, recorded
from homeward.testing.samples import at

SAME = {"version": 2, "changes_what_to_do": False}


def draft(changes, when=40):
    return DraftAlert(
        at=at(when),
        by=OFFICER,
        policy="field",
        severity=samples.DRAFTED.severity,
        reach_km_max=20,
        expires_at=at(when) + timedelta(hours=4),
        texts=samples.TEXTS,
        retraction=samples.TEXTS,
        changes_what_to_do=changes,
    )


@pytest.mark.parametrize(("changes", "said"), [(True, None), (False, False)])
def test_the_draft_of_an_update_says_so(changes, said):
    (fact,) = given(*LIVE).when(draft(changes)).facts()
    assert (fact.version, fact.changes_what_to_do) == (2, said)


def test_of_a_first_version_nobody_was_told_before():
    (fact,) = given(*LIVE[:2]).when(draft(changes=False)).facts()
    assert (fact.version, fact.changes_what_to_do) == (1, None)


def newest(*more, when=41):
    history = (*LIVE, *more, small().model_copy(update=SAME))
    return given(*history).when(issue(of=id_of(len(history) - 1), when=when)).facts()


def test_what_is_issued_goes_to_newcomers_only():
    (fact,) = newest()
    assert (fact.kind, fact.same_since) == ("case.alert-updated/1", 1)


def test_a_draft_that_changes_something_goes_to_all():
    history = (*LIVE, small().model_copy(update={"version": 2}))
    (fact,) = given(*history).when(issue(of=id_of(len(LIVE)), when=41)).facts()
    assert fact.same_since is None


def test_of_what_has_expired_those_told_hear_anew():
    history = (*LIVE, small().model_copy(update={**SAME, "expires_at": at(9 * 24 * 60)}))
    asked = issue(of=id_of(len(LIVE)), when=8 * 24 * 60)
    (fact,) = given(*history).when(asked).facts()
    assert (fact.version, fact.same_since) == (2, None)


def test_of_what_was_taken_back_and_opened_again_those_told_hear_anew():
    (fact,) = newest(samples.OTHERS[3].model_copy(update={"draft": id_of(2)}), reopened())
    assert (fact.version, fact.same_since) == (2, None)


def reopened():
    return next(one for one in samples.ALL if one.kind == "case.reopened/1")


def test_the_case_knows_since_when_those_told_do_the_same():
    first = fold(recorded(*LIVE)).alert
    (second,) = newest()
    drafted = small().model_copy(update=SAME)
    now = fold(recorded(*LIVE, drafted, second)).alert
    assert (first.same_since, now.version, now.same_since) == (1, 2, 1)
    told = second.model_copy(update={"same_since": None})
    assert fold(recorded(*LIVE, drafted, told)).alert.same_since == 2
