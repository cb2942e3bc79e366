"""One keeper holds the index: fresh when it is asked for, merged beside the work."""

import asyncio

import pytest
from pyroaring import BitMap
from tests.hosts.lanes import AWAY, HERE, NEXT, volunteer

from homeward.fanout.brute import BruteIndex
from homeward.fanout.lane import Lane
from homeward.hosts import keeper as keeping
from homeward.hosts.keeper import IndexKeeper
from homeward.ports import LogUnavailable
from homeward.testing.memory import Calls, Fault, MemoryStore, crash_at


class Merges(BruteIndex):
    """Counts its merges; the second step must run where matches run."""

    steps: list[str]
    worth = True

    def __init__(self, columns):
        super().__init__(columns)
        self.steps = getattr(self, "steps", [])

    def merging(self):
        if not self.worth:
            return None
        self.worth = False
        loop = asyncio.get_running_loop()

        def work():
            with pytest.raises(RuntimeError):
                asyncio.get_running_loop()  # in a thread
            self.steps.append("work")

            def swap():
                assert asyncio.get_running_loop() is loop
                self.steps.append("swap")

            return swap

        return work


class World:
    def __init__(self, build=BruteIndex):
        self.store = MemoryStore()
        self.said = []
        lane = Lane(0, 1, self.store.log.origin)
        self.keeper = IndexKeeper(
            lane, self.store.roster, build, self.store.meter, lambda *what: self.said.append(what)
        )

    async def register(self, *names):
        await self.store.roster.register([volunteer(name, HERE) for name in names])

    def gauge(self, name):
        return self.store.meter.gauges[name, (("lane", "0"),)]


async def test_it_is_loaded_once_and_brought_up_to_date_by_changes():
    world = World()
    await world.register("a", "b")
    assert world.keeper.people is None
    first = await world.keeper.fresh()
    assert (len(first), world.keeper.people, world.said[0][:2]) == (2, 2, (2, 2))
    await world.register("c")
    assert await world.keeper.fresh() is first
    assert (len(first), first.revision) == (3, await world.store.roster.revision(0, 1))
    assert len(world.said) == 1
    world.keeper.measure()
    assert world.gauge("homeward_index_people") == 3
    assert world.gauge("homeward_index_age_seconds") < 60
    assert world.gauge("homeward_index_load_seconds") >= 0


async def test_what_changed_too_long_ago_is_loaded_again():
    world = World()
    await world.register("a", "b")
    first = await world.keeper.fresh()
    await world.store.roster.remove("a")
    world.store.roster.forget_departures()
    assert len(await world.keeper.fresh()) == 1
    assert await world.keeper.fresh() is not first
    assert world.keeper.taken() is None


async def test_who_looks_for_latecomers_is_told_what_changed(monkeypatch):
    world = World()
    await world.register("a")
    await world.keeper.fresh()
    assert world.keeper.taken() is None  # everybody is new
    assert world.keeper.taken() == []
    await world.register("b")
    await world.keeper.fresh()
    await world.register("c")
    await world.keeper.fresh()
    registered = [await world.store.roster.get(name) for name in "bc"]
    one, other = world.keeper.taken()
    assert [one.changed, other.changed] == [BitMap([who.ordinal]) for who in registered]
    assert world.keeper.taken() == []
    monkeypatch.setattr(keeping, "JOURNAL_ROWS_MAX", 1)
    await world.store.roster.register([volunteer("d", HERE, NEXT, AWAY)])
    await world.keeper.fresh()
    assert world.keeper.taken() is None


async def test_calls_at_once_load_it_once():
    world = World()
    await world.register("a")
    found = await asyncio.gather(*(world.keeper.fresh() for _ in range(5)))
    assert len({id(one) for one in found}) == 1
    assert len(world.said) == 1


@pytest.mark.parametrize("call", [1, 2])
async def test_a_store_that_is_away_changes_nothing(call):
    world = World()
    await world.register("a")
    first = await world.keeper.fresh()
    await world.register("b")
    world.store.roster.calls = Calls(faults=crash_at(call, Fault.AWAY_BEFORE))
    with pytest.raises(LogUnavailable):
        await world.keeper.fresh()
    assert len(await world.keeper.fresh()) == 2
    assert await world.keeper.fresh() is first


async def test_it_merges_in_a_thread_and_swaps_in_the_loop():
    world = World(Merges)
    await world.register("a")
    assert not await world.keeper.merge()
    index = await world.keeper.fresh()
    assert await world.keeper.merge()
    assert index.steps == ["work", "swap"]
    assert not await world.keeper.merge()


async def test_an_index_that_was_loaded_anew_meanwhile_is_not_swapped_back():
    world = World(Merges)
    await world.register("a")
    index = await world.keeper.fresh()
    merging = asyncio.create_task(world.keeper.merge())
    await asyncio.sleep(0)
    await world.store.roster.remove("a")
    world.store.roster.forget_departures()
    await world.keeper.fresh()
    await merging
    assert index.steps == ["work"]


async def test_it_runs_beside_the_work_until_it_is_told_to_stop():
    world = World(Merges)
    await world.register("a")
    stop = asyncio.Event()
    running = asyncio.create_task(world.keeper.run(stop))
    while world.keeper.people is None or not (await world.keeper.fresh()).steps:  # noqa: ASYNC110 -- it rings for nobody
        await asyncio.sleep(0.005)
    stop.set()
    await world.register("b")
    await world.keeper.fresh()  # wakes it
    await asyncio.wait_for(running, 10)


async def test_many_rows_are_built_in_a_thread(monkeypatch):
    monkeypatch.setattr(keeping, "THREAD_ROWS_MIN", 0)
    loops = []

    def build(columns):
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        loops.append(1)
        return BruteIndex(columns)

    world = World(build)
    await world.register("a")
    assert len(await world.keeper.fresh()) == 1
    assert loops == [1]


async def test_what_is_expected_is_looked_for_once_and_counts_for_a_moment(monkeypatch):
    world = World()
    world.keeper.expect()  # not loaded yet: nothing to bring up to date
    await world.register("a")
    await world.keeper.fresh()
    calls, name = world.store.calls.by_name, "MemoryRoster.revision"
    before = calls[name]
    world.keeper.expect()
    await asyncio.sleep(0)
    await world.keeper.fresh()
    assert calls[name] == before + 1
    world.keeper.expect()
    await asyncio.sleep(0)
    monkeypatch.setattr(keeping, "EXPECTED_S", 0)
    await world.register("b")
    assert len(await world.keeper.fresh()) == 2
