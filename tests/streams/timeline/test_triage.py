"""The board is a fold of the log: what stands on it is what the cases say."""

from datetime import timedelta

from hypothesis import given, settings
from tests.streams.test_asked_twice import histories

from homeward.case import fold as fold_case
from homeward.facts.case import CaseReopened
from homeward.messages import Actor
from homeward.policies.known import Source
from homeward.policies.plausibility import OTHERS_MAX, Repute, plausibility
from homeward.policies.repeats import near
from homeward.sighting import Status, fold_all
from homeward.testing import samples
from homeward.testing.given import OFFICER, recorded
from homeward.testing.samples import RAISED, SEEN, SIGHTING, at
from homeward.timeline.triage import Board, Sorter, tips
from homeward.words import Role, derived_id

OTHER = SEEN.model_copy(update={"sighting": samples.OTHER_SIGHTING, "at": at(49)})
MERGED, PARTED = samples.OTHERS[7:9]
REJECTED = samples.OTHERS[6]


def board(*history):
    found = Board()
    for one in recorded(*history):
        found.hear(one)
    return found


def waiting(*history):
    return [one.sighting for one in board(*history).waiting()]


def test_a_report_waits_until_somebody_decides():
    assert waiting(RAISED, SEEN) == [SIGHTING]
    assert waiting(RAISED, SEEN, samples.ACCEPTED) == []
    assert waiting(RAISED, SEEN, REJECTED) == []


def test_what_was_merged_waits_with_the_other_and_by_itself_once_parted():
    first = samples.OTHER_SIGHTING
    assert waiting(RAISED, OTHER, SEEN, MERGED) == [first]
    assert waiting(RAISED, OTHER, SEEN, MERGED, PARTED) == [first, SIGHTING]


def test_the_same_fact_twice_is_heard_once():
    history = recorded(RAISED, SEEN, REJECTED)
    found = Board()
    for one in (*history, *history):
        found.hear(one)
    assert found.reputes["volunteer"].rejected == 1


def test_what_a_sorter_was_made_from_may_change():
    found = board(RAISED, SEEN)
    sorter = found.sorter(RAISED.case)
    said = sorter.sort(SIGHTING)
    for one in recorded(RAISED, SEEN, (OFFICER, REJECTED))[2:]:
        found.hear(one)
    assert sorter.sort(SIGHTING) == said
    assert sorter.sort("nothing") is None


def test_of_a_flood_what_is_far_in_time_changes_nothing():
    """So a page of the queue costs the same whatever is on the board."""
    flood = [
        SEEN.model_copy(
            update={
                "sighting": derived_id("flood", number),
                "seen_at": at(20) + timedelta(seconds=5 * number),
            }
        )
        for number in range(3 * OTHERS_MAX)
    ]
    told = recorded(
        RAISED, *((Actor(id=f"v-{n}", role=Role.VOLUNTEER), f) for n, f in enumerate(flood))
    )
    case, among = fold_case(told), fold_all(told)
    sorter, all_tips = Sorter.of(case, among, {}), tips(case, among)
    first = Source(RAISED.last_seen_cell, RAISED.last_seen_at, RAISED.error_m)
    for tip in all_tips[:: OTHERS_MAX // 2]:
        shown = sorter.sort(tip.sighting)
        assert shown.plausibility == plausibility(first, tip, all_tips, Repute())
        assert shown.near == near(tip, all_tips)


@given(histories())
@settings(max_examples=60)
def test_a_board_says_what_the_case_says(history):
    """I-10."""
    found = Board()
    for one in history:
        found.hear(one)
    case, among = fold_case(history), fold_all(history)
    undecided = {name for name, one in among.items() if one.status is Status.REPORTED}
    said = {one.sighting for one in found.waiting()}
    assert said == (set() if case.status.over or case.raised is None else undecided)
    for name in among if case.raised else ():
        sorter = Sorter.of(case, among, found.reputes)
        assert sorter.sort(name) is not None
        if name in said:
            assert found.sorter(case.id).sort(name) == sorter.sort(name)


def test_sightings_of_a_case_that_was_opened_again_are_on_the_board_again():
    closed = samples.OTHERS[4]
    reopened = CaseReopened(case=samples.CASE, at=samples.at(99), reason="other-child")
    found = Board()
    for heard in recorded(samples.RAISED, samples.VERIFIED, samples.SEEN, closed):
        found.hear(heard)
    assert found.waiting() == []
    history = (samples.RAISED, samples.VERIFIED, samples.SEEN, closed, reopened)
    found.hear(recorded(*history)[-1])
    assert [one.sighting for one in found.waiting()] == [samples.SIGHTING]
