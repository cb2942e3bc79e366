"""Every fact rings at least once, and those of a key in their order; what was rung is kept."""

import asyncio
import time

from kafka.partitioner.default import murmur2
from tests.services.kafka.relaying import (
    PARTITIONS,
    Alone,
    World,
    by_key,
    fill,
    first_times,
    row_of,
)

from homeward.fanout.lane import HEARS
from homeward.kafka.producer import Record
from homeward.kafka.relay import _portions
from homeward.record.envelope import kind_of
from homeward.testing.memory import MemoryStore


async def all_rows(store):
    return await store.log.rows(-1, 10**9, limit=10**6)


async def test_every_fact_is_published_once_and_those_of_a_key_in_order(world):
    await world.store.published.begin_at(0)
    await fill(world.store, world.pen, cases=10, each=40)
    async with world.running(world.relay()):
        await world.published(400)
        await fill(world.store, world.pen, cases=10, each=3)  # and goes on
        await world.published(430)
    rows = await all_rows(world.store)
    found = await world.facts()
    assert sorted(row for one in found.values() for row in one) == rows
    for partition, of in found.items():
        for key, versions in by_key(of).items():
            assert versions == list(range(1, 44))
            assert (murmur2(key.encode()) & 0x7FFFFFFF) % PARTITIONS == partition


async def test_each_lane_gets_what_lanes_hear_with_the_same_bytes(world):
    await world.store.published.begin_at(0)
    await fill(world.store, world.pen, cases=3, each=10)
    async with world.running(world.relay()):
        await world.published(30)
    wanted = [row for row in await all_rows(world.store) if kind_of(row) in HEARS]
    orders = await world.read(world.names.orders)
    assert len(wanted) == 6
    assert {lane: [row_of(one) for one in of] for lane, of in orders.items()} == {
        0: wanted,
        1: wanted,
    }
    facts = {
        row_of(one): one for of in (await world.read(world.names.facts)).values() for one in of
    }
    for one in orders[1]:
        twin = facts[row_of(one)]
        assert (one.key, one.value, one.headers) == (twin.key, twin.value, twin.headers)


async def test_a_first_relay_begins_at_the_logs_end(world):
    await fill(world.store, world.pen, cases=2, each=3)
    async with world.running(world.relay()):
        await world.published(6)
        await fill(world.store, world.pen, cases=1, each=1)
        await world.published(7)
    found = [row.log_index for of in (await world.facts()).values() for row in of]
    assert found == [6]


async def test_a_position_beyond_the_log_begins_at_its_end_and_is_said(world, caplog, capsys):
    """As after a database came back from a backup."""
    await fill(world.store, world.pen, cases=2, each=3)
    await world.store.published.begin_at(100)
    async with world.running(world.relay()):
        async with asyncio.timeout(10):
            while await world.store.published.size() != 6:  # noqa: ASYNC110 -- a row tells
                await asyncio.sleep(0.02)
        await fill(world.store, world.pen, cases=1, each=1)
        await world.published(7)
    assert [row.log_index for of in (await world.facts()).values() for row in of] == [6]
    assert "relay.position-ahead" in capsys.readouterr().out + caplog.text


async def test_a_relay_that_starts_again_goes_on_where_it_was(world):
    await world.store.published.begin_at(0)
    await fill(world.store, world.pen, cases=5, each=10)
    async with world.running(world.relay()):
        await world.published(50)
    await fill(world.store, world.pen, cases=5, each=10)
    store = world.store.restarted()
    async with world.running(world.relay("relay-2", store=store)):
        await world.published(100)
    found = sorted(row.log_index for of in (await world.facts()).values() for row in of)
    assert found == list(range(100))


async def test_a_relay_that_died_before_it_wrote_its_position_repeats_in_order(world):
    await world.store.published.begin_at(0)
    await fill(world.store, world.pen, cases=5, each=20)
    async with world.running(world.relay()):
        await world.published(100)
    await world.store.published.begin_at(37)
    async with world.running(world.relay("relay-2")):
        await world.published(100)
    found = await world.facts()
    assert sum(map(len, found.values())) == 100 + 63
    for of in found.values():
        for versions in by_key(of).values():
            assert first_times(versions) == list(range(1, 21))


async def test_two_relays_at_once_only_repeat(world):
    await world.store.published.begin_at(0)
    await fill(world.store, world.pen, cases=20, each=100)
    relays = [world.relay(name, leases=Alone()) for name in ("relay-1", "relay-2")]
    async with world.running(*relays):
        await world.published(2_000)
        await fill(world.store, world.pen, cases=20, each=10)
        await world.published(2_200)
        await asyncio.sleep(0.5)  # the slower one, too
    found = await world.facts()
    assert {row.log_index for of in found.values() for row in of} == set(range(2_200))
    assert sum(map(len, found.values())) > 2_200
    for of in found.values():
        for versions in by_key(of).values():
            assert first_times(versions) == list(range(1, 111))


async def test_one_without_the_lease_waits_and_takes_over(world):
    await world.store.published.begin_at(0)
    first, second = world.relay("relay-1"), world.relay("relay-2")
    async with world.running(first) as stop:
        await fill(world.store, world.pen, cases=5, each=10)
        await world.published(50)
        async with world.running(second):
            await asyncio.sleep(0.6)
            await fill(world.store, world.pen, cases=5, each=10)
            await world.published(100)
            assert await world.store.leases.held() == {"relay": "relay-1"}
            stop.set()
            await asyncio.sleep(1.5)
            began = time.monotonic()
            await fill(world.store, world.pen, cases=5, each=10)
            await world.published(150)
            assert time.monotonic() - began < 5
            assert await world.store.leases.held() == {"relay": "relay-2"}
    assert await world.store.leases.held() == {}  # given back, so that the next need not wait
    found = [row.log_index for of in (await world.facts()).values() for row in of]
    assert sorted(found) == list(range(150))


async def test_a_topic_with_fewer_partitions_than_lanes_is_said(broker, capsys, caplog):
    world = await asyncio.to_thread(World, broker.bootstrap)
    world.lanes = 4
    await world.store.published.begin_at(0)
    await fill(world.store, world.pen, cases=1, each=5)
    async with world.running(world.relay()), asyncio.timeout(30):
        failures = "homeward_relay_failures_total"
        while world.store.meter.total(failures) < 3:  # noqa: ASYNC110 -- a figure rings nobody
            await asyncio.sleep(0.1)
    assert await world.store.published.size() == 0
    said = capsys.readouterr().out + caplog.text
    assert said.count("kafka.no-such-partition") == 1  # however often it was tried
    assert "homeward topics apply" in said
    assert said.count("relay.publishes") == 1


def test_much_is_sent_in_portions_that_a_slow_line_gets_through():
    records = [Record("t", bytes(1_000_000), b"%d" % n) for n in range(11)]
    found = [list(one) for one in _portions(records)]
    assert [one for some in found for one in some] == records
    assert [len(some) for some in found] == [5, 5, 1]
    assert list(_portions([])) == [[]]


async def test_a_relay_says_how_far_behind_it_is(world):
    await world.store.published.begin_at(0)
    await fill(world.store, world.pen, cases=5, each=10)
    async with world.running(world.relay()):
        await world.published(50)
        await asyncio.sleep(0.1)
    figures = world.store.meter
    assert figures.total("homeward_relay_sent_total") == 50
    assert figures.gauges["homeward_relay_lag_facts", ()] == 0
    assert figures.gauges["homeward_broker_up", ()] == 1
    assert isinstance(world.store, MemoryStore)
