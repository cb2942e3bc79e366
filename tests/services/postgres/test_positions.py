"""Positions are kept in memory; the compare-and-set finds out when another process moved one."""

import asyncio

from homeward.ports import Parked, Position
from homeward.postgres.store import open_store
from homeward.postgres.workbench import PostgresWorkbench
from homeward.testing.contracts.workbench import turn, wake_of


async def test_what_was_committed_is_known_without_asking(store, monkeypatch):
    bench = store.workbench
    wake = wake_of("a", 60)
    await bench.commit_turn("reach", [turn("a", wake=wake)])
    await bench.commit_turn("reach", [turn("a", 1)])
    known = (await bench.load("reach", ["a"]))["a"]
    monkeypatch.setattr(store.database, "fetch", None)
    assert (await bench.load("reach", ["a"]))["a"] == known
    monkeypatch.undo()
    bench._kept.clear()
    assert (
        (await bench.load("reach", ["a"]))["a"]
        == known
        == Position(2, 2, b"state 1", wake_at=wake.due)
    )


async def test_a_position_that_another_process_moved_is_refused_and_read_again(store, dsn, ring):
    bench = store.workbench
    await bench.commit_turn("reach", [turn("a")])
    async with open_store(dsn, "drill", ring) as other:
        assert await other.workbench.commit_turn("reach", [turn("a", 1)]) == frozenset()
    assert (await bench.load("reach", ["a"]))["a"].revision == 1
    assert await bench.commit_turn("reach", [turn("a", 1)]) == {"a"}
    assert (await bench.load("reach", ["a"]))["a"].revision == 2


async def test_what_is_parked_is_not_kept(store, dsn, ring):
    bench = store.workbench
    await bench.commit_turn("reach", [turn("a")])
    await bench.park(Parked("reach", "a", 2, "ValueError at step:1"))
    assert (await bench.load("reach", ["a"]))["a"].parked
    async with open_store(dsn, "drill", ring) as other:
        assert await other.workbench.unpark("reach", "a")
    assert not (await bench.load("reach", ["a"]))["a"].parked


async def test_a_row_that_was_read_late_does_not_pass_for_a_newer_one(store, monkeypatch):
    """Else a wake that the newer one dropped would be believed to be set, and never be asked."""
    bench, read, go_on = store.workbench, asyncio.Event(), asyncio.Event()
    await bench.commit_turn("reach", [turn("a", wake=wake_of("a", 60))])
    bench._kept.clear()
    load = PostgresWorkbench.load

    async def slow(self, processor, keys):
        found = await load(self, processor, keys)
        read.set()
        await go_on.wait()
        return found

    monkeypatch.setattr(PostgresWorkbench, "load", slow)
    late = asyncio.create_task(bench.load("reach", ["a"]))
    await read.wait()
    await bench.commit_turn("reach", [turn("a", 1, wake=None)])
    go_on.set()
    await late
    await bench.commit_turn("reach", [turn("a", 2)])
    known = (await bench.load("reach", ["a"]))["a"]
    bench._kept.clear()
    assert known == (await bench.load("reach", ["a"]))["a"]
