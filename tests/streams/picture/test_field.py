"""The field of a case at a moment: what it is made of, and as of when."""

from datetime import timedelta

import numpy as np
import pytest
from tests.streams.picture.stories import hubs, later, story

from homeward.facts.case import AlertDrafted, CaseResolved
from homeward.facts.reach import ReachWidened
from homeward.geography.cells import covers, from_bytes
from homeward.picture.field import BANDS, NoField, field_of, moment_of
from homeward.policies import NoSuchPolicy, policy_of
from homeward.testing import samples
from homeward.testing.given import recorded


def upto(facts, minutes):
    return [one for one in facts if one.at <= later(minutes)]


@pytest.fixture(scope="module")
def facts():
    return story()


def test_bands_hold_their_share_and_each_holds_the_one_before(facts):
    found = field_of(upto(facts, 60), later(60))
    assert tuple(percent for percent, _ in found.bands) == BANDS
    share, cells = found.surface.share(), found.surface.cells
    for (percent, band), wider in zip(found.bands, [*found.bands[1:], (100, cells)], strict=True):
        held = share[np.isin(cells, band)].sum() / share.sum()
        assert held >= percent / 100 - 1e-9
        assert np.isin(band, wider[1]).all()


def test_hubs_ahead_are_those_of_the_policy_soonest_first(facts):
    at = later(60)
    found = field_of(upto(facts, 60), at)
    arrivals = policy_of("field").arrivals(found.known, hubs(), at)
    assert len(found.hubs) == arrivals.ahead.sum() > 5
    assert [one.earliest_at for one in found.hubs] == sorted(one.earliest_at for one in found.hubs)
    ordered = {one.hub.id: one.watch for one in found.hubs}
    assert "ordered" in ordered.values()
    assert "unreachable" in ordered.values()


def test_a_sighting_counts_from_the_fact_on_that_accepts_it(facts):
    before, after = field_of(upto(facts, 94), later(96)), field_of(upto(facts, 96), later(96))
    assert before.focus != after.focus
    assert len(after.known.sources) == 2
    assert after.weights == pytest.approx((0.1, 0.9))
    assert field_of(upto(facts, 96), later(96), "circles").weights == (0, 1)
    ahead = field_of(upto(facts, 96), later(60))
    assert ahead.weights == (1, 0), "it waits for its moment"


def test_told_is_what_the_waves_of_the_newest_version_said(facts):
    found = field_of(facts, later(180))
    waves = [one.fact for one in facts if isinstance(one.fact, ReachWidened)]
    assert found.waves == len(waves) > 3
    for wave in waves:
        assert covers(found.told, from_bytes(wave.cells)).all()


def test_another_policy_answers_the_same_question(facts):
    found = field_of(upto(facts, 60), later(60), "circles")
    assert (found.policy, found.policy_version) == ("circles", 1)
    assert found.known == field_of(upto(facts, 60), later(60)).known
    with pytest.raises(NoSuchPolicy):
        field_of(facts, later(60), "squares")


def test_without_an_alert_the_draft_says_the_bound(facts):
    raised = facts[0].fact
    assert field_of(recorded(raised), later(30)).known.reach_km_max == 300
    draft = next(one for one in samples.ALL if isinstance(one, AlertDrafted))
    drafted = draft.model_copy(update={"reach_km_max": 77, "policy": "circles"})
    found = field_of(recorded(raised, drafted), later(30))
    assert (found.known.reach_km_max, found.policy) == (77, "circles")
    assert found.hubs == ()
    assert len(found.told) == 0


def test_nobody_seen_is_no_field():
    with pytest.raises(NoField):
        field_of((), later(0))


def test_a_case_that_is_over_is_pictured_at_its_end(facts):
    ended = next(one for one in samples.ALL if isinstance(one, CaseResolved))
    over = recorded(*(one.fact for one in facts), ended.model_copy(update={"at": later(181)}))
    assert moment_of(over, later(600)) == later(181)
    assert moment_of(facts, later(600)) == later(600)


def test_what_can_be_reached_grows_with_time(facts):
    found = field_of(upto(facts, 60), later(60))
    sizes = [len(cells) for _, cells in found.reached]
    assert sizes == sorted(sizes)
    assert sizes[0] > 0
    assert found.reached[0][0] == timedelta(0)
