"""Areas that somebody gives: who may draft them, and that what was approved is what goes out."""

import h3
import pytest

from homeward.geography.cells import to_bytes
from homeward.geography.covering import cover_disk
from homeward.geography.sphere import centre_deg
from homeward.refusals import AreaBeyondBound
from homeward.requests.case import ApproveAlert, DraftAlert, IssueAlert
from homeward.testing import samples
from homeward.testing.given import OFFICER, OTHER_OFFICER, given, id_of
from homeward.testing.samples import CELL, DRAFTED, RAISED, VERIFIED, approved, at
from homeward.words import Severity

AREA = to_bytes(cover_disk(*centre_deg(CELL), 20_000, 7))
OTHER = to_bytes(cover_disk(*centre_deg(CELL), 10_000, 7))
DRAFT = id_of(2)


def draft(**changed):
    fields = {
        "at": at(27),
        "by": OFFICER,
        "policy": "polygon",
        "severity": Severity.EXTREME,
        "reach_km_max": 100,
        "expires_at": at(24 * 60),
        "texts": samples.TEXTS,
        "retraction": samples.TEXTS,
        "given": AREA,
    }
    return DraftAlert(**{**fields, **changed})


def issue(**changed):
    return IssueAlert(**{"at": at(29), "by": OFFICER, "draft": DRAFT, "given": AREA, **changed})


def drafted(**changed):
    given_cells = len(AREA) // 8
    return DRAFTED.model_copy(
        update={"policy": "polygon", "given": AREA, "given_cells": given_cells, **changed}
    )


@pytest.mark.parametrize("policy", ["polygon", "district"])
def test_a_draft_keeps_its_area_and_says_of_how_many_cells(policy):
    given(RAISED, VERIFIED).when(draft(policy=policy)).then(drafted(policy=policy))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"given": None}, "area-missing"),
        ({"given": b""}, "area-missing"),
        ({"given": None, "policy": "district"}, "area-missing"),
        ({"policy": "field"}, "area-unused"),
        ({"policy": "circles"}, "area-unused"),
        ({"policy": "moon"}, "policy-unknown"),
        ({"reach_km_max": 10}, "area-beyond-bound"),
        ({"given": to_bytes(cover_disk(35.0, 117.0, 1_000, 9))}, "area-beyond-bound"),
    ],
)
def test_refusals(changed, code):
    given(RAISED, VERIFIED).when(draft(**changed)).then_refused(code)


def test_a_cell_as_large_as_a_country_is_wider_than_any_ring():
    huge = h3.str_to_int(h3.cell_to_parent(CELL, 1)).to_bytes(8, "big")
    given(RAISED, VERIFIED).when(draft(given=huge, reach_km_max=30)).then_refused(
        "area-beyond-bound"
    )


def test_the_refusal_says_which_bound_would_do():
    with pytest.raises(AreaBeyondBound) as refused:
        given(RAISED, VERIFIED).when(draft(reach_km_max=1)).facts()
    needed = int(refused.value.detail.split()[0])
    given(RAISED, VERIFIED).when(draft(reach_km_max=needed)).then(drafted(reach_km_max=needed))
    given(RAISED, VERIFIED).when(draft(reach_km_max=needed - 1)).then_refused("area-beyond-bound")


def test_what_was_approved_is_issued():
    history = given(RAISED, VERIFIED, drafted(), approved(DRAFT))
    (said,) = history.when(issue()).facts()
    assert (said.policy, said.given) == ("polygon", AREA)
    assert said.kind == "case.alert-issued/1"


@pytest.mark.parametrize("area", [None, b"", OTHER])
def test_never_an_alert_without_the_area_that_was_approved(area):
    history = given(RAISED, VERIFIED, drafted(), approved(DRAFT))
    history.when(issue(given=area)).then_refused("area-missing")


def test_an_alert_of_a_policy_that_grows_carries_no_area():
    history = given(RAISED, VERIFIED, DRAFTED, approved(DRAFT))
    (said,) = history.when(issue()).facts()
    assert said.given is None


def test_of_a_wide_area_one_word_tells_what_lies_near():
    history = given(RAISED, VERIFIED, drafted())
    (said,) = history.when(issue()).facts()
    assert (said.reach_km_max, said.people_max, said.given) == (30, 5_000, AREA)
    approve = ApproveAlert(at=at(28), by=OTHER_OFFICER, draft=DRAFT)
    assert len(history.when(approve).facts()) == 1
