"""What outsiders say, and a dispute about what is out on one word, stand on the board."""

import pytest

from homeward.facts.case import FactsAdded
from homeward.facts.correcting import FactsProposed, ProposalAccepted, ProposalRefused
from homeward.testing.given import id_of, recorded
from homeward.testing.samples import CASE, DRAFTED, RAISED, VERIFIED, at, issued
from homeward.timeline.duties import DutyBoard, Waits
from homeward.words import Custody, Mode

NEAR = DRAFTED.model_copy(update={"reach_km_max": 10})
ALONE = issued(id_of(2)).model_copy(update={"people_max": 5_000, "reach_km_max": 10})
FIRST = FactsProposed(case=CASE, at=at(40), mode=Mode.RAIL)
SECOND = FactsProposed(case=CASE, at=at(45), mode=Mode.VEHICLE)
DISPUTED = FactsAdded(case=CASE, at=at(50), custody=Custody.DISPUTED)
ORDER = FactsAdded(case=CASE, at=at(50), protection_order=True)


def waits(*facts):
    board = DutyBoard()
    for heard in recorded(*facts):
        board.hear(heard)
    [line] = board.lines(at(60))
    return {one.what: one for one in line.waits}


def test_proposals_wait_with_the_age_of_the_oldest_until_an_officer_decides():
    begun = (RAISED, VERIFIED, NEAR, ALONE, FIRST, SECOND)
    found = waits(*begun)[Waits.PROPOSAL]
    assert (found.since, found.many, found.urgent) == (at(40), 2, True)
    no = ProposalRefused(case=CASE, at=at(46), proposal=id_of(4))
    yes = ProposalAccepted(case=CASE, at=at(47), proposal=id_of(5), mode=Mode.VEHICLE)
    assert waits(*begun, no)[Waits.PROPOSAL].since == at(45)
    assert Waits.PROPOSAL not in waits(*begun, no, yes)


def test_without_an_alert_they_are_not_urgent():
    assert not waits(RAISED, VERIFIED, FIRST)[Waits.PROPOSAL].urgent


def test_a_dispute_of_what_is_out_on_one_word_waits_for_a_second_person():
    begun = (RAISED, VERIFIED, NEAR)
    found = waits(*begun, ALONE, DISPUTED)[Waits.DISPUTED]
    assert (found.since, found.urgent) == (at(50), True)
    assert Waits.DISPUTED not in waits(*begun, ALONE)
    assert Waits.DISPUTED not in waits(*begun, ALONE, ORDER), "what went out is not held"
    assert Waits.DISPUTED not in waits(*begun, issued(id_of(2)), DISPUTED), "two approved it"


@pytest.mark.parametrize("guard", [DISPUTED, ORDER], ids=["disputed", "order"])
def test_a_near_draft_waits_for_a_second_person_where_something_stands_against_one(guard):
    assert Waits.ISSUE in waits(RAISED, VERIFIED, NEAR)
    found = waits(RAISED, VERIFIED, NEAR, guard)
    assert Waits.APPROVAL in found
    assert Waits.ISSUE not in found
