"""What Faust delivers is heard, in order, at least once; nothing that hears can hurt it."""

import asyncio
import logging
import socket
import threading

import pytest
from tests.hosts.ringing import AWAY, Belfry, Listener, Running, running, until

from homeward.hosts.parking import TooManyParked


@pytest.fixture(autouse=True)
async def nothing_unseen():
    """asyncio complains of nothing: no failure that nobody looked at, no task left."""
    said = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context))
    yield
    assert said == []


@pytest.fixture
async def belfry(broker, tmp_path):
    one = Belfry(broker.bootstrap, tmp_path)
    await asyncio.to_thread(one.make)
    return one


async def test_everything_is_heard_in_the_order_of_its_key_and_once_when_all_is_well(belfry):
    listener = Listener()
    await belfry.ring(range(300))
    async with running(belfry.host(listener)):
        await until(lambda: len(listener.heard) >= 300)
        await belfry.ring(range(300, 400))
        await until(lambda: len(listener.heard) >= 400)
    assert set(listener.values().values()) == {1}
    assert all(numbers == sorted(numbers) for numbers in listener.by_key().values())
    assert [len(one) for one in listener.places] == [4, 0]


async def test_what_was_acknowledged_is_not_delivered_again_and_what_was_not_is(belfry):
    first, second = Listener(), Listener()
    async with running(belfry.host(first)):
        await belfry.ring(range(50))
        await until(lambda: len(first.heard) >= 50)
    first.fails = AWAY
    async with running(belfry.host(first)):
        await belfry.ring(range(50, 60))
        await until(lambda: first.tries > 3)
    async with running(belfry.host(second)):
        await until(lambda: len(second.heard) >= 10)
        await asyncio.sleep(0.5)
    assert sorted(int(one.value.split(b"-")[1]) for one in second.heard) == list(range(50, 60))


async def test_a_host_that_dies_before_it_acknowledges_rings_again(belfry):
    listener = Listener()
    listener.takes_s = 60.0
    await belfry.ring(range(20))
    one = Running(belfry.host(listener))
    await until(lambda: listener.tries)
    assert await one.end() < 7  # what it was hearing was cut off, as a kill would have
    listener.takes_s = 0.0
    async with running(belfry.host(listener)):
        await until(lambda: len(listener.values()) == 20)


async def test_whoever_hears_fails_for_a_while_and_nothing_is_lost(belfry):
    listener = Listener()
    listener.fails = ValueError("a name that must not be said")
    async with running(belfry.host(listener)) as [one]:
        await belfry.ring(range(40))
        await until(lambda: listener.tries > 2)
        listener.fails = AWAY
        await until(lambda: listener.tries > 4)
        listener.fails = None
        await until(lambda: len(listener.values()) == 40)
        retries = one.host.meter.counts["homeward_host_retries_total", (("part", "bell"),)]
    assert retries >= 4
    assert any("ValueError at Listener.hear" in what for _, what in listener.said)
    assert not any("name" in what for _, what in listener.said)
    assert all(numbers == sorted(numbers) for numbers in listener.by_key().values())


async def test_two_hosts_share_the_partitions_and_each_key_keeps_its_order(belfry):
    one, other = Listener(), Listener()
    async with running(belfry.host(one)):
        await belfry.ring(range(200))
        await until(lambda: len(one.values()) == 200)
        async with running(belfry.host(other)):
            await until(lambda: other.places and len(other.places[-1]) == 2)
            await until(lambda: len(one.places[-1]) == 2)
            await belfry.ring(range(200, 400))
            await until(lambda: len(one.values() | other.values()) == 400)
            assert one.places[-1].isdisjoint(other.places[-1])
        await until(lambda: len(one.places[-1]) == 4)
        await belfry.ring(range(400, 500))
        await until(lambda: len(one.values() | other.values()) == 500)
    for listener in (one, other):
        assert all(numbers == sorted(numbers) for numbers in listener.by_key().values())


async def test_a_full_queue_holds_delivery_back_and_loses_nothing(belfry):
    listener = Listener()
    listener.takes_s = 0.2
    await belfry.ring(range(600))
    async with running(belfry.host(listener, queue_max=20, batch_max=10)) as [one]:
        await until(lambda: one.host.pump.waiting == 20)
        listener.takes_s = 0.0
        await until(lambda: len(listener.values()) == 600)
    assert all(numbers == sorted(numbers) for numbers in listener.by_key().values())


async def test_when_too_much_is_parked_it_ends_and_says_so(belfry):
    listener = Listener()
    listener.fails = TooManyParked()
    one = Running(belfry.host(listener))
    await belfry.ring(range(5))
    await until(one.task.done)
    with pytest.raises(TooManyParked):
        one.task.result()


async def test_a_topic_that_is_not_there_is_named_and_heard_once_it_is_made(broker, tmp_path):
    belfry, listener = Belfry(broker.bootstrap, tmp_path), Listener()
    async with running(belfry.host(listener)) as [one]:
        await until(lambda: any("homeward topics apply" in what for _, what in listener.said))
        assert one.host.meter.gauges["homeward_broker_up", ()] == 0
        await asyncio.to_thread(belfry.make)
        await belfry.ring(range(10))
        await until(lambda: len(listener.values()) == 10)
        await until(lambda: one.host.meter.gauges["homeward_broker_up", ()] == 1)


async def test_it_leaves_no_file_no_socket_no_thread_and_no_logging(belfry, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    listener, handlers = Listener(), list(logging.getLogger().handlers)
    before = threading.active_count()
    async with running(belfry.host(listener)):
        await belfry.ring(range(5))
        await until(lambda: listener.heard)
        for port in (6066, 8000):  # Faust's own, and another framework's first thought
            with socket.socket() as asking:
                assert asking.connect_ex(("127.0.0.1", port))
    assert logging.getLogger().handlers == handlers
    assert {one.name for one in tmp_path.iterdir()} == {"faust"}
    assert not [one for one in (tmp_path / "faust").rglob("*") if one.is_file()]
    await until(lambda: threading.active_count() <= before, 5)


@pytest.mark.parametrize("after_s", [0.0, 0.2, 0.6, 1.0])
async def test_it_may_be_stopped_while_it_starts(belfry, after_s):
    one = Running(belfry.host(Listener()))
    await asyncio.sleep(after_s)
    assert await one.end() < 7


async def test_it_may_be_stopped_in_the_middle_of_a_rebalance(belfry):
    one, others = Running(belfry.host(Listener())), []
    await until(lambda: one.host.meter.counts["homeward_rebalances_total", ()])
    for _ in range(2):
        others.append(Running(belfry.host(Listener())))
        await asyncio.sleep(0.4)
    took_s = await asyncio.gather(*(some.end() for some in (one, *others)))
    assert max(took_s) < 7
