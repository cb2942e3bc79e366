"""A channel with a rate: whoever waits for it goes by rank, and what is over goes first."""

import asyncio

from homeward.dispatch.bucket import Bucket
from homeward.dispatch.knobs import Knobs
from homeward.dispatch.line import Line, Rank
from homeward.testing.memory.keeping import MemoryMeter

URGENT, NEAR, FAR = (0, 0, 9), (2, 0, 1), (2, 5, 2)


class Sink:
    name, batch_max = "sink", 100


def lines() -> tuple[Line, Line]:
    """Return the lines of what is over and of waves, over one bucket that is empty."""
    bucket = Bucket(100.0)
    bucket.take(100)
    knobs, meter = Knobs(), MemoryMeter()
    return (
        Line(Sink(), knobs, meter, kind="urgent", bucket=bucket),
        Line(Sink(), knobs, meter, bucket=bucket),
    )


async def sent(line: Line, rank: Rank, many: int, order: list[Rank]) -> None:
    far = line.far("")
    far.quick = True
    while many:
        place = await line.enter(far, many, rank)
        if place is not None:
            order += [rank] * place.people
            many -= place.people
            line.leave(place)


async def test_a_rate_is_spent_on_what_is_over_first_and_then_nearest_first() -> None:
    urgent, waves = lines()
    order: list[Rank] = []
    await asyncio.gather(
        sent(waves, FAR, 15, order), sent(waves, NEAR, 15, order), sent(urgent, URGENT, 15, order)
    )
    assert order == [URGENT] * 15 + [NEAR] * 15 + [FAR] * 15
