"""Waking and care are one worker's; who takes over misses no alarm, and shows old figures never."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

from structlog.testing import capture_logs
from tests.services.house.test_watchdog import say

from homeward.house.caring import Care, Waking
from homeward.metrics import PrometheusMeter
from homeward.ports import KeyTurn, Wake
from homeward.settings import Settings
from homeward.testing.memory import MemoryStore
from homeward.words import derived_id

CASE = derived_id("tests", "case")


class Forgetful(MemoryStore):
    """A store that counts how often it was asked to forget."""

    forgot = 0

    async def forget_old_answers(self):
        self.forgot += 1


def house(store):
    settings = Settings(positions_kept_h=4)
    return SimpleNamespace(store=store, meter=PrometheusMeter(), heard={}, settings=settings)


async def test_who_takes_over_alarms_of_what_was_said_while_nobody_looked():
    store = Forgetful()
    first, second = Care.of(house(store), "a"), Care.of(house(store), "b")
    assert await first.office.once()
    assert not await second.office.once()
    await say(store, "h-0")
    for one in (first, second):
        for _ in range(6):
            await one.look()
    with capture_logs() as lines:
        await say(store, "h-1")
        await second.look()
        assert lines == []
        await first.office.let_go()
        await first.look()
        await say(store, "h-2")
        assert await second.office.once()
        await second.look()
        await second.look()
    assert [one["hub"] for one in lines] == ["h-1", "h-2"]
    assert "homeward_log_size 3.0" in second.house.meter.text().decode()
    assert "homeward_log_size 0.0" in first.house.meter.text().decode()
    assert store.forgot == 2  # each when it began


async def test_a_wake_is_said_by_who_holds_the_office_and_once():
    store = MemoryStore()
    made = [Waking.of(house(store), name) for name in "ab"]
    due = store.clock.now() + timedelta(hours=1)
    turn = KeyTurn(CASE, 0, 1, b"", (), 0, None, Wake("reach", CASE, due, derived_id("x")))
    await store.workbench.commit_turn("reach", [turn])
    await asyncio.gather(*(one.office.once() for one in made))
    store.clock.move_to(due)
    await made[1].round()
    assert await store.log.size() == 0
    await made[0].round()
    await made[0].office.let_go()
    assert await made[1].office.once()
    await made[1].round()
    assert await store.log.size() == 1
    assert "homeward_wakes_said_total 1.0" in made[0].house.meter.text().decode()
