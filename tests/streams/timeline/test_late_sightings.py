"""Sightings 72 hours late and out of order: the same timeline, states and plausibility (I-11)."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from homeward.case import fold as fold_case
from homeward.messages import Recorded
from homeward.sighting import decided_with, fold_all
from homeward.testing.given import COORDINATOR, VOLUNTEER, recorded
from homeward.testing.samples import ACCEPTED, NOON, RAISED, SEEN, at
from homeward.timeline import status_of, timeline
from homeward.timeline.triage import Board, Sorter
from homeward.words import derived_id

NAMES = [derived_id("late", number) for number in range(6)]


def seen(name, minute, told_h):
    told = NOON + timedelta(minutes=minute, hours=told_h)
    return SEEN.model_copy(update={"sighting": name, "seen_at": at(minute), "at": told})


def judged(name, minute, told_h):
    told = NOON + timedelta(minutes=minute, hours=told_h + 1)
    return ACCEPTED.model_copy(update={"sighting": name, "seen_at": at(minute), "at": told})


@st.composite
def tellings(draw):
    """Sightings as (facts of it in their order): told at once or up to four days later."""
    found = []
    for name in NAMES[: draw(st.integers(1, 6))]:
        row = (name, draw(st.integers(1, 300)), draw(st.sampled_from([0, 1, 72, 73, 96])))
        facts = [(VOLUNTEER, seen(*row))]
        if draw(st.booleans()):
            facts.append((COORDINATOR, judged(*row)))
        found.append(facts)
    return found


@st.composite
def in_two_orders(draw):
    """The same facts as two logs took them in: each sighting's own in order, else anyhow."""
    rows = draw(tellings())
    turns = [number for number, facts in enumerate(rows) for _ in facts]
    logs = []
    for _ in range(2):
        left = [iter(facts) for facts in rows]
        logs.append(recorded(RAISED, *(next(left[n]) for n in draw(st.permutations(turns)))))
    return logs


def without_place(entry):
    return (entry.at, entry.kind, entry.by, tuple(sorted(entry.what.items())))


def states(log):
    return {
        name: (one.status, one.reported, one.decided, decided_with(fold_all(log), name))
        for name, one in fold_all(log).items()
    }


@given(in_two_orders())
def test_late_and_out_of_order_comes_to_the_same(logs):
    one, other = logs
    assert sorted(map(without_place, timeline(one))) == sorted(map(without_place, timeline(other)))
    assert states(one) == states(other)
    views = [sorted(status_of(log).sightings, key=lambda view: view.sighting) for log in logs]
    assert views[0] == views[1]
    boards = [board(log) for log in logs]
    assert boards[0].reputes == boards[1].reputes
    for name in states(one):
        shown = [Sorter.of(fold_case(log), fold_all(log), {}).sort(name) for log in logs]
        assert shown[0] == shown[1]


@given(in_two_orders(), st.randoms(use_true_random=False))
def test_how_facts_are_delivered_changes_no_line(logs, chance):
    log = [*logs[0], *logs[0][::2]]
    chance.shuffle(log)
    assert timeline(log) == timeline(logs[0])
    assert status_of(log) == status_of(logs[0])


def test_what_is_told_after_three_days_stands_in_the_timeline_and_says_so():
    late = seen(NAMES[0], 45, 73)
    log = recorded(RAISED, (VOLUNTEER, late), (COORDINATOR, judged(NAMES[0], 45, 73)))
    assert [line.kind for line in timeline(log)][1:] == [
        *("sighting.reported/1", "sighting.accepted/1")
    ]
    shown = Sorter.of(fold_case(log), fold_all(log), {}).sort(NAMES[0])
    assert "told-late" in shown.plausibility.reasons


def board(log: list[Recorded]) -> Board:
    found = Board()
    for one in log:
        found.hear(one)
    return found
