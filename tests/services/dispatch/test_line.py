"""What a line learns of a far side: how quick it is, and until when it wants to be left alone."""

import asyncio
from types import SimpleNamespace

import pytest

from homeward.dispatch.farside import FarSide
from homeward.dispatch.knobs import Knobs
from homeward.dispatch.line import Line
from homeward.ports import Result, Verdict
from homeward.testing.memory.keeping import MemoryMeter

KNOBS = Knobs(channel_wait_s=0.01)
RANK = (2, 0, 1)


class Far:
    """A channel with one far side, which takes its time by a clock of its own."""

    name, batch_max = "sink", 100

    def __init__(self) -> None:
        self.now_s, self.takes_s, self.asks_s = 100.0, 0.0, None

    async def send(self, batch):
        self.now_s += self.takes_s
        verdict = Verdict.RETRY if self.asks_s else Verdict.ACCEPTED
        return [Result(one.message_id, verdict, self.asks_s) for one in batch]


@pytest.fixture
def far() -> Far:
    return Far()


@pytest.fixture
def line(far: Far) -> Line:
    return Line(far, KNOBS, MemoryMeter(), monotonic=lambda: far.now_s)


async def sent(line: Line, side: FarSide) -> int:
    """Send as many as may go at once and return how many that was."""
    place = await line.enter(side, 100, RANK)
    assert place is not None
    await line.send(side, [SimpleNamespace(message_id=str(n)) for n in range(place.people)])
    line.leave(place)
    return place.people


async def test_many_go_to_who_answers_quickly_and_few_to_who_is_new_or_slow(line, far):
    side = line.far("")
    assert await sent(line, side) == KNOBS.slow_people
    assert await sent(line, side) == 100
    far.takes_s = KNOBS.quick_s * 2
    assert await sent(line, side) == 100
    assert await sent(line, side) == KNOBS.slow_people
    far.takes_s = 0.0
    await sent(line, side)
    assert await sent(line, side) == 100


async def test_who_is_slow_gets_one_batch_at_a_time_from_places_of_its_own(line):
    slow, other = FarSide("slow"), FarSide("other", quick=True)
    assert await line.enter(slow, 100, RANK)
    assert line.full(slow)
    assert not line.full(other)
    assert await line.enter(other, 100, RANK)


async def test_who_asks_to_be_left_alone_is_and_not_for_ever(line, far):
    side = line.far("")
    far.asks_s = 30.0
    await sent(line, side)
    assert line.full(side)
    far.now_s += 29.9
    assert line.full(side)
    far.now_s += 0.1
    assert not line.full(side)
    far.asks_s = KNOBS.retry_after_max_s * 10
    await sent(line, side)
    far.now_s += KNOBS.retry_after_max_s
    assert not line.full(side)


async def test_what_becomes_free_goes_to_who_waits_and_to_no_newcomer(line):
    side = line.far("")
    held = await line.enter(side, 100, RANK)
    late = asyncio.create_task(line.enter(side, 100, (2, 2, 3)))
    soon = asyncio.create_task(line.enter(side, 10, (2, 1, 2)))
    await asyncio.sleep(0)
    line.leave(held)
    assert line.full(side)
    place = await soon
    assert place is not None
    assert place.people == 10
    line.leave(place)
    place = await late
    assert place is not None
    line.leave(place)
    assert not line.full(side)


async def test_a_place_given_to_who_was_cancelled_meanwhile_comes_back(line):
    side = line.far("")
    held = await line.enter(side, 100, RANK)
    waiting = asyncio.create_task(line.enter(side, 100, RANK))
    await asyncio.sleep(0)
    line.leave(held)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert waiting.cancelled()
    assert not line.full(side)


async def test_who_waits_goes_before_a_newcomer_when_a_far_side_turns_out_quick(far):
    line = Line(far, Knobs(channel_wait_s=5), MemoryMeter(), monotonic=lambda: far.now_s)
    side = line.far("")
    first = await line.enter(side, 20, (2, 0, 1))
    assert first is not None
    nearer = asyncio.create_task(line.enter(side, 100, (2, 1, 2)))
    await asyncio.sleep(0)
    await line.send(side, [SimpleNamespace(message_id="m")])
    assert side.quick, "it has more places than it had, and nobody left one yet"
    farther = asyncio.create_task(line.enter(side, 100, (2, 2, 3)))
    await asyncio.wait([nearer, farther], return_when=asyncio.FIRST_COMPLETED)
    assert nearer.done()
    assert (await nearer) is not None
    assert (await farther) is not None


async def test_one_sender_sends_one_batch_at_a_time(far):
    line = Line(far, Knobs(senders=1), MemoryMeter(), monotonic=lambda: far.now_s)
    side = line.far("")
    await sent(line, side)
    place = await line.enter(side, 100, RANK)
    assert place is not None
    assert line.full(side)
