"""P12, the as-of half: a case read, typed and cut at a moment against a bare read of its rows.

Ours is what a request for a timeline does: `history` reads the case's rows, `fold` tells who may
see it, `as_of` cuts, and a page of lines is made; facts become typed where they are looked at. A
line shows public fields as they stand in the log. Bare fetches the same rows by the same index and
looks at none of them. The longer case shows whether the ratio holds.
"""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import asyncpg

from homeward.case import fold
from homeward.facts.callout import CalloutOrdered
from homeward.facts.reach import ReachWidened
from homeward.house.collector import spare_what_stays
from homeward.messages import Fact
from homeward.ports import Unit
from homeward.postgres.store import Store
from homeward.replay import history
from homeward.testing import samples
from homeward.testing.given import stream_of
from homeward.timeline import as_of, timeline
from homeward.words import derived_id
from loadtests import bare
from loadtests.figures import Figure, Measured, Size
from loadtests.ground import open_ground
from loadtests.writing import Writer

SHORT, LONG = 1_000, 10_000
BARE_READS: Final = 6
"""To one of ours, so that both last about as long and a busy machine stops both alike."""
PAGE: Final = 200
"""Lines that a request is answered with unless it says otherwise."""
WAVES: Final = 12
WAVE_BYTES: Final = 4_000
"""500 cells, what a wave of 30 km has."""
UNITS_AT_ONCE: Final = 200

OFTEN: Final = {
    "answer.given/1": 30,
    "handover.attempted/1": 25,
    "sighting.reported/1": 15,
    "sighting.accepted/1": 8,
    "fanout.chunks-cut/1": 6,
    "hubs.watch-ordered/1": 4,
    "watch.acknowledged/1": 4,
}
"""What a long case is made of, in parts; every other kind of a case has one part."""
ONCE_A_WAVE: Final = {"reach.widened/1", "callouts.ordered/1"}


@dataclass(slots=True)
class Case:
    """A case that is in the log."""

    name: str
    facts: int
    last: int
    """The log_index of its last fact; the case is read as of then, so that all of it counts."""


def long_case(case: str, many: int) -> Iterator[Fact]:
    """Return a long case: mostly answers, handovers and sightings, a dozen waves with cells."""
    draw = random.Random(case)
    known = [one for one in samples.ALL if one.case and one.kind not in ONCE_A_WAVE]
    parts = [OFTEN.get(one.kind, 1) for one in known]
    waves = [one for one in samples.ALL if isinstance(one, ReachWidened | CalloutOrdered)]
    for number in range(many):
        wave, within = divmod(number, many // WAVES)
        if within < len(waves) and wave < WAVES:
            cells = random.Random(wave).randbytes(WAVE_BYTES)
            fact: Fact = waves[within]
            own: dict[str, object] = {"cells": cells, "wave": wave}
        else:
            [fact] = draw.choices(known, parts)
            own = {"sighting": derived_id(case, number)} if hasattr(fact, "sighting") else {}
        at = samples.NOON + timedelta(seconds=number)
        yield fact.model_copy(update={**own, "case": case, "at": at})


async def _kept(store: Store, writer: Writer, many: int) -> Case:
    """Append a long case."""
    case = derived_id(store.log.origin, "long case", many)
    entries = [writer.entry(stream_of(fact), fact) for fact in long_case(case, many)]
    for start in range(0, many, UNITS_AT_ONCE):
        await store.log.append([Unit((one,)) for one in entries[start : start + UNITS_AT_ONCE]])
    return Case(case, many, await store.log.size() - 1)


async def _ours_s(store: Store, case: Case) -> float:
    began = time.perf_counter()
    recorded = await history(store.log, case.name, case.last, blobs=False)
    fold(recorded)
    heard = as_of(recorded, position=case.last)
    assert len(timeline(heard[:PAGE])) == PAGE
    assert len(heard) == case.facts
    return time.perf_counter() - began


async def _bare_s(connection: asyncpg.Connection, case: Case) -> float:
    began = time.perf_counter()
    for _ in range(BARE_READS):
        assert len(await connection.fetch(bare.READ, case.name)) == case.facts
    return (time.perf_counter() - began) / BARE_READS


async def _rounds(
    store: Store, connection: asyncpg.Connection, case: Case, many: int
) -> Sequence[tuple[float, float]]:
    found = []
    for number in range(many + 1):
        if number % 2:
            ours_s, bare_s = await _ours_s(store, case), await _bare_s(connection, case)
        else:
            bare_s, ours_s = await _bare_s(connection, case), await _ours_s(store, case)
        found.append((ours_s * 1_000, bare_s * 1_000))
    return found[1:]  # nobody is timed cold


async def measure(size: Size) -> Measured:
    """Read two cases in both ways, in turn."""
    async with open_ground() as ground, ground.store() as store:
        connection = await ground.connect()
        try:
            writer = Writer(store.log.origin)
            spare_what_stays()  # as `homeward up` does; both sides have it
            short, long = [await _kept(store, writer, many) for many in (SHORT, LONG)]
            short_rounds = await _rounds(store, connection, short, size.of(101, 41))
            long_rounds = await _rounds(store, connection, long, size.of(11, 5))
        finally:
            await connection.close()
    what = "facts as of a position, folded, a page shown / a bare read of the rows"
    figures = [
        Figure.of_rounds("replay-1000", f"1,000 {what}", "ms", short_rounds),
        Figure.of_rounds("replay-10000", f"10,000 {what}", "ms", long_rounds),
    ]
    return Measured(figures, ground.said)
