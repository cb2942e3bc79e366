"""A broker that is absent, dies or freezes costs bells and nothing else."""

import asyncio
import subprocess
import time

import pytest
from tests.broker import Broker
from tests.hosts.ringing import Belfry, Listener, Running, nothing_left, running, until


@pytest.fixture
async def mortal(broker, tmp_path):
    """A broker of one's own; `broker` says whether there may be one at all."""
    one = await asyncio.to_thread(Broker, tmp_path / "kafka", "400m")
    async with nothing_left():
        yield one
    await asyncio.to_thread(one.close)


async def test_a_broker_that_is_absent_at_first_is_waited_for(mortal, tmp_path):
    belfry, listener = Belfry(mortal.bootstrap, tmp_path), Listener()
    async with running(belfry.host(listener)) as [one]:
        began_s, used_s = time.monotonic(), time.process_time()
        await until(lambda: listener.said)
        await asyncio.sleep(3)
        share = (time.process_time() - used_s) / (time.monotonic() - began_s)
        assert share < 0.2  # it does not spin
        assert len(listener.said) == 1
        assert "HOMEWARD_KAFKA" in listener.said[0][1]
        assert one.host.meter.gauges["homeward_broker_up", ()] == 0
        await asyncio.to_thread(mortal.start)
        await asyncio.to_thread(belfry.make)
        await belfry.ring(range(10))
        await until(lambda: len(listener.values()) == 10)
        await until(lambda: one.host.meter.gauges["homeward_broker_up", ()] == 1)


async def test_a_broker_that_is_killed_and_comes_back_rings_again(mortal, tmp_path):
    belfry, listener = Belfry(mortal.bootstrap, tmp_path), Listener()
    await asyncio.to_thread(mortal.start)
    await asyncio.to_thread(belfry.make)
    listener.takes_s = 0.05
    async with running(belfry.host(listener, batch_max=5)) as [one]:
        await belfry.ring(range(200))
        await until(lambda: len(listener.values()) > 20)
        await asyncio.to_thread(mortal.kill)  # with much that is neither heard nor committed
        await until(lambda: one.host.meter.gauges["homeward_broker_up", ()] == 0, 15)
        await asyncio.to_thread(mortal.start_again)
        await belfry.ring(range(200, 250))
        await until(lambda: len(listener.values()) == 250)
    assert all(numbers == sorted(numbers) for numbers in listener.by_key().values())


@pytest.mark.parametrize("bootstrap", ["garbage", "localhost:", "127.0.0.1:99999", "h:1,,x:y"])
async def test_an_address_that_is_none_is_named_and_waited_for(bootstrap, tmp_path):
    listener = Listener()
    async with running(Belfry(bootstrap, tmp_path).host(listener)) as [one]:
        await until(lambda: listener.said, 10)
        assert not one.task.done()
    assert "HOMEWARD_KAFKA" in listener.said[0][1]


@pytest.mark.parametrize("answer", [b"E\0\0\0\x8bSFATAL\0VFATAL\0C0A000\0", b"", None])
async def test_a_port_that_is_no_brokers_is_named_once(answer, tmp_path):
    """A database's, one that hangs up, one that is silent: no app is made for any of them."""

    async def answered(reader, writer):
        await (reader.read() if answer is None else reader.read(4))
        writer.write(answer or b"")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answered, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        listener = Listener()
        async with running(Belfry(f"127.0.0.1:{port}", tmp_path).host(listener)) as [one]:
            await until(lambda: listener.said, 10)
            await asyncio.sleep(3)
            assert not one.task.done()
            assert await one.end() < 2
        assert [part for part, _ in listener.said] == ["broker"]
        assert "HOMEWARD_KAFKA points is no broker" in listener.said[0][1]
        assert not (tmp_path / "faust" / "v1").exists()


async def test_what_nobody_can_read_is_passed_over(broker, tmp_path):
    belfry, listener = Belfry(broker.bootstrap, tmp_path), Listener()
    await asyncio.to_thread(belfry.make)
    await belfry.ring(range(10))
    for option in (["-z", "zstd"], ["-H", b"\xff\xfe=1"], ["-H", "log_index"]):
        said = ["kcat", "-b", broker.bootstrap, "-P", "-t", belfry.topic, "-p", "1", *option]
        await asyncio.to_thread(subprocess.run, said, input=b"a" * 3_000, check=True)
    await belfry.ring(range(10, 20))
    async with running(belfry.host(listener)) as [one]:
        await until(lambda: len(listener.values()) == 21, 15)
        await until(
            lambda: ("homeward_rubbish_total", (("topic", belfry.topic),)) in one.host.meter.counts
        )
        await belfry.ring(range(20, 30))
        await until(lambda: len(listener.values()) == 31, 15)
    assert one.host.meter.counts["homeward_rubbish_total", (("topic", belfry.topic),)] == 2
    assert [rung.headers for rung in listener.heard if len(rung.value) == 3_000] == [{}]


async def test_it_ends_in_time_whatever_the_broker_does(mortal, tmp_path):
    belfry, listener = Belfry(mortal.bootstrap, tmp_path), Listener()
    await asyncio.to_thread(mortal.start)
    await asyncio.to_thread(belfry.make)
    await belfry.ring(range(20))
    frozen, dead = (Running(belfry.host(listener)) for _ in range(2))
    await until(lambda: len(listener.values()) == 20)
    listener.takes_s = 60.0
    await belfry.ring(range(20, 40))  # both hear, and will not end
    await asyncio.sleep(1)
    await asyncio.to_thread(mortal.pause)
    assert await frozen.end() < 8
    await asyncio.to_thread(mortal.wake)
    await asyncio.to_thread(mortal.kill)
    assert await dead.end() < 8
