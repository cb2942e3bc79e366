"""The simulator: seeded histories, a virtual clock, and everything that can go wrong."""

from homeward.testing.simulation.judge import Outcome, differences, outcome
from homeward.testing.simulation.run import (
    CALM,
    Crew,
    Restless,
    Simulation,
    Trouble,
    bench_of,
    drawn,
    run,
    small_crew,
)
from homeward.testing.simulation.sender import Sink, Told

__all__ = [
    "CALM",
    "Crew",
    "Outcome",
    "Restless",
    "Simulation",
    "Sink",
    "Told",
    "Trouble",
    "bench_of",
    "differences",
    "drawn",
    "outcome",
    "run",
    "small_crew",
]
