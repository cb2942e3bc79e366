"""A case's waves beside what another policy would have covered at the same moments.

Same roster, same rule of counting: whoever has a cell that meets the area, each person once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from homeward.facts.case import AlertIssued, AlertUpdated
from homeward.facts.reach import ReachWidened
from homeward.geography.cells import NOWHERE, Cells, from_bytes, meets, union
from homeward.messages import Recorded
from homeward.picture.course import Course
from homeward.policies.known import Known, Policy
from homeward.ports import Roster
from homeward.processors.knowledge import Knowledge, News, learnt
from homeward.words import RecipientKind

VOLUNTEER: Final = list(RecipientKind).index(RecipientKind.VOLUNTEER)
TUANYUAN_KM_MAX: Final = 500
"""The other system's own bound, not the one that was approved here."""


@dataclass(frozen=True, slots=True)
class People:
    """Where active volunteers are who can be told: one row a cell."""

    cells: Cells
    ordinals: NDArray[np.uint32]

    def inside(self, area: Cells) -> set[int]:
        """Return the ordinals of those who have a cell that meets an area."""
        return set(np.unique(self.ordinals[meets(area, self.cells)]).tolist())

    def among(self, area: Cells) -> "People":
        """Return those rows that meet an area: what lies in it is then counted sooner."""
        near = meets(area, self.cells)
        return People(self.cells[near], self.ordinals[near])


@dataclass(frozen=True, slots=True)
class Wave:
    """One wave, and what the other policy would have told by then."""

    version: int
    wave: int
    at: datetime
    minutes: int
    """Since the person was last seen."""
    radius_km: float
    people: int
    """In this wave's area and in none before it."""
    people_so_far: int
    other_radius_km: float
    other_so_far: int


async def people_of(roster: Roster) -> People:
    """Return the volunteers who can be told, from the roster's columns."""
    rows = await roster.columns(0, 1)
    told = (rows.kinds == VOLUNTEER) & rows.active & rows.reachable
    return People(rows.cells[told], rows.ordinals[told])


def compared(facts: Sequence[Recorded], people: People, other: Policy) -> list[Wave]:
    """Return each wave of a case's facts (with blobs) beside another policy."""
    knowledge = Knowledge()
    waves: list[Wave] = []
    ours: set[int] = set()
    theirs: set[int] = set()
    told = NOWHERE
    for one in facts:
        fact = one.fact
        if isinstance(fact, News):
            knowledge = learnt(knowledge, fact)
        elif isinstance(fact, AlertIssued | AlertUpdated):
            ours, told = set(), NOWHERE
        elif isinstance(fact, ReachWidened):
            told = union(told, from_bytes(fact.cells or b""))
            now = people.inside(told)
            area = other.area(_known(knowledge), fact.at)
            theirs |= people.inside(area.cells)
            waves.append(
                Wave(
                    version=fact.version,
                    wave=fact.wave,
                    at=fact.at,
                    minutes=fact.elapsed_s // 60,
                    radius_km=round(fact.radius_m / 1_000, 1),
                    people=len(now - ours),
                    people_so_far=len(now),
                    other_radius_km=round(area.radius_m / 1_000, 1),
                    other_so_far=len(theirs),
                )
            )
            ours = now
    return waves


def _known(knowledge: Knowledge) -> Known:
    return Known(
        category=knowledge.category,
        age_band=knowledge.age_band,
        mode=knowledge.mode,
        sources=knowledge.sources,
        reach_km_max=TUANYUAN_KM_MAX,
    )


def told_people(course: Course, people: People) -> list[int]:
    """Return how many people were told after each wave of a course, each person once."""
    waves = [(wave, told) for wave, told in course.told()]
    if not waves:
        return []
    near = people.among(waves[-1][1])
    told: set[int] = set()
    counts: list[int] = []
    for wave, _ in waves:
        told |= near.inside(from_bytes(wave.cells or b""))
        counts.append(len(told))
    return counts
