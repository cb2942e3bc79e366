"""Which seeds are run, and which of them fail; ``HOMEWARD_SEED=n`` repeats one."""

import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from homeward.hosts.turn import Bench
from homeward.testing.memory import MemoryStore
from homeward.testing.simulation.judge import differences
from homeward.testing.simulation.places import NEAR, World
from homeward.testing.simulation.running import Crew, Trouble, bench_of, drawn, run, small_crew

VARIABLE: Final = "HOMEWARD_SEED"


def seed_blocks(first: int, count: int, block: int = 100) -> list[range]:
    """Return seeds in blocks, so that progress shows; one seed alone when the variable names it."""
    if asked := os.environ.get(VARIABLE):
        return [range(int(asked), int(asked) + 1)]
    end = first + count
    return [range(at, min(at + block, end)) for at in range(first, end, block)]


@dataclass(slots=True)
class Findings:
    """What some seeds showed."""

    failed: dict[str, list[str]] = field(default_factory=dict)
    """By what repeats it."""
    figures: Counter[str] = field(default_factory=Counter)
    """Facts by kind and messages told, in the calm runs."""


def disturb(
    seeds: Iterable[int],
    *,
    trouble: Callable[[int], Trouble] = drawn,
    crew: Crew = small_crew,
    calm_crew: Crew | None = None,
    bench: Callable[[MemoryStore], Bench] = bench_of,
    world: World = NEAR,
    enough: int | None = None,
) -> Findings:
    """Run each seed calm and sound, then disturbed with that crew and bench, and compare.

    ``calm_crew`` is what a planted crew is compared with; the crew itself when it is left out.

    Stops after ``enough`` failures. A run that breaks is a failure like one that differs.
    """
    findings = Findings()
    for seed in seeds:
        acts = world.acts(seed)
        calm = run(acts, crew=calm_crew or crew, world=world)
        findings.figures.update(calm.figures)
        try:
            disturbed = run(acts, trouble(seed), crew=crew, bench=bench, world=world)
            wrong = differences(calm, disturbed)
        except Exception as broken:  # noqa: BLE001 -- whatever it is, this seed shows it
            wrong = [f"broke: {type(broken).__name__}: {broken}"]
        if wrong:
            findings.failed[f"{VARIABLE}={seed}"] = wrong
        if enough is not None and len(findings.failed) >= enough:
            break
    return findings
