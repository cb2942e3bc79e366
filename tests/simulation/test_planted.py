"""Bugs that were planted: a simulator that does not find them finds nothing."""

import dataclasses

import pytest
from pyroaring import BitMap

from homeward.fanout import late
from homeward.hosts import daybook, turn
from homeward.hosts.latecomers import Latecomers
from homeward.hosts.waker import Waker
from homeward.ports import Position, Unit
from homeward.record.envelope import kind_of
from homeward.testing.memory import MemoryWorkbench
from homeward.testing.simulation import Trouble, bench_of, disturb, drawn, small_crew, whole_crew
from homeward.testing.simulation.lane import SmallLane

SEEDS = range(60)
"""A planted bug must show within so many histories; most show within ten."""


def noticed(**planted):
    return bool(disturb(SEEDS, enough=1, **planted).failed)


def on(workbench):
    """A bench whose workbench is of another type."""

    def bench(store):
        sound = store.workbench
        planted = workbench(sound.disk, sound.log, sound.ledger, sound.clock, sound.calls)
        planted.append = store.log.append
        return dataclasses.replace(bench_of(store), workbench=planted)

    return bench


class SaysAfter(MemoryWorkbench):
    """Commits state and position, then says the outputs in a second transaction."""

    async def commit_turn(self, processor, turns):
        silent = [dataclasses.replace(one, entries=()) for one in turns]
        refused = await super().commit_turn(processor, silent)
        await self.append([Unit(one.entries) for one in turns if one.key not in refused])
        return refused


class SaysBefore(MemoryWorkbench):
    """Says the outputs, then commits state and position in a second transaction."""

    async def commit_turn(self, processor, turns):
        await self.append([Unit(one.entries) for one in turns if one.entries])
        silent = [dataclasses.replace(one, entries=()) for one in turns]
        return await super().commit_turn(processor, silent)


class CutsAfter(MemoryWorkbench):
    """Commits state, position and outputs, then the ledger in a second transaction."""

    async def commit_turn(self, processor, turns):
        refused = await super().commit_turn(
            processor, [dataclasses.replace(one, chunks=()) for one in turns]
        )
        await self.load(processor, [])  # a port call, hence a place to die
        for one in turns:
            if one.key not in refused:
                self.ledger.add(one.chunks, self.clock.real())
        return refused


class LetsLateOnesIn(MemoryWorkbench):
    """Commits whatever the row's revision is: no fence against a late worker."""

    async def commit_turn(self, processor, turns):
        rows = self.disk.positions
        fenced = [
            dataclasses.replace(
                one, expected_revision=rows.get((processor, one.key), Position()).revision
            )
            for one in turns
        ]
        return await super().commit_turn(processor, fenced)


@pytest.mark.parametrize("workbench", [SaysAfter, CutsAfter, LetsLateOnesIn])
def test_a_turn_that_is_not_one_transaction_is_noticed(workbench):
    assert noticed(bench=on(workbench))


def test_saying_before_the_commit_is_noticed():
    """Derived names hide it nearly always: it shows when more is heard at the second try."""
    harsh = Trouble(crash=0.06, lost=0.4, doubled=0.2)
    sharp = {"trouble": lambda seed: dataclasses.replace(harsh, seed=seed)}
    assert noticed(bench=on(SaysBefore), **sharp)
    assert disturb(SEEDS[:20], **sharp).failed == {}  # it is the bug that shows, not the trouble


class Forgets(SmallLane):
    """Forgets whom it told."""

    def told(self, told):
        return BitMap()


def test_a_lane_that_forgets_whom_it_told_is_noticed():
    def crew(store):
        return [
            Forgets(one.roster, one.ledger, one.lane, one.lanes)
            if isinstance(one, SmallLane)
            else one
            for one in small_crew(store)
        ]

    assert noticed(crew=crew, calm_crew=small_crew)
    assert noticed(crew=crew, trouble=Trouble)  # it judges itself, without any disturbance too


def test_a_host_that_never_sweeps_is_noticed():
    assert noticed(trouble=lambda seed: dataclasses.replace(drawn(seed), sweeps=False))


def test_a_turn_that_trusts_the_bell_is_noticed(monkeypatch):
    """It steps what rang in order, and does not read the gap from the log."""

    async def what_rang(log, consumer, key, position, rung):
        fresh = {row.key_version: row for row in rung if row.key_version > position.heard}
        return [fresh[at] for at in sorted(fresh) if kind_of(fresh[at]) in consumer.hears]

    monkeypatch.setattr(turn, "missing", what_rang)
    lossy = Trouble(lost=0.3, shuffled=0.3, doubled=0.3)
    assert noticed(trouble=lambda seed: dataclasses.replace(lossy, seed=seed))


class DropsFirst(Waker):
    """Drops the wake, then says it."""

    async def once(self, limit=100):
        due = await self.workbench.due(self.clock.now(), limit)
        for wake in due:
            await self.workbench.drop_wake(wake)
            await self._say(wake)
        return len(due)


def test_a_waker_that_forgets_before_it_says_is_noticed(monkeypatch):
    monkeypatch.setattr("homeward.testing.simulation.running.Waker", DropsFirst)
    assert noticed()


def test_a_sender_that_names_a_message_anew_is_noticed(monkeypatch):
    names = iter(range(10**9))
    monkeypatch.setattr(
        "homeward.testing.simulation.sender.message_id", lambda *_, **__: str(next(names))
    )
    assert noticed()


def test_a_look_out_that_sleeps_is_noticed(monkeypatch):
    """Who comes into a live area between two waves is missed: the rule over the roster says so."""

    async def nobody(*_, **__):
        return 0

    monkeypatch.setattr(Latecomers, "once", nobody)
    assert noticed(crew=whole_crew)


def test_a_look_out_that_forgets_whom_it_told_is_noticed(monkeypatch):
    def kept(looked, _):
        return dataclasses.replace(looked.version, told=b"", checked=looked.version.checked + 1)

    monkeypatch.setattr(late, "_kept", kept)
    assert noticed(crew=whole_crew)


def test_a_lane_that_counts_no_day_is_noticed(monkeypatch):
    monkeypatch.setattr(daybook.DayView, "taken", lambda _: ())
    assert noticed(crew=whole_crew)


def test_a_lane_that_counts_a_turn_twice_is_noticed(monkeypatch):
    sound = daybook.DayView.count

    def twice(self, counted):
        sound(self, counted)
        sound(self, counted)

    monkeypatch.setattr(daybook.DayView, "count", twice)
    assert noticed(crew=whole_crew)
