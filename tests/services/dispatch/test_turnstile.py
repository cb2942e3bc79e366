import asyncio

import pytest

from homeward.dispatch.turnstile import Turnstile


async def through(turnstile: Turnstile, number: int, order: list[int]) -> None:
    async with turnstile.turn((2, number, 0)):
        order.append(number)
        await asyncio.sleep(0)


async def test_whoever_waits_goes_nearest_first_and_one_at_a_time() -> None:
    turnstile, order = Turnstile(), list[int]()
    async with turnstile.turn((2, 9, 0)):
        waiting = [asyncio.create_task(through(turnstile, one, order)) for one in (5, 1, 7, 3)]
        await asyncio.sleep(0)
        assert order == []
    await asyncio.gather(*waiting)
    assert order == [1, 3, 5, 7]


async def test_one_who_gives_up_holds_up_nobody() -> None:
    turnstile, order = Turnstile(), list[int]()
    async with turnstile.turn((2, 9, 0)):
        first = asyncio.create_task(through(turnstile, 1, order))
        second = asyncio.create_task(through(turnstile, 2, order))
        await asyncio.sleep(0)
    first.cancel()  # it was let through, and has not noticed yet
    with pytest.raises(asyncio.CancelledError):
        await first
    await asyncio.wait_for(second, 1)
    await asyncio.wait_for(through(turnstile, 3, order), 1)
    assert order == [2, 3]
