"""Alerts on one officer's word, and widened later: nobody too many, nobody twice, nobody missed."""

from dataclasses import replace

import numpy as np
import pytest
from pyroaring import BitMap

from homeward.fanout import lane, late
from homeward.hosts.consumer import Pure
from homeward.policies import circles, field
from homeward.processors import hubs
from homeward.processors.hubs import Hubs
from homeward.processors.reach import Reach
from homeward.testing.simulation import (
    FAST,
    FAST_AND_WIDE,
    disturb,
    real_crew,
    run,
    seed_blocks,
    whole_crew,
)

FIRST = 9_000  # not those of the other tests
HISTORIES = 20
SEEDS = range(FIRST, FIRST + 30)
"""A planted bug must show within so many histories."""


@pytest.mark.parametrize(
    "seeds", seed_blocks(FIRST, HISTORIES, 10), ids=lambda s: f"from-{s.start}"
)
def test_one_word_tells_few_and_two_tell_all_in_every_history(seeds):
    found = disturb(seeds, crew=whole_crew, world=FAST)
    assert found.failed == {}
    if len(seeds) > 1:  # worth running: many are approved after they went out
        assert found.figures["case.alert-widened/1"] > len(seeds) / 4
        assert found.figures["case.emergency-used/1"] > 0


def test_waves_and_hubs_go_on_to_the_whole_bound():
    found = disturb(range(FIRST, FIRST + 12), crew=real_crew, world=FAST_AND_WIDE)
    assert found.failed == {}
    assert found.figures["case.alert-widened/1"] > 3


def noticed(world=FAST, crew=whole_crew):
    """Whether some history is wrong by itself, undisturbed."""
    return any(run(world.acts(seed), crew=crew, world=world).wrong for seed in SEEDS)


def test_a_lane_that_forgets_the_number_is_noticed(monkeypatch):
    monkeypatch.setattr(lane, "within", lambda found, *_: found)
    assert noticed()


def test_a_look_out_that_forgets_the_number_is_noticed(monkeypatch):
    monkeypatch.setattr(late, "within", lambda found, *_: found)
    assert noticed()


def test_a_lane_that_counts_each_wave_anew_is_noticed(monkeypatch):
    monkeypatch.setattr(lane.LaneState, "told_alone", lambda *_: 0)
    assert noticed()


def test_a_lane_that_loses_whom_it_passed_over_is_noticed(monkeypatch):
    sound = lane.within

    def loses(found, *rest):
        return replace(sound(found, *rest), suppressed=found.suppressed)

    monkeypatch.setattr(lane, "within", loses)
    monkeypatch.setattr(late, "within", loses)  # alone, it would mend what waves lose
    assert noticed()


@pytest.mark.parametrize("of", [field, circles])
def test_a_policy_that_follows_a_sighting_on_one_word_is_noticed(monkeypatch, of):
    monkeypatch.setattr(of, "near_last_seen", lambda area, _: area)
    assert noticed(FAST_AND_WIDE, real_crew)


@pytest.mark.parametrize("of", [field, circles])
def test_a_policy_that_asks_far_hubs_on_one_word_is_noticed(monkeypatch, of):
    monkeypatch.setattr(of, "hubs_within", lambda _, hubs: np.ones(len(hubs), np.bool_))
    assert noticed(replace(FAST_AND_WIDE, hubs_alone_max=50), real_crew)


def test_hubs_that_one_word_asks_without_number_are_noticed(monkeypatch):
    monkeypatch.setattr(hubs, "_alone", lambda state, _, waiting: (state, waiting))
    assert noticed(FAST_AND_WIDE, real_crew)


def test_an_update_that_changes_nothing_and_is_told_again_is_noticed(monkeypatch):
    monkeypatch.setattr(lane.LaneState, "told_since", lambda *_: BitMap())
    assert noticed()


class Deaf:
    """Does not hear that it was widened."""

    def step(self, state, heard):
        if heard.kind == "case.alert-widened/1":
            return replace(super().step(state, heard), state=state, says=())
        return super().step(state, heard)


class DeafReach(Deaf, Reach):
    pass


class DeafHubs(Deaf, Hubs):
    pass


@pytest.mark.parametrize("broken", [DeafReach, DeafHubs])
def test_who_does_not_hear_of_the_widening_is_noticed(broken):
    def crew(store):
        return [Pure(broken()) if one.name == broken.name else one for one in real_crew(store)]

    assert noticed(FAST_AND_WIDE, crew)
