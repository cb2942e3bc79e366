"""Positions in the scale-out: the API hands them to the broker, workers write them behind."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

from homeward.house.opening import House
from homeward.kafka.catalogue import names_of
from homeward.kafka.positions import PATIENCE_S, KafkaPositions
from homeward.kafka.producer import Line
from homeward.ports import Clock, Move, Roster

GATHER_S: Final = 0.02
"""What is delivered meanwhile is written together; facts of the same worker wait no longer."""
LATELY_S: Final = 0.1
FEW: Final = 200
"""A batch of this size is worth its statement."""


@asynccontextmanager
async def positions_by_broker(house: House) -> AsyncIterator[None]:
    """Let an API's positions go by way of the broker, where one is named; else nothing changes."""
    settings = house.settings
    if not settings.kafka:
        yield
        return
    names = names_of(settings.topic_prefix, house.world)
    line = Line(settings.kafka, name="homeward-positions", deadline_s=2 * PATIENCE_S)
    store = house.store
    way = KafkaPositions(line, names.positions, store.lanes, store.roster, house.meter)
    house.positions = way
    try:
        yield
    finally:
        house.positions = None
        await way.close()
        await line.close()


class WriteBehind:
    """Writes what a worker was delivered, and returns when it is in the roster.

    In a storm a broker's client hands records over one by one: each few would be a statement of its
    own, which costs more than all the rest. So who wrote a moment ago rests a moment when little
    has come, and the next ones gather; a lone position waits for nobody.
    """

    def __init__(self, roster: Roster, clock: Clock, gather_s: float = GATHER_S) -> None:
        """Write to a roster; ``clock`` says what lies ahead."""
        self._roster, self._clock, self._gather_s = roster, clock, gather_s
        self._wrote_s = -LATELY_S

    async def __call__(self, moves: Sequence[Move]) -> None:
        """Keep of each recipient the newest word; doubled, late and reordered ones are nothing.

        What lies ahead is taken as now, as the API does: the topic is only as honest as who may
        write to it, and one word of next year would silence all the true ones after it.
        Raises LogUnavailable; then the same is delivered again.
        """
        newest: dict[str, Move] = {}
        now = self._clock.now()
        for said in moves:
            one = said if said.at <= now else replace(said, at=now)
            before = newest.get(one.recipient)
            if before is None or one.at >= before.at:
                newest[one.recipient] = one
        if not newest:
            return
        await self._roster.move(list(newest.values()))
        lately = time.monotonic() - self._wrote_s < LATELY_S
        self._wrote_s = time.monotonic()
        if lately and len(moves) < FEW:
            await asyncio.sleep(self._gather_s)
