"""A broker that dies, hangs or is not there yet delays bells; it costs none, and no order."""

import asyncio
import time

import pytest
from tests.broker import Broker
from tests.services.kafka.relaying import World, fill, said_by_asyncio, whole

from homeward.kafka.relay import AT_ONCE


@pytest.fixture(autouse=True)
async def nothing_unseen():
    with said_by_asyncio() as said:
        yield
    assert said == []


@pytest.fixture(scope="module")
def own_broker(tmp_path_factory, broker):
    """A broker that tests may kill, and leave running; `broker` says where none can be."""
    with Broker(tmp_path_factory.mktemp("kafka")) as one:
        yield one


async def test_a_broker_killed_while_sending_and_started_again_costs_no_fact(own_broker):
    world = await asyncio.to_thread(World, own_broker.bootstrap)
    await world.store.published.begin_at(0)
    cases, each = 40, 400
    await fill(world.store, world.pen, cases, each)
    async with world.running(world.relay()):
        await world.published(2 * AT_ONCE)
        await asyncio.to_thread(own_broker.kill)
        killed_at = await world.store.published.size()
        await asyncio.sleep(8)  # longer than a call may take
        assert await world.store.published.size() < cases * each
        figures = world.store.meter
        assert figures.gauges["homeward_broker_up", ()] == 0
        assert figures.counts["homeward_relay_failures_total", (("part", "broker"),)] >= 2
        assert figures.gauges["homeward_relay_lag_facts", ()] >= cases * each - killed_at - AT_ONCE
        await asyncio.to_thread(own_broker.start_again)
        await world.published(cases * each)
    assert figures.gauges["homeward_broker_up", ()] == 1
    whole(await world.facts(), cases, each)


@pytest.mark.heavy
async def test_a_broker_that_hangs_and_wakes_costs_no_fact(own_broker):
    world = await asyncio.to_thread(World, own_broker.bootstrap)
    await world.store.published.begin_at(0)
    async with world.running(world.relay(line={"deadline_s": 2.0})):
        await fill(world.store, world.pen, 10, 10)
        await world.published(100)
        own_broker.pause()
        await fill(world.store, world.pen, 10, 10)
        await asyncio.sleep(9)  # the call's end, and more than one try to connect
        assert await world.store.published.size() == 100
        assert world.store.meter.gauges["homeward_broker_up", ()] == 0
        own_broker.wake()
        await world.published(200)
    whole(await world.facts(), 10, 20)


@pytest.mark.heavy
async def test_a_relay_ends_within_seconds_while_the_broker_hangs(own_broker):
    world = await asyncio.to_thread(World, own_broker.bootstrap)
    await world.store.published.begin_at(0)
    async with world.running(world.relay()):
        await fill(world.store, world.pen, 10, 10)
        await world.published(100)
        own_broker.pause()
        await fill(world.store, world.pen, 10, 10)
        await asyncio.sleep(0.5)
        began = time.monotonic()
    assert time.monotonic() - began < 8
    own_broker.wake()


@pytest.mark.heavy
async def test_a_broker_that_is_not_there_yet_is_waited_for(own_broker):
    world = await asyncio.to_thread(World, own_broker.bootstrap)
    await world.store.published.begin_at(0)
    await asyncio.to_thread(own_broker.stop)
    async with world.running(world.relay()):
        await fill(world.store, world.pen, 5, 10)
        await asyncio.sleep(1)
        assert world.store.meter.gauges["homeward_relay_lag_facts", ()] == 50
        await asyncio.to_thread(own_broker.start_again)
        began = time.monotonic()
        await world.published(50)
        assert time.monotonic() - began < 5  # the longest pause, and a connection
    whole(await world.facts(), 5, 10)


@pytest.mark.heavy
async def test_an_idle_relay_notices_that_the_broker_is_away(own_broker):
    world = await asyncio.to_thread(World, own_broker.bootstrap)
    async with world.running(world.relay()):
        gauges = world.store.meter.gauges
        await asyncio.sleep(0.5)
        assert gauges["homeward_broker_up", ()] == 1
        await asyncio.to_thread(own_broker.kill)
        async with asyncio.timeout(12):
            while gauges["homeward_broker_up", ()]:  # noqa: ASYNC110 -- a figure tells
                await asyncio.sleep(0.1)
    await asyncio.to_thread(own_broker.start_again)
