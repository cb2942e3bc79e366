"""What a cascade commits is what the sweeps would have; what it cannot, it leaves to them."""

import asyncio
from dataclasses import dataclass

import pytest
from tests.hosts.test_turn import CASE, Echo, append

from homeward.hosts import cascade
from homeward.hosts.cascade import Cascade
from homeward.hosts.consumer import Reacted
from homeward.hosts.pen import Pen
from homeward.hosts.sweep import Sweeper
from homeward.hosts.turn import Bench
from homeward.testing.contracts.chunks import chunk_of
from homeward.testing.contracts.pen import log_is_sound
from homeward.testing.memory import MemoryStore
from homeward.words import Purpose


@dataclass
class Second(Echo):
    """Hears what `Echo` says."""

    name: str = "second"
    hears: frozenset[str] = frozenset({"case.verified/1"})
    pause_s: float = 0

    def stream(self, key):
        return f"second-{key}"

    async def react(self, state, heard):
        await asyncio.sleep(self.pause_s)
        await Echo.react(self, state, heard)
        return Reacted(state + 1)


@dataclass
class Stage:
    store: MemoryStore
    bench: Bench
    first: Echo
    second: Second

    async def led(self, upto=None, sender=None):
        rows = await self.store.log.rows(-1, 100)
        return await Cascade(self.bench, (self.first, self.second), sender).hear(rows[:upto])

    async def swept(self):
        for _ in range(3):
            for one in (self.first, self.second):
                await Sweeper(self.bench, one).sweep(await self.store.log.size())

    def position(self, name):
        return self.store.disk.bench.positions.get((name, CASE))


@pytest.fixture
async def stage():
    store = MemoryStore()
    stage = Stage(
        store,
        Bench(store.log, store.workbench, Pen(store.log.origin, store.clock.real)),
        Echo(),
        Second(),
    )
    for one in (stage.first, stage.second):
        await store.workbench.start(one.name)
    yield stage
    await log_is_sound(store.log)


async def test_what_follows_commits_at_once_and_leaves_the_sweeps_nothing(stage):
    await append(stage.store, "a", "b")
    before = stage.store.calls.by_name["MemoryWorkbench.commit_turn"]
    assert await stage.led() == {CASE}
    assert await stage.store.log.size() == 4
    assert (stage.first.heard, stage.second.heard) == ([1, 2], [3, 4])
    assert (stage.position("echo").heard, stage.position("second").heard) == (2, 4)
    await stage.swept()
    assert (stage.first.heard, stage.second.heard) == ([1, 2], [3, 4])
    assert stage.store.calls.by_name["MemoryWorkbench.commit_turn"] == before


async def test_a_fact_that_came_between_leaves_all_of_it_to_the_sweeps(stage):
    await append(stage.store, "a", "b")
    assert await stage.led(1) == frozenset()
    assert await stage.store.log.size() == 2
    assert stage.position("echo") is stage.position("second") is None
    stage.second.heard.clear()  # it heard what was not written then
    await stage.swept()
    assert stage.second.heard == [3, 4]


async def test_a_position_that_was_moved_leaves_all_of_it_to_the_sweeps(stage, monkeypatch):
    await append(stage.store, "a")
    load = stage.store.workbench.load

    async def stale(processor, keys):
        found = await load(processor, keys)
        await Sweeper(stage.bench, stage.first).sweep(1)
        return found

    monkeypatch.setattr(stage.store.workbench, "load", stale)
    assert await stage.led() == frozenset()
    monkeypatch.undo()
    await stage.swept()
    assert (await stage.store.log.size(), stage.second.heard) == (2, [2])


async def test_who_fails_or_is_slow_leaves_all_of_it_to_the_sweeps(stage, monkeypatch):
    monkeypatch.setattr(cascade, "PATIENCE_S", 0.01)
    await append(stage.store, "a")
    stage.second.pause_s = 1
    assert await stage.led() == frozenset()
    stage.second.pause_s, stage.second.fail_at = 0, 2
    assert await stage.led() == frozenset()
    await stage.swept()
    assert stage.position("echo").heard == 1
    assert [one.processor for one in await stage.store.workbench.parked()] == ["second"]
    await append(stage.store, "b")
    assert await stage.led() == {CASE}  # the others go on
    assert stage.second.heard == []


async def test_an_unlimited_chain_goes_on_with_the_sweeps(stage, monkeypatch):
    monkeypatch.setattr(cascade, "OUTPUTS_MAX", 1)
    await append(stage.store, "a", "b")
    assert await stage.led() == {CASE}
    assert stage.second.heard == []
    await stage.swept()
    assert stage.second.heard == [3, 4]


class Sender:
    lease_s = 60

    def __init__(self, *, full=False):
        self.full, self.read, self.handed = full, [], []

    def ready(self, leased):
        self.read.append(leased)
        return None if self.full else lambda: self.handed_over(leased)

    async def handed_over(self, leased):
        self.handed.append(leased)
        await asyncio.Event().wait()  # a channel that hangs holds nobody up


@dataclass
class Cutter(Second):
    chunks: tuple = ()

    async def react(self, state, heard):
        return Reacted(state + 1, chunks=self.chunks)


async def test_the_nearest_chunk_goes_to_a_sender_with_the_commit_that_makes_it(stage):
    near, far = chunk_of(CASE, 1), chunk_of(CASE, 2)
    stage.second = Cutter(chunks=(far, near))
    sender = Sender()
    await append(stage.store, "a")
    assert await stage.led(sender=sender) == {CASE}
    [taken] = sender.handed
    assert (taken.chunk, taken.lease) == (near, 1)
    ledger = stage.store.ledger
    assert await ledger.renew(taken, 60)
    leased = await ledger.lease(9, 60, stage.store.clock.now())
    assert [one.chunk for one in leased] == [far]


async def test_what_is_not_for_a_sender_stays_in_the_ledger(stage):
    ends = chunk_of(CASE, 1, purpose=Purpose.CANCEL)
    for sender, chunk in ((Sender(full=True), chunk_of(CASE, 2)), (Sender(), ends)):
        stage.second = Cutter(chunks=(chunk,))
        await append(stage.store, f"{chunk.id}")
        assert await stage.led(sender=sender) == {CASE}
        assert sender.handed == []
        leased = await stage.store.ledger.lease(9, 60, stage.store.clock.now())
        assert [one.chunk for one in leased] == [chunk]


async def test_a_commit_that_fails_hands_nothing_over(stage):
    stage.second, sender = Cutter(chunks=(chunk_of(CASE, 1),)), Sender()
    await append(stage.store, "a", "b")
    assert await stage.led(1, sender=sender) == frozenset()
    assert (len(sender.read), sender.handed) == (1, [])
