"""The simulator: seeded histories, a virtual clock, and everything that can go wrong."""

from homeward.testing.simulation.judge import Outcome, differences, outcome
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

__all__ = [
    "CALM",
    "Crew",
    "Findings",
    "Outcome",
    "Restless",
    "Simulation",
    "Sink",
    "Told",
    "Trouble",
    "bench_of",
    "differences",
    "disturb",
    "drawn",
    "outcome",
    "real_crew",
    "run",
    "seed_blocks",
    "small_crew",
    "whole_crew",
]
