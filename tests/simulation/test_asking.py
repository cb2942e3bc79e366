"""Helpers asked a few at a time: nobody twice, never too many, and nobody left to come in vain."""

import pytest

from homeward.fanout import asks
from homeward.fanout.told import LaneState
from homeward.processors import rounds
from homeward.testing.simulation import ASKING, disturb, run, seed_blocks, whole_crew

FIRST = 21_000  # not those of the other tests
HISTORIES = 10
SEEDS = range(FIRST, FIRST + 30)
"""A planted bug must show within so many histories."""


@pytest.mark.parametrize("seeds", seed_blocks(FIRST, HISTORIES, 5), ids=lambda s: f"from-{s.start}")
def test_helpers_are_asked_alike_whatever_dies_between(seeds):
    found = disturb(seeds, crew=whole_crew, world=ASKING)
    assert found.failed == {}
    if len(seeds) > 1:  # worth running
        assert found.figures["rounds.ordered/1"] > len(seeds)
        assert found.figures["rounds.over/1"] + found.figures["rounds.filled/1"] > len(seeds) / 2


def noticed():
    """Whether some history is wrong by itself, undisturbed."""
    return any(run(ASKING.acts(seed), crew=whole_crew, world=ASKING).wrong for seed in SEEDS)


def test_a_lane_that_forgets_whom_it_asked_is_noticed(monkeypatch):
    monkeypatch.setattr(LaneState, "with_asked", lambda self, _: self)
    assert noticed()


def test_a_lane_that_asks_more_than_its_share_is_noticed(monkeypatch):
    monkeypatch.setattr(asks, "_share", lambda order, _: order.people_max)
    assert noticed()


def test_a_processor_that_lets_people_come_in_vain_is_noticed(monkeypatch):
    monkeypatch.setattr(rounds, "spelt", lambda _: b"\n".join(b"v%d" % n for n in range(36)))
    assert noticed()
