"""The relay on PostgreSQL, and the lossy one that faults are proven with, as processes."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time

import pytest
from tests.services.kafka.relaying import LANES, WITHIN_S, by_key, new_topics, read, row_of

from homeward.kafka.producer import Line
from homeward.kafka.relay import Relay
from homeward.metrics import PrometheusMeter
from homeward.postgres.store import open_store
from homeward.seal.keyring import FileKeyRing
from homeward.testing.contracts.pen import Pen, unit

FACTS = 1_500


@pytest.fixture
async def names(broker):
    return await asyncio.to_thread(new_topics, broker.bootstrap)


async def until(store, size):
    async with asyncio.timeout(WITHIN_S):
        while (await store.published.size() or 0) < size:  # noqa: ASYNC110 -- a row tells
            await asyncio.sleep(0.005)


async def test_a_fact_is_published_as_soon_as_it_is_appended(store, broker, names):
    """NOTIFY wakes the relay: twenty one after another take less than two polls would."""
    relay = Relay(
        store.log,
        store.feed,
        leases=store.leases,
        published=store.published,
        line=Line(broker.bootstrap, name="test"),
        names=names,
        lanes=LANES,
        meter=PrometheusMeter(),
        holder="test",
    )
    pen, stop = Pen(store.log.origin), asyncio.Event()
    running = asyncio.create_task(relay.run(stop))
    async with asyncio.timeout(WITHIN_S):
        while await store.published.size() is None:  # noqa: ASYNC110 -- a row tells
            await asyncio.sleep(0.01)
    began = time.monotonic()
    for number in range(1, 21):
        await store.log.append([unit(pen.note(pen.case(0)))])
        await until(store, number)
    taken_s = time.monotonic() - began
    stop.set()
    await running
    found = await asyncio.to_thread(read, broker.bootstrap, names.facts)
    assert by_key(row_of(one) for of in found.values() for one in of) == {
        pen.case(0): list(range(1, 21))
    }
    assert taken_s < 10  # by polling it would be twenty
    assert await store.leases.held() == {}


@contextlib.asynccontextmanager
async def lossy(project, folder, dsn, broker, names):
    """Run the entry point of tests as it is run by them."""
    script = project / "tests" / "faults" / "kit" / "lossy_relay.py"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(script),
        "--drill",
        "--seed",
        "3",
        stdout=asyncio.subprocess.PIPE,
        env={
            **os.environ,
            "HOMEWARD_DATA_FOLDER": str(folder),
            "HOMEWARD_DATABASE_URL": dsn,
            "HOMEWARD_KAFKA": broker.bootstrap,
            "HOMEWARD_TOPIC_PREFIX": names.facts.removesuffix("-drill.facts"),
        },
    )
    try:
        assert process.stdout is not None
        said = await asyncio.wait_for(process.stdout.readline(), WITHIN_S)
        yield process, json.loads(said)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 10)
        process._transport.close()


async def test_the_lossy_relay_is_a_process_that_loses_some(project, tmp_path, dsn, broker, names):
    async with lossy(project, tmp_path, dsn, broker, names) as (process, said):
        assert (said["role"], said["pid"]) == ("relay", process.pid)
        ring = FileKeyRing.open(tmp_path / "drill" / "keyring.json", "drill")
        async with open_store(dsn, "drill", ring) as store:
            async with asyncio.timeout(WITHIN_S):
                while await store.published.size() is None:  # noqa: ASYNC110 -- a row tells
                    await asyncio.sleep(0.02)
            begun = await store.published.size()
            pen = Pen(store.log.origin)
            for start in range(0, FACTS, 500):
                cases = (pen.case(number % 20) for number in range(start, start + 500))
                await store.log.append([unit(pen.note(case)) for case in cases])
            await until(store, begun + FACTS)
    assert process.returncode == 0
    found = await asyncio.to_thread(read, broker.bootstrap, names.facts)
    rows = [row_of(one) for of in found.values() for one in of]
    assert FACTS * 0.9 < len({row.log_index for row in rows}) < FACTS
