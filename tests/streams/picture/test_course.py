"""A history under another policy: the same policy changes nothing, another tells others."""

import pytest
from tests.streams.picture.stories import later, story

from homeward import policies
from homeward.facts.hub import WatchOrdered
from homeward.facts.reach import ReachWidened
from homeward.geography.cells import covers, from_bytes
from homeward.picture import course as course_module
from homeward.picture.course import RECORDED, as_it_was, under
from homeward.picture.field import field_of
from homeward.picture.figures import figures
from homeward.policies import NoSuchPolicy
from homeward.testing.given import recorded
from homeward.testing.samples import WIDENED
from homeward.words import instant_text


@pytest.fixture(scope="module")
def facts():
    return story()


def test_under_its_own_policy_a_case_goes_as_it_went(facts):
    was, again = as_it_was(facts), under(facts, "field", later(180))
    assert was.policy == RECORDED
    for name in ("waves", "unreachable", "sightings", "first_wave_s"):
        assert getattr(again, name) == getattr(was, name)
    watches = [(one.hub, one.at, one.eta_s) for one in was.orders]
    assert [(one.hub, one.at, one.eta_s) for one in again.orders] == watches != []


@pytest.mark.parametrize("name", sorted(policies.ALL))
def test_every_policy_can_be_asked(facts, name):
    course = under(facts, name, later(180))
    assert course.policy == name
    assert all(one.policy == name for one in course.waves)
    assert all(one.at <= later(180) for one in (*course.waves, *course.orders))


def test_what_processors_said_under_the_first_policy_is_not_heard(facts):
    people = [one for one in facts if not isinstance(one.fact, ReachWidened | WatchOrdered)]
    assert under(people, "circles", later(180)).waves == under(facts, "circles", later(180)).waves


def test_nothing_is_said_after_the_moment(facts):
    early = under(facts[:2], "field", later(60))
    late = under(facts[:2], "field", later(120))
    assert early.waves == late.waves[: len(early.waves)]
    assert len(early.waves) < len(late.waves)


def test_a_bound_can_be_another_one(facts):
    near = under(facts, "circles", later(180), reach_km_max=20)
    assert {one.reach_km_max for one in near.waves} == {20}
    assert max(one.radius_m for one in near.waves) < 100_000


def test_told_grows_wave_by_wave_and_holds_every_wave(facts):
    course = as_it_was(facts)
    before = None
    for wave, told in course.told():
        assert covers(told, from_bytes(wave.cells)).all()
        assert before is None or covers(told, before).all()
        before = told


def test_a_sighting_that_was_told_before_is_ahead(facts):
    [met] = as_it_was(facts).sightings
    assert met.ahead_s > 0
    [never] = under(facts, "circles", later(180), reach_km_max=5).sightings
    assert never.ahead_s is not None
    assert never.ahead_s < 0, "told after it, around it"


def test_a_course_that_asks_for_too_many_looks_says_where_it_was_given_up(facts, monkeypatch):
    whole = under(facts, "field", later(180))
    monkeypatch.setattr(course_module, "WAKES_MAX", 3)
    cut = under(facts, "field", later(180))
    assert whole.cut_at is None
    assert cut.cut_at is not None
    for name in ("waves", "orders"):
        said = getattr(whole, name)
        assert getattr(cut, name) == tuple(one for one in said if one.at < cut.cut_at)
    assert len(cut.waves) < len(whole.waves)
    assert figures(cut)["cut_at"] == instant_text(cut.cut_at)
    assert figures(whole)["cut_at"] is None


def test_a_case_without_an_alert_has_no_waves(facts):
    course = under(facts[:1], "circles", later(180))
    assert (course.waves, course.orders, course.first_wave_s) == ((), (), None)


def test_an_unknown_policy_is_named(facts):
    with pytest.raises(NoSuchPolicy):
        under(facts, "squares", later(60))


def test_a_course_of_the_fast_lane_goes_on_when_it_is_widened():
    whole = story(sighting=None)
    raised, issued = (one.fact for one in whole[:2])
    alone = issued.model_copy(update={"reach_km_max": 30, "people_max": 5_000})
    wide = WIDENED.model_copy(update={"at": later(60), "reach_km_max": 300, "hubs": None})
    found = under(recorded(raised, alone, wide), "circles", later(90))
    assert {one.reach_km_max for one in found.waves if one.at < later(60)} == {30}
    assert {one.reach_km_max for one in found.waves if one.at >= later(60)} == {300}
    shown = field_of(recorded(raised, alone, wide), later(61))
    assert shown.known.reach_km_max == 300
    bound = under(recorded(raised, alone, wide), "circles", later(90), reach_km_max=20)
    assert {one.reach_km_max for one in bound.waves} == {20}
