"""An office is one process's, by the store's clock, and never longer than its holder may trust."""

import asyncio

from tests.hosts.virtual import LoopClock, virtual

from homeward.hosts.again import again
from homeward.hosts.office import Office
from homeward.testing.memory import Calls, Fault, MemoryStore


def office(store, holder, told=None):
    changed = (lambda _: None) if told is None else told.append
    return Office(store.leases, "sweep", holder, changed)


def keeping(one, store, stop):
    work = again("lease", lambda: one.keep(stop), stop, meter=store.meter, say=print)
    return asyncio.create_task(work)


@virtual
async def test_it_is_kept_given_back_and_taken_at_once():
    store, told, stops = MemoryStore(clock=LoopClock()), [], [asyncio.Event(), asyncio.Event()]
    first, second = office(store, "a", told), office(store, "b")
    jobs = [keeping(first, store, stops[0])]
    await asyncio.sleep(0.1)
    jobs.append(keeping(second, store, stops[1]))
    for _ in range(100):
        await asyncio.sleep(0.37)
        assert (first.mine, second.mine) == (True, False)
    stops[0].set()
    await asyncio.sleep(0.6)
    assert (first.mine, second.mine) == (False, True)
    stops[1].set()
    await asyncio.wait(jobs)
    assert told == [True, False]
    assert await store.leases.held() == {}


@virtual
async def test_while_the_store_is_away_it_is_trusted_no_longer_than_it_lasts():
    calls, stop = Calls(), asyncio.Event()
    store = MemoryStore(clock=LoopClock(), calls=calls)
    told = []
    one = office(store, "a", told)
    job = keeping(one, store, stop)
    await asyncio.sleep(5.5)
    calls.faults = lambda _: Fault.AWAY_BEFORE
    await asyncio.sleep(1.2)
    assert one.mine
    await asyncio.sleep(1.2)
    assert not one.mine
    calls.faults = lambda _: None
    await asyncio.sleep(2.1)
    assert one.mine
    assert told in ([True], [True, False, True])
    stop.set()
    await job


@virtual
async def test_who_was_stopped_and_woken_knows_at_once_that_it_ran_out():
    store = MemoryStore(clock=LoopClock())
    first, second = office(store, "a"), office(store, "b")
    assert await first.once()
    assert not await second.once()
    await asyncio.sleep(30)
    assert not first.mine
    assert await second.once()
    assert not await first.once()


@virtual
async def test_a_clock_set_forward_or_back_leaves_it_to_one():
    store, stop = MemoryStore(clock=LoopClock()), asyncio.Event()
    offices = [office(store, name) for name in "abc"]
    jobs = [keeping(one, store, stop) for one in offices]
    for jump_s in (3_600, -3_600, 7_200, -10):
        await asyncio.sleep(3)
        store.clock.set_back_s(jump_s)
        await asyncio.sleep(1.1)
        for _ in range(20):
            assert sum(one.mine for one in offices) == 1
            await asyncio.sleep(0.3)
    stop.set()
    await asyncio.wait(jobs)
