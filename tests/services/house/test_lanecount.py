"""Lanes are cut anew while nothing runs; nobody is missed by it, and nobody told twice."""

import asyncio
import contextlib
from datetime import timedelta

import asyncpg
import pytest
from tests.hosts.lanes import CASE, HERE, order
from tests.hosts.manylanes import Lanes, alert

from homeward.house.lanecount import NotNow, cut_lanes
from homeward.house.lanes import LaneSteward
from homeward.house.opening import open_house
from homeward.ports import Parked, Place
from homeward.settings import Settings
from homeward.testing.memory import MemoryStore

ORDERS = "homeward-drill.orders"


@pytest.fixture
def settings(dsn, tmp_path):
    return Settings(data_folder=tmp_path, database_url=dsn)


@contextlib.asynccontextmanager
async def house_of(settings, lanes=None):
    async with open_house(settings, "drill") as house:
        if lanes is not None:
            await cut_lanes(house, lanes)
    async with open_house(settings, "drill") as house:
        assert lanes in {None, house.store.lanes}
        yield house


@pytest.mark.parametrize("lanes", [1, 4, 64])
async def test_on_postgres_the_same_people_are_told_as_by_one_lane_in_memory(settings, lanes):
    expected = await alert(Lanes(MemoryStore(), 1))
    async with house_of(settings, lanes) as house:
        assert await alert(Lanes(house.store, lanes)) == expected


async def test_lanes_cut_anew_during_an_alert_tell_the_same_each_once(settings):
    expected = await alert(Lanes(MemoryStore(), 1))
    async with contextlib.AsyncExitStack() as stack:

        async def cut(lanes, number):
            before = len(lanes.consumers)
            house = await stack.enter_async_context(open_house(settings, "drill"))
            done = await cut_lanes(house, number)
            assert (done.before, done.after, done.cases) == (before, number, 1)
            house = await stack.enter_async_context(open_house(settings, "drill"))
            assert house.store.lanes == number
            return Lanes(house.store, number)

        house = await stack.enter_async_context(open_house(settings, "drill"))
        found = await alert(Lanes(house.store, 1), cut)
    assert found == expected
    assert set(found.values()) == {1}


async def test_who_works_by_the_old_number_commits_no_turn_of_a_lane(settings):
    async with open_house(settings, "drill") as asleep:
        old = Lanes(asleep.store, 1)
        await old.begin()
        await old.say(order(asleep.store.clock.now(), HERE))
        async with house_of(settings, 2) as house:
            now = house.store.clock.now()
            until = now + timedelta(days=1)
            new = Lanes(house.store, 2)
            new.sweepers, sweepers = [], new.sweepers
            await new.say(order(now, HERE, version=2, expires_at=until))
            with pytest.raises(asyncpg.PostgresError, match="cut anew"):
                await old.hear()
            new.sweepers = sweepers
            await new.hear()
            told = await new.told()
    assert {version for _, version, _, _ in told} == {2}  # the first was superseded
    assert set(told.values()) == {1}


async def test_it_is_refused_while_something_runs_is_unheard_or_parked(settings):
    async with house_of(settings) as house:
        lanes = Lanes(house.store, 1)
        await lanes.begin()
        await house.store.processes.sign_in("up-x-1-00000000", "up", "x", 1)
        with pytest.raises(NotNow, match=r"up \(pid 1 on x"):
            await cut_lanes(house, 2)
        await house.store.processes.sign_out("up-x-1-00000000")

        lanes.sweepers = []
        await lanes.say(order(house.store.clock.now(), HERE))
        with pytest.raises(NotNow, match="1 facts are unheard"):
            await cut_lanes(house, 2)
        lanes = Lanes(house.store, 1)
        await lanes.hear()
        await house.store.workbench.park(Parked("fanout.0", CASE, 2, "ValueError at tests"))
        with pytest.raises(NotNow, match="1 cases are parked"):
            await cut_lanes(house, 2)
        await house.store.workbench.unpark("fanout.0", CASE)
        with pytest.raises(ValueError, match="lanes are"):
            await cut_lanes(house, 3)
        assert (await cut_lanes(house, 1)).after == 1
        assert (await cut_lanes(house, 2)).cases == 1
        names = [row["processor"] for row in await house.store.database.fetch("consumer_lows")]
        assert [one for one in names if one.startswith("fanout")] == ["fanout.0", "fanout.1"]


async def test_a_lane_that_is_gone_and_was_begun_meanwhile_stands_in_no_way(settings):
    async with house_of(settings, 2) as late, house_of(settings, 1) as house:
        await late.store.workbench.start("fanout.1")  # it opened before, and begins only now
        lanes = Lanes(house.store, 1)
        await lanes.begin()
        await lanes.say(order(house.store.clock.now(), HERE))
        assert (await cut_lanes(house, 2)).after == 2


def steward(house, name, workers=2):
    async def how_many():
        return workers

    return LaneSteward(
        house, house.store.leases, name, {ORDERS}, lambda *said: pytest.fail(str(said)), how_many,
        lease_s=0.4, renew_s=0.05, idle_s=0.3,
    )  # fmt: skip


async def until(condition, patience_s=15.0):
    async with asyncio.timeout(patience_s):
        while not condition():  # noqa: ASYNC110 -- it rings for nobody
            await asyncio.sleep(0.01)


async def test_stewards_share_the_lanes_and_serve_those_of_who_is_gone(settings):
    async with house_of(settings, 4) as house, open_house(settings, "drill") as other:
        one, two = steward(house, "w-1"), steward(other, "w-2")
        stop, stop_two = asyncio.Event(), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(one.run(stop))
            await until(lambda: len(one.held) == 4)  # nobody assigns anything: no broker
            await until(lambda: all(lane.keeper.people is not None for lane in house.lanes))
            running = group.create_task(two.run(stop_two))
            two.assigned(frozenset({Place(ORDERS, 2), Place(ORDERS, 3), Place("facts", 1)}))
            await until(lambda: two.held == {2, 3} and one.held == {0, 1})
            await until(lambda: house.lanes[3].keeper.people is None)  # dropped
            two.assigned(frozenset())  # a broker that is away takes no lane from anybody
            await asyncio.sleep(0.6)
            assert (one.held, two.held) == ({0, 1}, {2, 3})
            running.cancel()  # as by a kill: nothing is given back
            await until(lambda: one.held == {0, 1, 2, 3})
            figures = house.meter.text().decode()
            assert "homeward_lanes_held 4.0" in figures
            assert "homeward_lanes_unserved 0.0" in figures
            stop.set()
        assert await house.store.leases.held() == {}
