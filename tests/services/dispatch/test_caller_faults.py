import asyncio
import time
from dataclasses import replace

import pytest
from tests.services.dispatch.world import KNOBS, FarSide, World, until

from homeward.dispatch.knobs import Knobs
from homeward.ports import LogUnavailable, Verdict
from homeward.record.envelope import read
from homeward.testing.memory import Calls, Crashed, Fault, crash_at

SMALL = replace(KNOBS, outcome_batch=10, senders=2, channel_batches=2, lease_s=30.0)
ONE = replace(SMALL, channel_batches=1)


async def told(world, people, **said):
    for seq, start in enumerate(range(0, len(people), 30)):
        world.order(people[start : start + 30], seq=seq, **said)


async def crashed_at(call, fault):
    """Run a small alert, kill its sender at a port call, let another one finish."""
    far = FarSide(verdicts={"v-3": [Verdict.RETRY], "v-4": [Verdict.FAILED] * 9})
    seed = World(far, knobs=SMALL)
    await told(seed, await seed.people(60))
    calls = Calls(faults=crash_at(call, fault))
    broken = seed.restarted(calls)
    died = False
    try:
        await broken.quiet()
    except Crashed:
        died = True
    await asyncio.sleep(0)  # what else the dead process had in hand ends too
    repaired = seed.restarted()
    repaired.store.clock.pass_s(SMALL.lease_s + 1)
    await repaired.quiet()
    return far, repaired, died


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
async def test_a_sender_killed_anywhere_misses_nobody_and_repeats_only_what_was_in_flight(fault):
    call, died, repeats = 0, True, []
    while died:
        call += 1
        far, world, died = await crashed_at(call, fault)
        everybody = {f"v-{n}" for n in range(60)} - {"v-4"}
        assert set(far.told) == everybody, call
        assert len(far.ids) == 59, f"a second id for somebody, call {call}"
        again = sum(far.told.values()) - 59
        assert again <= SMALL.channel_batches * SMALL.outcome_batch, call
        figures = await world.figures()
        assert (figures["accepted"], figures["failed"], figures["pending"]) == (59, 1, 0)
        repeats.append(again)
    assert call > 20, "the plan reached every call"
    assert max(repeats) > 0, "no crash fell between a send and its record"


async def test_the_summary_after_a_kill_counts_the_whole_chunk():
    far = FarSide()
    world = World(far, knobs=ONE)
    await told(world, await world.people(30))
    settled = []

    class Dying:
        def __getattr__(self, name):
            return getattr(world.store.ledger, name)

        async def settle(self, leased, outcome, *, done):
            settled.append(outcome)
            if len(settled) == 2:
                raise LogUnavailable
            return await world.store.ledger.settle(leased, outcome, done=done)

    await world.caller(ledger=Dying()).once()
    assert len(far.got) == 20
    world.store.clock.pass_s(SMALL.lease_s + 1)
    await world.quiet()
    figures = await world.figures()
    assert (figures["accepted"], sum(far.told.values()), len(far.ids)) == (30, 40, 30)
    (fact,) = [read(one).fact for one in world.facts()]
    assert fact.accepted == 30


async def test_a_sender_that_lost_its_lease_writes_nothing_and_stops():
    far = FarSide()
    world = World(far, knobs=ONE)
    await told(world, await world.people(30))

    async def somebody_else_takes_over():
        far.before_answer = None
        world.store.clock.pass_s(SMALL.lease_s + 1)
        await world.caller().once()

    far.before_answer = somebody_else_takes_over
    await world.quiet()
    assert set(far.told) == {f"v-{n}" for n in range(30)}
    assert sum(far.told.values()) == 40
    assert (await world.figures())["accepted"] == 30


async def test_what_was_sent_is_recorded_after_an_outage_and_not_sent_again():
    far = FarSide()
    world = World(far, knobs=replace(SMALL, settle_patience_s=5.0))
    await told(world, await world.people(30))
    fails = iter([True, True])

    class Away:
        def __getattr__(self, name):
            return getattr(world.store.ledger, name)

        async def settle(self, leased, outcome, *, done):
            if next(fails, False):
                raise LogUnavailable
            return await world.store.ledger.settle(leased, outcome, done=done)

    await world.caller(ledger=Away()).once()
    assert sum(far.told.values()) == 30
    assert (await world.figures())["accepted"] == 30


async def test_an_answer_of_the_store_that_was_lost_is_asked_for_again():
    far = FarSide(verdicts={"v-1": [Verdict.RETRY]})
    world = World(far, knobs=replace(SMALL, settle_patience_s=5.0))
    await told(world, await world.people(5))
    lose = iter([True])

    class Lossy:
        def __getattr__(self, name):
            return getattr(world.store.ledger, name)

        async def settle(self, leased, outcome, *, done):
            answer = await world.store.ledger.settle(leased, outcome, done=done)
            if next(lose, False):
                raise LogUnavailable
            return answer

    caller = world.caller(ledger=Lossy())
    await world.quiet(caller)
    assert sum(far.told.values()) == 5
    assert (await world.figures())["accepted"] == 5


@pytest.mark.parametrize("waiting_max", [0, 80, 6_400])
async def test_a_hanging_channel_holds_nobody_else(waiting_max):
    hook, far = FarSide("webhook", hangs=True), FarSide()
    world = World(
        hook, far, knobs=replace(KNOBS, senders=4, channel_batches=2, waiting_max=waiting_max)
    )
    hooked = await world.people(400, "webhook", "inbox")
    waiting = await world.people(400, "inbox", first=400)
    for seq in range(20):  # all that hang come first
        world.order(hooked[seq * 20 : seq * 20 + 20], seq=seq)
        world.order(waiting[seq * 20 : seq * 20 + 20], seq=100 + seq)
    caller, stop = world.caller(), asyncio.Event()
    started = time.monotonic()
    running = asyncio.create_task(caller.run(stop))
    await until(lambda: len(far.told) == 400, clock=world.store.clock)
    took = time.monotonic() - started
    stop.set()
    await running
    # In turn the twenty chunks that hang would take 20 / 2 x 0.3 s before the first inbox.
    assert took < 2.5
    assert set(far.told) == {f"v-{n}" for n in range(400, 800)}
    assert not hook.got


async def test_a_chunk_with_a_hanging_channel_settles_its_other_people_at_once():
    hook, far = FarSide("webhook", hangs=True), FarSide()
    world = World(hook, far)
    people = [*await world.people(5, "webhook"), *await world.people(5, "inbox", first=5)]
    world.order(people)
    handing = asyncio.create_task(world.caller().once())
    await asyncio.sleep(0.1)
    assert (await world.figures())["accepted"] == 5
    await handing


async def test_a_lease_is_kept_while_a_channel_takes_its_time():
    far = FarSide(pause_s=0.25)
    world = World(far, knobs=replace(KNOBS, lease_s=0.15, send_timeout_s=2.0))
    world.order(await world.people(5))
    before = world.store.calls.by_name["MemoryLedger.renew"]
    await world.caller().once()
    assert world.store.calls.by_name["MemoryLedger.renew"] - before >= 4
    assert len(far.got) == 5


async def test_a_channel_that_raises_is_a_passing_fault():
    hook, far = FarSide("webhook", raises=True), FarSide()
    world = World(hook, far)
    world.order(await world.people(3, "webhook", "inbox"))
    await world.quiet()
    assert len(far.got) == 3


async def test_an_outage_of_the_store_is_waited_out():
    far = FarSide()
    world = World(far)
    world.order(await world.people(10))
    away = iter([True] * 3)

    class Away:
        def __getattr__(self, name):
            return getattr(world.store.ledger, name)

        async def lease(self, *args, **more):
            if next(away, False):
                raise LogUnavailable
            return await world.store.ledger.lease(*args, **more)

    caller, stop = world.caller(ledger=Away()), asyncio.Event()
    running = asyncio.create_task(caller.run(stop))
    await until(lambda: len(far.got) == 10)
    stop.set()
    await running


async def test_a_stop_lets_what_is_in_flight_end():
    far = FarSide(pause_s=0.2)
    world = World(far)
    world.order(await world.people(50))
    caller, stop = world.caller(), asyncio.Event()
    running = asyncio.create_task(caller.run(stop))
    await asyncio.sleep(0.05)
    stop.set()
    await running
    assert (await world.figures())["accepted"] == 50


async def test_a_stop_does_not_wait_for_what_hangs():
    far = FarSide(hangs=True)
    world = World(far, knobs=replace(KNOBS, send_timeout_s=60.0, stop_grace_s=0.1))
    world.order(await world.people(5))
    caller, stop = world.caller(), asyncio.Event()
    running = asyncio.create_task(caller.run(stop))
    await asyncio.sleep(0.1)
    stop.set()
    started = time.monotonic()
    await running
    assert time.monotonic() - started < 1


def test_knobs_stand_in_an_order_that_works():
    knobs = Knobs()
    assert knobs.channel_batches < knobs.senders
    assert knobs.outcome_batch <= 100
