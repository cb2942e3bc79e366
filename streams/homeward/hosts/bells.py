"""Hears what a broker delivers: facts for every processor, orders and positions for each lane.

A topic only rings: a fact is heard when the log holds it, byte for byte.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from homeward.hosts.consumer import Consumer
from homeward.hosts.lines import Kinded, Lines
from homeward.hosts.parking import ParkingLimit
from homeward.hosts.rung import RungBook
from homeward.hosts.turn import Bench, HeardOf, hear
from homeward.hosts.watching import Say
from homeward.ports import By, Meter, Move, Place, Rung
from homeward.record.envelope import Row, kind_of
from homeward.record.position import PositionBroken, position_in
from homeward.record.wire import WireBroken, from_wire, index_in, says

SAY_AGAIN_S: Final = 60.0

LaneOf: TypeAlias = Callable[[int], Consumer | None]
"""Return the lane's consumer when its index is at hand; None: whoever keeps it finds by a sweep
what was rung here. A lane that loads its index for a minute would hold up all others."""
Moves: TypeAlias = Callable[[Sequence[Move]], Awaitable[object]]
"""Takes where people are; raises LogUnavailable."""
Noted: TypeAlias = Callable[[str, By, int], None]
"""Told (consumer, By.BELL, facts that it really heard)."""


class Foreign(ValueError):
    """A fact of another log, or of none: it has no place in this one."""


@dataclass(slots=True)
class Bells:
    """The `Hear` of a worker. What cannot be read is counted and passed over."""

    bench: Bench
    processors: Sequence[Consumer]
    lane_of: LaneOf
    moves: Moves
    facts: str
    """Topic of all facts."""
    orders: str
    """Topic of what lanes hear; its partition is the lane."""
    positions: str
    """Topic of positions; its partition is the lane."""
    noted: Noted
    meter: Meter
    say: Say
    limit: ParkingLimit = field(default_factory=ParkingLimit)
    _rung: RungBook = field(init=False)
    _said: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read what rang from memory."""
        self._rung = RungBook(self.bench.log)
        self.bench = replace(self.bench, log=self._rung)

    async def __call__(self, rungs: Sequence[Rung]) -> None:
        """Let a batch be heard, all who hear beside one another; each key in one turn.

        Raises LogUnavailable, and TooManyParked when so much is parked that going on would be
        wrong.
        """
        said: list[tuple[int, Rung]] = []
        moves: list[Move] = []
        for rung in rungs:
            try:
                if rung.place.topic == self.positions:
                    moves.append(Move(*position_in(rung.value)))
                else:
                    said.append((index_in(rung.headers), rung))
            except (WireBroken, PositionBroken) as broken:
                self._rubbish(rung.place.topic, broken)
        facts: list[Kinded] = []
        orders: dict[int, list[Kinded]] = {}
        for (topic, partition), row in await self._of_the_log(said):
            to = orders.setdefault(partition, []) if topic == self.orders else facts
            to.append((row, kind_of(row)))
        self._rung.take(facts)
        bench = replace(self.bench, lines=Lines.of(facts))
        jobs: list[Awaitable[object]] = [self._hear(bench, one, facts) for one in self.processors]
        for number, rows in orders.items():
            lane = self.lane_of(number)
            if lane is not None:
                jobs.append(self._hear(self.bench, lane, rows))
        if moves:
            jobs.append(self.moves(moves))
        failed = [
            one
            for one in await asyncio.gather(*jobs, return_exceptions=True)
            if isinstance(one, BaseException)
        ]
        if failed:
            raise failed[0]

    async def _of_the_log(self, said: Sequence[tuple[int, Rung]]) -> list[tuple[Place, Row]]:
        """Return the lines that the log holds, and leave out what it does not, byte for byte.

        Whoever may write to the topic could say anything, and a log from a backup does not hold
        what was said after it.
        """
        rows = await self.bench.log.at({index for index, _ in said}) if said else ()
        held = {row.log_index: row for row in rows}
        found = []
        for index, rung in said:
            row = held.get(index)
            if row is not None and says(rung.key, rung.value, rung.headers, row):
                found.append((rung.place, row))
                continue
            broken = self._broken(rung, row)
            if broken is None and row is not None:  # with headers of somebody's own beside ours
                found.append((rung.place, row))
            elif broken is not None:
                self._rubbish(rung.place.topic, broken)
        return found

    def _broken(self, rung: Rung, held: Row | None) -> ValueError | None:
        """Return why a record is not the line that the log holds; None: it is."""
        try:
            row = from_wire(rung.key, rung.value, rung.headers)
        except WireBroken as broken:
            return broken
        if rung.headers["ce_source"] != self.bench.pen.log.encode():
            return Foreign("a fact of another log")
        return None if row == held else Foreign("a fact that the log does not hold")

    async def _hear(self, bench: Bench, consumer: Consumer, rows: Collection[Kinded]) -> None:
        """Let one consumer hear the keys in which there is something for it; rows have kinds."""
        keys = {row.key for row, kind in rows if kind in consumer.hears}
        mine = [row for row, _ in rows if row.key in keys]
        if not mine:
            return
        began_s, heard = time.monotonic(), list[HeardOf]()
        try:
            parked = await hear(bench, consumer, mine, heard.append)
        finally:
            self.noted(consumer.name, By.BELL, sum(one.facts for one in heard))
        self.limit.note(len(keys), len(parked))
        took_s = time.monotonic() - began_s
        self.meter.observe("homeward_turn_seconds", took_s, consumer=consumer.name)

    def _rubbish(self, topic: str, broken: ValueError) -> None:
        self.meter.count("homeward_rubbish_total", topic=topic)
        now_s = time.monotonic()
        if now_s - self._said.get(topic, -SAY_AGAIN_S) >= SAY_AGAIN_S:
            self._said[topic] = now_s
            self.say("bells", f"passed over what {topic} says: {broken}")


__all__ = ["Bells", "LaneOf", "Moves", "Noted"]
