"""Positions by way of the broker: acknowledged there, and written behind by whoever has the lane.

While the broker is away or slow they go to the roster at once, so a position costs at most a second
more. Said both ways, it is true once: an older or equal word changes nothing.
"""

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

from homeward.fanout.shards import lane_of
from homeward.kafka.producer import LineDown, Record
from homeward.ports import LogUnavailable, Meter, Move, Roster
from homeward.record.position import position_value

PATIENCE_S: Final = 1.0
"""A broker that takes longer is as good as away."""
REST_S: Final = 2.0
"""After a failure the broker is left alone for so long: not each caller waits for it."""


class Sends(Protocol):
    """What is needed of a producer (`kafka.producer.Line`)."""

    async def send_many(self, records: Sequence[Record]) -> None:
        """Return once all are acknowledged. Raises LineDown."""
        ...


class KafkaPositions:
    """`PositionLine` over one partition a lane, set explicitly."""

    def __init__(
        self,
        line: Sends,
        topic: str,
        lanes: int,
        roster: Roster,
        meter: Meter,
        patience_s: float = PATIENCE_S,
        rest_s: float = REST_S,
    ) -> None:
        """Send to ``topic``; fall back on the roster."""
        self._line, self._topic, self._lanes = line, topic, lanes
        self._roster, self._meter = roster, meter
        self._patience_s, self._rest_s = patience_s, rest_s
        self._rests_until_s = 0.0
        self._late: set[asyncio.Task[None]] = set()

    async def move(self, moves: Sequence[Move]) -> Sequence[bool]:
        """See `PositionLine`.

        Whether somebody is registered is read from the roster; while it does not answer everybody
        counts as known, and whoever writes behind leaves out those who are not.
        """
        if await self._sent(moves):
            self._meter.count("homeward_positions_sent_total", len(moves), way="kafka")
            try:
                known = await self._roster.known({one.recipient for one in moves})
            except LogUnavailable:
                return [True] * len(moves)
            return [one.recipient in known for one in moves]
        there = await self._roster.move(moves)
        self._meter.count("homeward_positions_sent_total", len(moves), way="database")
        return there

    async def _sent(self, moves: Sequence[Move]) -> bool:
        clock_s = asyncio.get_running_loop().time
        if clock_s() < self._rests_until_s:
            return False
        # Not cut off when it is late: a producer ends by its own deadline, and knows why.
        sending = asyncio.create_task(self._line.send_many([self.record(one) for one in moves]))
        self._late.add(sending)
        sending.add_done_callback(self._done)
        await asyncio.wait({sending}, timeout=self._patience_s)
        if sending.done() and not sending.cancelled():
            failure = sending.exception()
            if failure is None:
                return True
            if not isinstance(failure, LineDown):
                raise failure
        self._rests_until_s = clock_s() + self._rest_s
        return False

    def _done(self, sending: "asyncio.Task[None]") -> None:
        self._late.discard(sending)
        if not sending.cancelled():
            sending.exception()  # nobody may wait for it any more

    async def close(self) -> None:
        """Wait for what is late: seconds at most, by the line's own deadline."""
        if self._late:
            await asyncio.wait(self._late)

    def record(self, one: Move) -> Record:
        """Return a move as it is sent."""
        value = position_value(one.recipient, one.cell, one.at)
        lane = lane_of(one.recipient, self._lanes)
        return Record(self._topic, value, one.recipient.encode(), lane)


__all__ = ["KafkaPositions", "Sends"]
