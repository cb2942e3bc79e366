"""All waves of a version together are the policy's area at each look, and no cell is told twice.

In every simulated history the judge of `homeward.testing.simulation.waved` reads the log. Here it
is judged: broken processors are planted.
"""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from homeward.facts.reach import ReachWidened
from homeward.facts.sighting import SightingAccepted
from homeward.geography.cells import from_bytes, to_bytes
from homeward.hosts.consumer import Pure
from homeward.processors.reach import Reach
from homeward.record.envelope import read
from homeward.testing.histories import seen_often
from homeward.testing.simulation import CALM, WIDE, Simulation, disturb, real_crew, run, seed_blocks

HISTORIES = 30
FIRST = 7_000  # not those of the other tests
SEEDS = range(20)
"""A planted bug must show within so many histories."""


@pytest.mark.parametrize(
    "seeds", seed_blocks(FIRST, HISTORIES, 15), ids=lambda s: f"from-{s.start}"
)
def test_what_was_told_is_what_the_policy_says_in_every_history(seeds):
    found = disturb(seeds, crew=real_crew, world=WIDE)
    assert found.failed == {}
    if len(seeds) > 1:  # worth running: areas move
        assert found.figures["reach.widened/1"] > 5 * len(seeds)


async def test_after_an_accepted_sighting_the_next_wave_leaves_in_the_same_tick():
    seen = Counter()
    for seed in range(FIRST, FIRST + 12):
        simulation = Simulation(seen_often(seed), CALM, real_crew, world=WIDE)
        assert not (await simulation.run()).wrong
        said = [read(row) for row in simulation.store.disk.log.rows]
        for sighting in (one for one in said if isinstance(one.fact, SightingAccepted)):
            waves = [one for one in said if one.cause == sighting.id and one.stream[:5] == "reach"]
            assert {one.fact.at for one in waves} <= {sighting.fact.at}
            seen["waves"] += len(waves)
    assert seen["waves"] > 12, seen


class Planted(Reach):
    """A reach processor with a bug in what it says."""

    def told(self, waves):
        """Return what it says instead."""
        return waves

    def step(self, state, heard):
        reaction = super().step(state, heard)
        return replace(reaction, says=self.told(list(reaction.says)))


class TellsTwice(Planted):
    def told(self, waves):
        return [*waves, *(one.model_copy(update={"wave": one.wave + 100}) for one in waves[:1])]


class SkipsAPart(Planted):
    def told(self, waves):
        return waves[:-1]


class SkipsACell(Planted):
    def told(self, waves):
        return [cut(one) for one in waves]


def cut(wave):
    cells = from_bytes(wave.cells)
    return wave.model_copy(update={"cells": to_bytes(cells[1:])}) if len(cells) > 1 else wave


class Overshoots(Reach):
    """Tells an area of twice the time."""

    def step(self, state, heard):
        first = state.knowledge.sources[:1]
        early = tuple(replace(one, seen_at=one.seen_at - timedelta(hours=2)) for one in first)
        knowledge = replace(state.knowledge, sources=(*early, *state.knowledge.sources[1:]))
        reaction = super().step(replace(state, knowledge=knowledge), heard)
        if not any(isinstance(one, ReachWidened) for one in reaction.says):
            return super().step(state, heard)
        return replace(reaction, state=replace(reaction.state, knowledge=state.knowledge))


class Deaf(Reach):
    """Does not look again when a sighting is accepted."""

    def step(self, state, heard):
        if isinstance(heard.fact, SightingAccepted):
            return replace(super().step(state, heard), says=())
        return super().step(state, heard)


class Oversleeps(Reach):
    """Is woken an hour late."""

    def step(self, state, heard):
        reaction = super().step(state, heard)
        if reaction.wake_at is None:
            return reaction
        late = reaction.wake_at + timedelta(hours=1)
        return replace(reaction, state=replace(reaction.state, look_at=late), wake_at=late)


@pytest.mark.parametrize(
    "broken",
    [TellsTwice, SkipsAPart, SkipsACell, Overshoots, Deaf, Oversleeps],
    ids=lambda one: one.__name__,
)
def test_a_broken_processor_is_noticed_by_what_the_log_says(broken):
    def crew(store):
        return [Pure(broken()) if one.name == "reach" else one for one in real_crew(store)]

    for seed in SEEDS:
        wrong = [one for one in run(seen_often(seed), crew=crew, world=WIDE).wrong if "wave" in one]
        if wrong:
            return
    pytest.fail(f"{broken.__name__} was not noticed in {len(SEEDS)} histories")
