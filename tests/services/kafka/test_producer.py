"""A call ends within its deadline, acknowledged or failed; a failed producer is not used again."""

import asyncio
import time

import pytest
from kafka.partitioner.default import murmur2
from tests.services.kafka.relaying import PARTITIONS, new_topics, read

from homeward.kafka.producer import FEW, Line, LineDown, Record


@pytest.fixture
async def names(broker):
    return await asyncio.to_thread(new_topics, broker.bootstrap)


@pytest.fixture
async def line(broker):
    one = Line(broker.bootstrap, name="test")
    yield one
    await one.close()


def values(records):
    return [one.value for one in records]


@pytest.mark.parametrize("count", [1, FEW - 1, FEW, 3_000], ids=["one", "few", "many", "very many"])
async def test_all_that_was_sent_is_there_in_its_order(names, line, broker, count):
    keys = [f"key-{number % 7}".encode() for number in range(count)]
    sent = [
        Record(names.facts, b"%d" % number + b" " * 900, key, headers=[("n", b"%d" % number)])
        for number, key in enumerate(keys)
    ]
    await line.send_many(sent)
    found = await asyncio.to_thread(read, broker.bootstrap, names.facts)
    assert sum(map(len, found.values())) == count
    for partition, records in found.items():
        wanted = [one for one in sent if (murmur2(one.key) & 0x7FFFFFFF) % PARTITIONS == partition]
        assert values(records) == values(wanted)
        assert [one.headers for one in records] == [one.headers for one in wanted]


async def test_a_partition_that_is_named_is_kept_to(names, line, broker):
    await line.send_many(
        [Record(names.orders, b"x", b"same", 1), Record(names.orders, b"y", None, 0)]
    )
    await line.send_many([Record(names.orders, b"%d" % n, b"same", n % 2) for n in range(100)])
    found = await asyncio.to_thread(read, broker.bootstrap, names.orders)
    assert values(found[1]) == [b"x", *(b"%d" % n for n in range(1, 100, 2))]
    assert values(found[0]) == [b"y", *(b"%d" % n for n in range(0, 100, 2))]


async def test_many_callers_share_a_line(names, line, broker):
    async def call(number):
        await line.send_many([Record(names.facts, b"%d" % number, b"k%d" % number)])

    await asyncio.gather(*map(call, range(500)))
    found = await asyncio.to_thread(read, broker.bootstrap, names.facts)
    assert {int(one.value) for of in found.values() for one in of} == set(range(500))


@pytest.mark.parametrize("way", [FEW - 1, FEW], ids=["few", "many"])
async def test_a_partition_that_is_not_there_fails_the_call_and_not_the_line(names, line, way):
    with pytest.raises(LineDown, match="NoPartition"):
        await line.send_many([Record(names.orders, b"x", None, 9)] * way)
    await line.send_many([Record(names.orders, b"x", None, 0)] * way)
    assert line.up


async def test_a_topic_that_is_not_there_fails_the_call_in_time(line):
    began = time.monotonic()
    with pytest.raises(LineDown):
        await line.send_many([Record("nobody-made-this", b"x", b"k")])
    assert time.monotonic() - began < 8


async def test_nobody_at_the_address_is_said_at_once():
    line = Line("127.0.0.1:1", name="test")
    began = time.monotonic()
    with pytest.raises(LineDown, match="KafkaConnectionError"):
        await line.send_many([Record("t", b"x", b"k")])
    assert not line.up
    await line.close()
    assert time.monotonic() - began < 2


async def test_a_line_that_rests_refuses_at_once_until_it_has_rested():
    line = Line("127.0.0.1:1", name="test", rest_s=0.5)
    with pytest.raises(LineDown, match="KafkaConnectionError"):
        await line.open()
    with pytest.raises(LineDown, match="Resting"):
        await line.send_many([Record("t", b"x", b"k")])
    await asyncio.sleep(0.6)
    with pytest.raises(LineDown, match="KafkaConnectionError"):
        await line.open()
    await line.close()


async def test_who_takes_connections_and_says_nothing_is_given_up_in_time():
    calls = []
    silent = await asyncio.start_server(lambda *call: calls.append(call), "127.0.0.1", 0)
    host, port = silent.sockets[0].getsockname()
    line = Line(f"{host}:{port}", name="test")
    began = time.monotonic()
    with pytest.raises(LineDown):
        await line.open()
    await line.close()
    assert time.monotonic() - began < 10
    silent.close()
    for _, writer in calls:
        writer.close()


async def test_a_call_that_is_cancelled_leaves_the_line_usable(names, line, broker):
    await line.open()
    call = asyncio.create_task(
        line.send_many([Record(names.facts, b"x" * 900, b"%d" % n) for n in range(3_000)])
    )
    await asyncio.sleep(0.001)
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    await line.send_many([Record(names.orders, b"y", None, 0)])
    assert line.up


@pytest.mark.parametrize("beside", [0, FEW], ids=["alone", "among many"])
async def test_a_fact_that_is_large_goes_through_too(names, line, broker, beside):
    """One that were refused would hold up the bell of all that follow."""
    large = Record(names.facts, b"x" * 3_000_000, b"key")
    small = [Record(names.facts, b"after", b"key")] * beside
    await line.send_many([large, *small])
    found = await asyncio.to_thread(read, broker.bootstrap, names.facts)
    assert [len(one.value) for records in found.values() for one in records] == [
        3_000_000,
        *(5 for _ in small),
    ]
