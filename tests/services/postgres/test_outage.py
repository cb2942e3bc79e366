"""PostgreSQL goes away and comes back: nothing acknowledged is lost, nobody lends a hand."""

import asyncio
import os
import signal

import pytest

from homeward.ports import Appended, LogUnavailable
from homeward.postgres import bell, log
from homeward.postgres.store import open_store
from homeward.postgres.supervisor import EmbeddedPostgres
from homeward.testing.contracts import Pen, log_is_sound
from homeward.testing.contracts.pen import unit


async def append_until_known(log, pen, case):
    """Say one thing until it is acknowledged, as the desk does."""
    stream = f"case-{case}"
    pen.at(stream, *await patient(log.stream_head, stream))
    entry = pen.note(case)
    outcome = await patient(log.append, [unit(entry)])
    return entry.id, outcome[0]


async def patient(call, *args):
    for _ in range(1_000):
        try:
            return await call(*args)
        except LogUnavailable:
            await asyncio.sleep(0.02)
    raise AssertionError("it never came back")


async def test_after_kills_all_that_was_acknowledged_is_there(tmp_path, ring):
    acknowledged = []
    async with EmbeddedPostgres(tmp_path / "pg") as server:
        watching = asyncio.create_task(server.watch())
        async with open_store(server.dsn, "drill", ring) as store:
            stop = asyncio.Event()

            async def writer(number):
                pen = Pen(store.log.origin, f"writer {number}")
                while not stop.is_set():
                    fact_id, outcome = await append_until_known(store.log, pen, pen.case(number))
                    if isinstance(outcome, Appended):
                        acknowledged.append(fact_id)

            writers = [asyncio.create_task(writer(number)) for number in range(4)]
            for _ in range(3):
                before = len(acknowledged)
                await asyncio.sleep(0.3)
                os.kill(server.pid, signal.SIGKILL)
                loop = asyncio.get_running_loop()
                killed = loop.time()
                await asyncio.sleep(0.1)
                while len(acknowledged) < before + 20:
                    await asyncio.sleep(0.01)
                    assert loop.time() - killed < 10
            stop.set()
            await asyncio.gather(*writers)
            assert await log_is_sound(store.log) >= len(acknowledged)
            for fact_id in acknowledged:
                assert await store.log.by_id(fact_id) is not None
            assert await store.feed.beyond(0, 5)
        watching.cancel()


async def test_while_it_is_away_calls_fail_and_waiters_wait(tmp_path, ring):
    async with (
        EmbeddedPostgres(tmp_path / "pg") as server,
        open_store(server.dsn, "drill", ring) as store,
    ):
        pen = Pen(store.log.origin)
        said = unit(pen.note(pen.case(1)))
        waiting = asyncio.create_task(store.feed.beyond(0, 20))
        os.kill(server.pid, signal.SIGKILL)
        await asyncio.sleep(0.1)
        for call in (
            store.log.size(),
            store.log.append([said]),
            store.workbench.load("reach", ["a"]),
            store.ledger.next_open_s(),
            store.inbox.since("ann", 0),
            store.roster.get("ann"),
            store.roster.columns(0, 1),
            store.subject_keys.keys_for(["a"], create=True),
            store.api_keys.page(),
        ):
            with pytest.raises(LogUnavailable):
                await call
        await store.ledger.wait(0.05)
        assert store.clock.now() <= store.clock.now()
        assert not waiting.done()
        watching = asyncio.create_task(server.watch())
        outcome = await patient(store.log.append, [said])
        assert isinstance(outcome[0], Appended)
        assert await waiting
        watching.cancel()


async def test_a_bell_rings_after_many_looks_at_its_connection(dsn, ring, monkeypatch):
    monkeypatch.setattr(bell, "CHECK_S", 0.02)
    monkeypatch.setattr(log, "POLL_S", 60)
    async with open_store(dsn, "drill", ring) as store:
        waiting = asyncio.create_task(store.feed.beyond(0, 20))
        await asyncio.sleep(0.5)
        pen = Pen(store.log.origin)
        await store.log.append([unit(pen.note(pen.case(1)))])
        assert await asyncio.wait_for(waiting, 5)
