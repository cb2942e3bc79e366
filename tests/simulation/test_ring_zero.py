"""I-28: an unverified report has no public recipient, and whoever heard of it hears the end."""

import dataclasses

import pytest

from homeward.fanout import lane
from homeward.processors import callouts
from homeward.testing.simulation import disturb, real_crew, run, seed_blocks, whole_crew
from homeward.testing.simulation.places import NEAR

FIRST = 12_000  # not those of the other tests; in every third a report is told unverified
HISTORIES = 24
SEEDS = range(FIRST, FIRST + 60, 3)
"""A planted bug must show within so many histories."""


@pytest.mark.parametrize(
    "seeds", seed_blocks(FIRST, HISTORIES, 12), ids=lambda s: f"from-{s.start}"
)
def test_no_unverified_case_reaches_the_public_in_any_history(seeds):
    found = disturb(seeds, crew=whole_crew)
    assert found.failed == {}
    assert found.figures["case.ring-zero-asked/1"] > 0, "worth running"


def wrong(crew):
    """What is wrong in histories by itself, undisturbed."""
    return [one for seed in SEEDS for one in run(NEAR.acts(seed), crew=crew, world=NEAR).wrong]


@pytest.mark.parametrize("crew", [real_crew, whole_crew])
def test_an_order_that_forgets_the_tier_is_noticed(monkeypatch, crew):
    sound = callouts.ring_orders

    def planted(heard, asked):
        return tuple(one.model_copy(update={"tier": None}) for one in sound(heard, asked))

    monkeypatch.setattr(callouts, "ring_orders", planted)
    assert any(one.startswith("unverified and told") for one in wrong(crew))


def test_a_lane_that_forgets_the_tier_is_noticed(monkeypatch):
    sound = lane.query_of

    def planted(order, state):
        query = sound(order, state)
        return query and dataclasses.replace(query, tier=None)

    monkeypatch.setattr("homeward.hosts.lane.query_of", planted)
    assert any(one.startswith("unverified and told") for one in wrong(whole_crew))


def test_an_end_that_nobody_is_told_of_is_noticed(monkeypatch):
    monkeypatch.setattr(callouts, "ring_over", lambda _: ())
    assert any(one.startswith("never told that an unverified") for one in wrong(whole_crew))
