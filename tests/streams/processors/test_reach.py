import h3.api.basic_int as h3
import numpy as np
import pytest

from homeward.facts import case as facts
from homeward.facts.reach import ReachWidened
from homeward.geography import cells as cs
from homeward.policies import policy_of
from homeward.words import CancelReason, Category, Mode, Outcome, Role

ENDS = {
    "cancelled": lambda say, at: facts.AlertCancelled(
        case=say.case, at=at, alert=1, version=1, reason=CancelReason.FALSE, draft=say.draft
    ),
    "resolved": lambda say, at: facts.CaseResolved(
        case=say.case, at=at, outcome=Outcome.FOUND_SAFE
    ),
    "closed out": lambda say, at: facts.CaseClosedOut(case=say.case, at=at, alert=1, version=1),
}


def waves(house):
    return house.facts(ReachWidened)


def cells(wave):
    return cs.from_bytes(wave.cells)


def together(said):
    told = cs.NOWHERE
    for wave in said:
        told = cs.union(told, cells(wave))
    return told


def test_nothing_is_said_before_an_alert(house):
    house.hear(house.say.raised())
    house.hear(house.say.accepted(12, 33.1, 115.3))
    assert waves(house) == []
    assert house.wakes["reach"] is None


def test_the_first_wave_goes_out_at_once_and_is_the_policys_area(live):
    first, *others = waves(live)
    say = live.say
    known = say.known()
    area = policy_of("field").area(known, say.after(15))
    parts = policy_of("field").parts(known, say.after(15), area)
    assert (first.wave, first.version, first.texts_of, first.policy) == (0, 1, say.draft, "field")
    assert (first.radius_m, first.focus) == (area.radius_m, say.cell())
    assert first.policy_version == policy_of("field").version
    assert first.elapsed_s == 900
    assert first.cell_count == len(cells(first))
    assert [one.at for one in others] == [first.at] * len(others)
    assert [one.wave for one in others] == list(range(1, len(parts)))
    assert not len(cs.subtract(cells(first), parts[0]))
    told = together(waves(live))
    assert not len(cs.subtract(area.cells, told))
    assert not len(cs.subtract(told, area.cells))
    assert live.wakes["reach"] == say.after(18)


def test_waves_name_new_cells_only_and_together_are_the_area(live):
    live.until(live.say.after(90))
    said = waves(live)
    assert [one.wave for one in said] == list(range(len(said)))
    assert len(said) > 6
    assert [one.radius_m for one in said] == sorted(one.radius_m for one in said)
    told = cs.NOWHERE
    for wave in said:
        assert not cs.meets(told, cells(wave)).any()
        told = cs.union(told, cells(wave))
    middle = np.array([h3.str_to_int(live.say.cell())], np.uint64)
    assert cs.covers(told, middle).all()


def test_a_wake_that_is_early_or_for_another_says_nothing(live):
    before = live.states["reach"]
    assert live.hear(live.say.wake("reach", live.say.after(17))) == []
    assert live.hear(live.say.wake("hubs", live.say.after(18))) == []
    assert live.states["reach"] == before
    assert live.wakes["reach"] == live.say.after(18)


def test_the_same_wake_twice_says_nothing_new(live):
    due = live.say.wake("reach", live.wakes["reach"])
    assert any(isinstance(one, ReachWidened) for one in live.hear(due))
    assert live.hear(due) == []


def test_nothing_is_said_when_nothing_is_new(house):
    house.hear(house.say.raised(category=Category.LOST_CHILD, mode=Mode.FOOT))
    house.hear(house.say.issued(minutes=90, km=1))
    house.until(house.say.after(600))
    assert len(waves(house)) == 1
    assert house.wakes["reach"] is None


def test_an_update_starts_over_with_all_cells(live):
    live.until(live.say.after(30))
    before = waves(live)
    live.hear(live.say.issued(minutes=31, version=2))
    anew = waves(live)[len(before) :]
    assert [(one.version, one.wave) for one in anew] == [(2, n) for n in range(len(anew))]
    told = together(anew)
    for wave in before:
        assert not len(cs.subtract(cells(wave), told)) or wave.radius_m > anew[0].radius_m


def test_an_old_version_again_changes_nothing(live):
    live.hear(live.say.issued(minutes=31, version=2))
    said = len(waves(live))
    live.hear(live.say.issued(minutes=32, version=2))
    assert len(waves(live)) == said


def test_an_accepted_sighting_moves_the_search_at_once(live):
    live.until(live.say.after(40))
    before = len(waves(live))
    live.hear(live.say.accepted(41, 34.6, 115.9))
    wave = waves(live)[before]
    assert wave.at == live.say.after(41)
    assert wave.focus == live.say.cell(34.6, 115.9)
    live.hear(live.log[-1].fact)
    live.until(live.say.after(70))
    assert all(one.focus == wave.focus for one in waves(live)[before:])


def test_a_vehicle_that_becomes_known_widens_at_once(house):
    house.hear(house.say.raised(category=Category.LOST_CHILD, mode=Mode.FOOT))
    house.hear(house.say.issued())
    small = waves(house)[-1].radius_m
    house.hear(
        facts.VehicleIdentified(
            case=house.say.case, at=house.say.after(20), seen_at=house.say.after(2)
        )
    )
    assert waves(house)[-1].radius_m > 2 * small


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_it_falls_silent_when_it_is_over(live, end):
    live.hear(end(live.say, live.say.after(20)))
    said = len(waves(live))
    assert live.wakes["reach"] is None
    live.hear(live.say.accepted(25, 33.5, 115.3))
    live.hear(live.say.wake("reach", live.say.after(60)))
    assert len(waves(live)) == said


def test_it_falls_silent_when_the_alert_expires(house):
    house.hear(house.say.raised(by=Role.OFFICER))
    house.hear(house.say.issued(hours=1))
    house.until(house.say.after(300))
    house.hear(house.say.accepted(301, 33.5, 115.3))
    assert max(one.at for one in waves(house)) < house.say.after(75)


def test_an_alert_under_an_unknown_policy_goes_out_under_the_default(house):
    house.hear(house.say.raised())
    house.hear(house.say.issued(policy="from-the-future"))
    assert waves(house)[0].policy == "field"


def test_circles_can_be_followed_too(house):
    house.hear(house.say.raised())
    house.hear(house.say.issued(policy="circles"))
    house.until(house.say.after(300))
    assert [one.radius_m // 1000 for one in waves(house)] == [100, 200, 300, 500]
