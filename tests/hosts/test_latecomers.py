"""Whoever comes late to a live area is told by the same rule, once, whatever dies between."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tests.hosts.lanes import AWAY, CASE, HERE, NEXT, NOON, World, order, volunteer

from homeward.facts.case import AlertCancelled, CaseClosedOut, CaseResolved
from homeward.fanout.told import bitmap
from homeward.ports import LogUnavailable, Move, Parked, Recipient
from homeward.testing.memory import Calls, Crashed, Fault, crash_at
from homeward.words import CancelReason, Outcome, Severity, derived_id

A = volunteer("a", HERE)
END: dict[str, Any] = {"case": CASE, "at": NOON, "alert": 1}


async def live(*people: Recipient, **more: object) -> World:
    """A live alert for two neighbouring cells, ``a`` told of it."""
    world = await World().begin(A, *people)
    await world.say(order(NOON, HERE, NEXT, **more))
    assert await world.one.late.once() == 0
    return world


async def test_who_registers_inside_is_told_once():
    world = await live()
    await world.store.roster.register([volunteer("b", NEXT), volunteer("far", AWAY)])
    assert await world.one.late.once() == 1
    assert await world.one.late.once() == 0
    assert world.cut() == ["a", "b"]
    await world.say(order(NOON, AWAY, wave=1))
    assert world.cut() == ["a", "b", "far"]


async def test_who_moves_in_is_told_and_who_moves_on_is_not_told_again():
    world = await live(volunteer("b", AWAY))
    assert world.cut() == ["a"]
    for cell in (HERE, AWAY, NEXT, None, HERE):
        await world.store.roster.move([Move("b", cell, world.store.clock.now())])
        await world.one.late.once()
    assert world.cut() == ["a", "b"]


async def test_several_who_come_together_make_one_fact():
    world = await live()
    await world.store.roster.register([volunteer(f"n-{n}", HERE, NEXT) for n in range(9)])
    assert await world.one.late.once() == 9
    *_, said = world.said()
    assert (said.people, said.chunks, said.wave, len(world.said())) == (9, 1, 0, 2)
    assert said.order == world.said()[0].order


WISHES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a limit that widens": ({"reach_km_max": 1}, {"reach_km_max": 100}),
    "a pause that ends": ({"active": False}, {}),
    "milder alerts wanted": ({"severity_min": Severity.EXTREME}, {}),
    "quiet hours given up": ({"quiet_from_min": 0, "quiet_to_min": 1_000}, {}),
}


@pytest.mark.parametrize("wish", WISHES)
async def test_who_was_passed_over_and_may_be_told_by_now_is(wish: str):
    before, after = WISHES[wish]
    far = "8740b042cffffff"  # some 25 km from the focus
    world = await World().begin(A, volunteer("b", far, **before))
    await world.say(order(NOON, HERE, far))
    assert await world.one.late.once() == 0
    assert world.cut() == ["a"]
    await world.store.roster.register([volunteer("b", far, **after)])
    assert await world.one.late.once() == 1
    assert world.cut() == ["a", "b"]
    assert not bitmap((await world.state()).versions[0].suppressed)


async def test_who_comes_late_and_sleeps_is_woken():
    world = await live()
    quiet = {"quiet_from_min": 11 * 60, "quiet_to_min": 13 * 60}
    await world.store.roster.register([volunteer("b", HERE, **quiet)])
    assert await world.one.late.once() == 0
    state = await world.state()
    assert state.look_at == NOON + timedelta(hours=1)
    await world.sleep_until(NOON + timedelta(minutes=59))
    assert world.cut() == ["a"]
    await world.sleep_until(NOON + timedelta(minutes=60))
    assert world.cut() == ["a", "b"]
    assert (await world.state()).look_at is None


async def test_a_wake_that_is_due_tells_them_and_not_whoever_looks_at_that_moment():
    """Else the same history would be told in two ways: by a wake, or by a look-out."""
    world = await live()
    quiet = {"quiet_from_min": 11 * 60, "quiet_to_min": 13 * 60}
    await world.store.roster.register([volunteer("b", HERE, **quiet)])
    await world.one.late.once()
    world.store.clock.move_to(NOON + timedelta(minutes=60))
    assert await world.another().late.once() == 0  # it looks at everybody
    await world.sleep_until(NOON + timedelta(minutes=60))
    assert world.cut() == ["a", "b"]
    assert await world.another().late.once() == 0


async def test_of_those_who_sleep_the_first_to_wake_counts():
    world = await live()
    for name, minutes in (("b", 90), ("c", 30), ("d", 60)):
        quiet = {"quiet_from_min": 11 * 60, "quiet_to_min": 12 * 60 + minutes}
        await world.store.roster.register([volunteer(name, HERE, **quiet)])
        await world.one.late.once()
    for minutes, told in ((30, ["a", "c"]), (60, ["a", "c", "d"]), (90, ["a", "c", "d", "b"])):
        await world.sleep_until(NOON + timedelta(minutes=minutes))
        await world.one.late.once()
        assert world.cut() == told


async def test_a_wave_that_was_matched_before_a_change_and_commits_after_it_misses_nobody():
    world = await live()
    stale = world.another()  # its index knows nothing of b
    await stale.late.consumer.keeper.fresh()
    await world.append(order(NOON, AWAY, wave=1))
    revision = stale.store.roster.revision

    async def before_b(*_: int) -> int:
        known = await revision(0, 1)
        await world.store.roster.register([volunteer("b", AWAY)])
        assert await world.one.late.once() == 0  # not live here yet: looked at and done with
        return known

    stale.store.roster.revision = before_b  # type: ignore[method-assign]
    await stale.sweeper.sweep(await world.store.log.size())
    assert world.cut() == ["a"]
    assert await world.one.late.once() == 1
    assert world.cut() == ["a", "b"]


async def test_a_restart_needs_to_know_nothing():
    world = await live()
    await world.store.roster.register([volunteer("b", HERE)])
    assert await world.another().late.once() == 1
    assert await world.another().late.once() == 0
    assert await world.one.late.once() == 0
    assert world.cut() == ["a", "b"]


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.AWAY_AFTER])
async def test_a_death_at_any_call_tells_nobody_twice(fault: Fault):
    for call in range(1, 12):
        world = await live()
        await world.store.roster.register([volunteer("b", HERE), volunteer("c", NEXT)])
        dying = world.another()
        faults = Calls(faults=crash_at(call, fault))
        for port in (dying.store.roster, dying.store.workbench, dying.store.log):
            port.calls = faults  # type: ignore[attr-defined]
        for _ in range(3):
            try:
                await dying.late.once()
            except Crashed:
                dying = world.another()
            except LogUnavailable:  # the same process tries again
                continue
        await world.one.late.once()
        assert sorted(world.cut()) == ["a", "b", "c"], call


async def test_two_processes_tell_each_one_once():
    world = await live()
    other = world.another()
    await other.late.once()
    for number in range(8):
        await world.store.roster.register([volunteer(f"n-{number}", HERE)])
        await asyncio.gather(world.one.late.once(), other.late.once())
    await asyncio.gather(world.one.late.once(), other.late.once())
    assert sorted(world.cut()) == ["a", *(f"n-{number}" for number in range(8))]


ENDS = {
    "cancelled": AlertCancelled(**END, version=1, reason=CancelReason.FALSE, draft=CASE),
    "resolved": CaseResolved(**END, outcome=Outcome.FOUND_SAFE),
    "closed out": CaseClosedOut(**END, version=1),
}


@pytest.mark.parametrize("end", ENDS)
async def test_nobody_is_told_after_the_end(end: str):
    world = await live(volunteer("paused", HERE, active=False))
    await world.say(ENDS[end])
    assert await world.store.workbench.live("fanout.0") == {}
    await world.store.roster.register([volunteer("b", HERE), volunteer("paused", HERE)])
    assert await world.one.late.once() == 0
    assert world.cut() == ["a"]


async def test_nobody_is_told_once_it_expired_by_the_case_clock():
    world = await live(expires_at=NOON + timedelta(hours=2))
    world.store.clock.move_to(NOON + timedelta(hours=2))
    await world.store.roster.register([volunteer("b", HERE)])
    assert await world.one.late.once() == 0
    assert await world.another().late.once() == 0
    assert world.cut() == ["a"]
    assert await world.store.workbench.live("fanout.0") == {}


async def test_an_update_is_what_those_who_come_late_are_told():
    world = await live()
    await world.say(order(NOON, NEXT, version=2))
    await world.store.roster.register([volunteer("b", NEXT), volunteer("c", HERE)])
    assert await world.one.late.once() == 1
    assert (world.cut(1), world.cut(2)) == (["a"], ["a", "b"])


async def test_an_update_reaches_those_told_before_wherever_they_are_by_now():
    world = await live()
    await world.store.roster.register([volunteer("a", AWAY), volunteer("b", NEXT)])
    await world.say(order(NOON, NEXT, version=2), order(NOON, HERE, version=2, wave=1))
    assert (world.cut(1), sorted(world.cut(2))) == (["a"], ["a", "b"])
    assert await world.one.late.once() == 0


async def test_a_case_that_is_parked_tells_nobody_until_it_is_heard_again():
    world = await live()
    await world.store.workbench.park(Parked("fanout.0", CASE, 2, "ValueError at tests"))
    await world.store.roster.register([volunteer("b", HERE)])
    assert await world.another().late.once() == 0
    other = world.another()
    assert await other.late.once() == 0
    await world.store.workbench.unpark("fanout.0", CASE)
    assert await other.late.once(rows=False) == 1


async def test_each_case_tells_on_its_own():
    world = await live()
    other = derived_id("tests", "other case")
    await world.say(order(NOON, HERE, case=other))
    assert (world.cut(), world.cut(case=other)) == (["a"], ["a"])
    await world.one.late.once()
    await world.store.roster.register([volunteer("b", HERE), volunteer("c", NEXT)])
    assert await world.one.late.once() == 3
    assert (sorted(world.cut()), world.cut(case=other)) == (["a", "b", "c"], ["a", "b"])
    assert world.store.meter.total("homeward_latecomers_total") == 3


async def test_a_round_hears_of_the_roster_without_a_poll():
    world = await live()

    async def rounds() -> None:
        while world.cut() == ["a"]:
            await world.one.late.round(world.store.feed, 60)

    going = asyncio.create_task(rounds())
    await asyncio.sleep(0.05)
    await world.store.roster.register([volunteer("b", HERE)])
    await asyncio.wait_for(world_told(world), 5)
    going.cancel()
    await asyncio.gather(going, return_exceptions=True)
    assert world.cut() == ["a", "b"]


async def world_told(world: World) -> None:
    while world.cut() == ["a"]:  # noqa: ASYNC110 -- nothing rings in the test
        await asyncio.sleep(0.01)
