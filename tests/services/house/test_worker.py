"""Why a worker ends by itself is said, with the mend."""

import asyncio

import pytest

from homeward.hosts.parking import TooManyParked
from homeward.house.opening import HouseRefused
from homeward.house.worker import _ended


async def hearing(failure):
    async def failing():
        if failure is not None:
            raise failure

    task = asyncio.create_task(failing())
    await asyncio.wait({task})
    return task


async def test_a_worker_that_parks_too_much_is_refused_with_the_mend():
    failure = ExceptionGroup("in a group", [ExceptionGroup("", [TooManyParked()])])
    with pytest.raises(HouseRefused, match="homeward parked list"):
        await _ended(await hearing(failure))


async def test_whatever_else_ends_hearing_is_passed_on():
    with pytest.raises(ZeroDivisionError):
        await _ended(await hearing(ZeroDivisionError()))
    await _ended(await hearing(None))
    stuck = asyncio.create_task(asyncio.sleep(60))
    stuck.cancel()
    await _ended(stuck)
