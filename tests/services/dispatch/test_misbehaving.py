"""Real sockets: far sides that hang, refuse, fail or drip hold up nobody but their own people."""

import asyncio
import time
from collections import Counter
from dataclasses import replace

import pytest
from tests.services.dispatch.world import CELL, FarSide, World, until

from homeward.dispatch.bucket import Bucket, rates_of
from homeward.dispatch.channels import webhook
from homeward.dispatch.channels.webhook import DrillWebhookChannel
from homeward.dispatch.knobs import Knobs
from homeward.ports import Contact, Recipient
from homeward.words import Purpose, RecipientKind

KNOBS = Knobs(
    poll_s=0.05,
    attempts_last_max=3,
    backoff_base_s=0.05,
    channel_wait_s=0.2,
    retry_after_max_s=0.3,
    put_back_max_s=0.5,
)


async def hooked(world, urls, each):
    """Register people behind the far sides in turn: every chunk mixes all of them."""
    return await world.store.roster.register(
        [
            Recipient(
                f"{name}-{n}",
                RecipientKind.VOLUNTEER,
                (CELL,),
                contacts=((Contact("webhook", f"{url}{n}"),),),
            )
            for n in range(each)
            for name, url in urls.items()
        ]
    )


async def played(ring, world, fars, each, *, enough):
    """Send an alert to everybody; return the seconds until ``enough`` is true."""
    endpoints = [one.endpoint for one in fars.values()]
    channel = DrillWebhookChannel(ring, world.store.clock, loopback=endpoints)
    world.channels["webhook"] = channel
    people = await hooked(world, {name: one.url for name, one in fars.items()}, each)
    for seq, start in enumerate(range(0, len(people), 400)):
        world.order(people[start : start + 400], seq=seq)
    caller, stop = world.caller(), asyncio.Event()
    began = time.monotonic()
    running = asyncio.create_task(caller.run(stop))
    await until(enough, 60, clock=world.store.clock)
    took = time.monotonic() - began
    return took, caller, stop, running


BAD = {
    "hang": ("--hang",),
    "asks-to-wait": ("--status", "429", "--retry-after-s", "1"),
    "fails-half": ("--fail-ratio", "0.5", "--seed", "3"),
    "drips": ("--answer-bytes-s", "1"),
}


@pytest.mark.parametrize("bad", BAD)
async def test_the_others_of_its_channel_do_not_wait_for_it(ring, sink, monkeypatch, bad):
    monkeypatch.setattr(webhook, "POST_TIMEOUT_S", 1.0)
    fars = {"bad": sink(*BAD[bad]), "good": sink()}
    world = World(knobs=KNOBS)
    told, end = lambda: len(fars["good"].received()) >= 1_000, world.store.ledger.counts
    took, caller, stop, running = await played(ring, world, fars, 1_000, enough=told)
    lines = Counter(line["recipient"] for line in fars["good"].received())
    assert (len(lines), set(lines.values())) == (1_000, {1})
    # One hanging post takes a second; all 1,000 of them by 25 would take forty.
    assert took < 8, took

    async def over():
        return sum(one["pending"] for one in (await end(world_case(world))).values()) == 0

    async with asyncio.timeout(60):
        while not await over():
            world.store.clock.pass_s(0.2)
            await asyncio.sleep(0.01)
    stop.set()
    await running
    await caller.close()
    figures = await world.figures()
    assert figures["accepted"] + figures["failed"] == 2_000, "each ended told, or visibly failed"
    assert (figures["unknown"], figures["withdrawn"]) == (0, 0)


def world_case(world):
    return world.rows[0].chunk.case


async def test_a_cancel_does_not_wait_for_a_wave_whose_far_side_hangs(ring, sink):
    """What is over has places of its own."""
    far = FarSide("inbox")
    hanging = FarSide("webhook", hangs=True)
    world = World(far, hanging, knobs=replace(KNOBS, send_timeout_s=5.0))
    world.order(await world.people(2_000, "webhook"))
    caller, stop = world.caller(), asyncio.Event()
    running = asyncio.create_task(caller.run(stop))
    await until(lambda: hanging.batches)
    began = time.monotonic()
    over = await world.people(500, "inbox", first=2_000)
    world.order(over, seq=9, purpose=Purpose.CANCEL, alert=2)
    await until(lambda: len(far.told) == 500)
    assert time.monotonic() - began < 2
    stop.set()
    await running


async def test_a_channel_is_handed_no_more_than_its_rate():
    far = FarSide()
    world = World(far, knobs=replace(KNOBS, rates={"inbox": 100.0}))
    world.order(await world.people(250))
    caller, stop = world.caller(), asyncio.Event()
    began = time.monotonic()
    running = asyncio.create_task(caller.run(stop))
    await until(lambda: len(far.got) == 250)
    took = time.monotonic() - began
    stop.set()
    await running
    assert took > 1.3, "a second's worth at once, then a hundred a second"
    assert set(far.told.values()) == {1}
    assert world.store.meter.total("homeward_rate_waits_total") > 0


def test_a_bucket_fills_steadily_up_to_a_second():
    now = [0.0]
    bucket = Bucket(10.0, lambda: now[0])
    assert (bucket.take(25), bucket.take(1)) == (10, 0)
    assert bucket.wait_s() == pytest.approx(0.1)
    now[0] = 0.25
    assert bucket.take(25) == 2
    now[0] = 60.0
    assert bucket.take(25) == 10
    assert Bucket(None).take(10**6) == 10**6


def test_rates_are_read():
    assert rates_of("") == {}
    assert rates_of("webhook=500, inbox=0.5") == {"webhook": 500.0, "inbox": 0.5}
    for wrong in ("webhook", "webhook=0", "webhook=x", "=5", "webhook=inf", "webhook=-1"):
        with pytest.raises(ValueError, match="no rate"):
            rates_of(wrong)


async def test_a_far_side_that_hangs_up_now_and_then_is_not_left_alone(ring, sink):
    """Each person has an address of their own there: two in a row break all the time."""
    far = sink("--drop-ratio", "0.3", "--seed", "3")
    world = World(knobs=replace(KNOBS, attempts_last_max=12))
    told = far.out
    took, caller, stop, running = await played(
        ring, world, {"far": far}, 600, enough=lambda: told.read_bytes().count(b"\n") >= 600
    )
    stop.set()
    await running
    await caller.close()
    channel = world.channels["webhook"]
    assert not channel._resting._faulty, f"it rested in {took:.1f} s"
    assert set(Counter(one["recipient"] for one in far.received()).values()) == {1}
