import asyncio
import json
from dataclasses import replace

import pytest
from pyroaring import BitMap
from tests.services.dispatch.world import CASE, CELL, DRAFT, KNOBS, FarSide, World, soon, until

from homeward.dispatch.channels.inbox import DrillInboxChannel
from homeward.facts.handover import HandoverAttempted
from homeward.fanout.message_id import message_id
from homeward.ports import Contact, Recipient, Verdict
from homeward.record.envelope import read
from homeward.testing.memory import ORIGIN
from homeward.words import Purpose, RecipientKind

ONE = replace(KNOBS, channel_batches=1, slow_people=100)
"""One batch in a channel at once: what comes between two batches is told apart."""


def summaries(world):
    said = [read(row).fact for row in world.facts()]
    return [fact for fact in said if isinstance(fact, HandoverAttempted)]


async def test_everybody_is_told_once_and_the_log_says_how_many():
    far = FarSide()
    world = World(far)
    world.order(await world.people(250))
    await world.quiet()
    assert len(far.told) == 250
    assert set(far.told.values()) == {1}
    (fact,) = summaries(world)
    assert (fact.accepted, fact.failed, fact.expired, fact.retried) == (250, 0, 0, 0)
    assert sorted(len(batch) for batch in far.batches) == [25, 25, 100, 100]
    assert world.store.meter.total("homeward_handovers_total") == 250


async def test_what_is_sent_says_what_was_ordered():
    far = FarSide()
    world = World(far)
    (hub,) = await world.store.roster.register(
        [
            Recipient(
                "hub-1",
                RecipientKind.HUB,
                (CELL,),
                lang="en",
                contacts=((Contact("webhook", "a"),), (Contact("inbox", "b"),)),
            )
        ]
    )
    window = {"window_from": soon(world, 60), "window_to": soon(world, 3_600)}
    world.order([hub], purpose=Purpose.WATCH, watch=DRAFT, contact=1, wave=0, **window)
    await world.quiet()
    (message,) = far.got
    assert (message.address, message.lang, message.purpose) == ("b", "en", "watch")
    assert (message.window_from, message.window_to) == tuple(window.values())
    assert message.link == "http://127.0.0.1/hub-1"
    assert message.message_id == message_id(
        ORIGIN,
        case=CASE,
        alert=1,
        version=1,
        purpose=Purpose.WATCH,
        recipient="hub-1",
        watch=DRAFT,
        contact=1,
    )


async def test_what_is_over_goes_first_then_hubs_then_the_nearest():
    far = FarSide()
    world = World(far, knobs=replace(KNOBS, senders=1))
    people = await world.people(4)
    world.order([people[0]], seq=2)
    world.order([people[1]], seq=1)
    world.order([people[2]], seq=3, purpose=Purpose.WATCH)
    world.order([people[3]], seq=4, purpose=Purpose.CANCEL)
    await world.quiet()
    assert list(far.told) == ["v-3", "v-2", "v-1", "v-0"]


async def test_a_passing_fault_is_tried_again_later_under_the_same_id():
    far = FarSide(verdicts={"v-1": [Verdict.RETRY, Verdict.RETRY]})
    world = World(far)
    world.order(await world.people(3))
    started = world.store.clock.real()
    await world.quiet()
    assert far.told == {"v-0": 1, "v-1": 1, "v-2": 1}
    assert len({one for batch in far.batches for one in batch}) == 3
    assert (world.store.clock.real() - started).total_seconds() == pytest.approx(0.5 + 1.0)
    assert [row.chunk.attempt for row in world.rows] == [0, 1, 2]
    assert [fact.retried for fact in summaries(world)] == [1, 1, 0]
    assert (await world.figures())["people"] == 3
    assert (await world.figures())["accepted"] == 3


async def test_a_far_side_is_not_asked_before_it_said():
    far = FarSide(verdicts={"v-0": [Verdict.RETRY]}, retry_after_s=30)
    world = World(far)
    world.order(await world.people(1))
    await world.caller().once()
    assert await world.store.ledger.next_open_s() >= 30


async def test_a_far_side_cannot_put_us_off_for_ever():
    far = FarSide(verdicts={"v-0": [Verdict.RETRY]}, retry_after_s=10**9)
    world = World(far)
    world.order(await world.people(1))
    await world.caller().once()
    assert await world.store.ledger.next_open_s() <= KNOBS.retry_after_max_s + KNOBS.backoff_base_s


async def test_the_next_channel_is_tried_only_after_the_last_one_failed():
    hook, far = FarSide("webhook", always=Verdict.FAILED), FarSide()
    world = World(hook, far)
    world.order(await world.people(5, "webhook", "inbox"))
    caller = world.caller()
    await caller.once()
    assert not far.got
    await caller.once()
    assert len(far.got) == 5
    assert {one for batch in hook.batches for one in batch} == far.ids


async def test_a_channel_that_never_answers_well_gives_way_to_the_next():
    hook, far = FarSide("webhook", always=Verdict.RETRY), FarSide()
    world = World(hook, far)
    world.order(await world.people(2, "webhook", "inbox"))
    await world.quiet()
    assert len(hook.batches) == KNOBS.attempts_max
    assert far.told == {"v-0": 1, "v-1": 1}


async def test_no_channel_left_is_a_visible_end():
    hook = FarSide("webhook", always=Verdict.FAILED)
    world = World(hook)
    world.order(await world.people(2, "webhook"))
    await world.quiet()
    (fact,) = summaries(world)
    assert (fact.failed, fact.accepted) == (2, 0)
    assert (await world.figures())["failed"] == 2


async def test_the_last_channel_is_tried_longer_but_not_for_ever():
    far = FarSide(always=Verdict.RETRY)
    world = World(far)
    world.order(await world.people(1))
    await world.quiet()
    assert len(far.batches) == KNOBS.attempts_last_max
    assert (await world.figures())["failed"] == 1


async def test_a_channel_this_house_does_not_have_is_passed_over():
    far = FarSide()
    world = World(far)
    world.order(await world.people(1, "pigeon", "inbox"))
    await world.quiet()
    assert far.told == {"v-0": 1}


async def test_whoever_left_or_cannot_be_reached_is_counted_as_failed():
    far = FarSide()
    world = World(far)
    people = [*await world.people(3), *await world.people(1, "pigeon", first=3)]
    hub = Recipient("hub-1", RecipientKind.HUB, (CELL,))
    people += await world.store.roster.register([hub])
    world.order(people)
    await world.store.roster.remove("v-1")
    await world.quiet()
    (fact,) = summaries(world)
    assert (fact.accepted, fact.failed) == (2, 3)


async def test_what_has_expired_is_never_sent():
    far = FarSide()
    world = World(far)
    world.order(await world.people(3), expires_at=soon(world, 0))
    await world.quiet()
    assert not far.batches
    assert [fact.expired for fact in summaries(world)] == [3]


async def test_what_expires_between_two_batches_is_not_sent_any_more():
    far = FarSide()
    world = World(far, knobs=ONE)
    world.order(await world.people(250), expires_at=soon(world, 60))

    async def time_passes():
        world.store.clock.pass_s(60)

    far.before_answer = time_passes
    await world.quiet()
    (fact,) = summaries(world)
    assert (fact.accepted, fact.expired) == (100, 150)


async def test_after_a_cancel_at_most_the_batch_in_flight_arrives():
    far = FarSide()
    world = World(far, knobs=ONE)
    people = await world.people(250)
    world.order(people)

    async def cancel():
        await world.store.ledger.close(CASE, 1, 1)

    far.before_answer = cancel
    await world.quiet()
    assert len(far.got) == 100
    told = [BitMap.deserialize(one) for _, one in await world.store.ledger.ever_leased(CASE, 1)]
    assert len(BitMap.union(*told)) == 250
    figures = await world.figures()
    assert (figures["accepted"], figures["withdrawn"], figures["pending"]) == (100, 150, 0)


async def test_a_cancel_itself_is_sent_after_the_close():
    far = FarSide()
    world = World(far)
    await world.store.ledger.close(CASE, 1, 1)
    world.order(await world.people(250), purpose=Purpose.CANCEL)
    await world.quiet()
    assert len(far.got) == 250


async def test_no_words_is_a_visible_end_and_nothing_is_sent():
    far = FarSide()
    world = World(far)
    world.order(await world.people(2), texts_of=CASE)
    await world.quiet()
    assert not far.got
    assert (await world.figures())["failed"] == 2


async def test_the_inbox_holds_it_once_however_often_it_is_sent():
    world = World()
    world.channels["inbox"] = DrillInboxChannel(world.store.inbox)
    people = await world.people(3)
    world.order(people)
    world.order(people, seq=1)  # another wave, by a mistake of somebody's
    await world.quiet()
    assert [len(await world.store.inbox.since(f"v-{n}", 0)) for n in range(3)] == [1, 1, 1]


async def test_the_summary_stream_has_one_fact_of_its_chunk():
    world = World(FarSide())
    chunk = world.order(await world.people(1))
    await world.quiet()
    (row,) = world.facts()
    body = json.loads(row.envelope)
    assert (body["stream"], body["ver"], body["cause"]) == (f"handover-{chunk.id}", 1, chunk.order)
    assert row.key == CASE


async def test_it_runs_until_told_to_stop():
    far = FarSide()
    world = World(far)
    caller, stop = world.caller(), asyncio.Event()
    running = asyncio.create_task(caller.run(stop))
    world.order(await world.people(30))
    await until(lambda: len(far.got) == 30)
    world.order(await world.people(30, first=30), seq=1)
    await until(lambda: len(far.got) == 60)
    stop.set()
    await running
    await caller.close()
