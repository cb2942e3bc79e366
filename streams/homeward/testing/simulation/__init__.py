"""The simulator: seeded histories, a virtual clock, and everything that can go wrong."""

from homeward.testing.simulation.headed import not_headed_off
from homeward.testing.simulation.judge import Outcome, differences, outcome
from homeward.testing.simulation.places import ASKING, FAST, FAST_AND_WIDE, NEAR, WIDE, World
from homeward.testing.simulation.running import (
    CALM,
    Crew,
    Restless,
    Simulation,
    Trouble,
    bench_of,
    drawn,
    real_crew,
    run,
    small_crew,
    whole_crew,
)
from homeward.testing.simulation.seeds import Findings, disturb, seed_blocks
from homeward.testing.simulation.sender import Sink, Told
from homeward.testing.simulation.waved import not_told_as_said

__all__ = [
    "ASKING",
    "CALM",
    "FAST",
    "FAST_AND_WIDE",
    "NEAR",
    "WIDE",
    "Crew",
    "Findings",
    "Outcome",
    "Restless",
    "Simulation",
    "Sink",
    "Told",
    "Trouble",
    "World",
    "bench_of",
    "differences",
    "disturb",
    "drawn",
    "not_headed_off",
    "not_told_as_said",
    "outcome",
    "real_crew",
    "run",
    "seed_blocks",
    "small_crew",
    "whole_crew",
]
