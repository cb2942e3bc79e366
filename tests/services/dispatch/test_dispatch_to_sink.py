"""Sender, webhook and a sink process of its own: the sink's file is the judge."""

from collections import Counter
from dataclasses import replace

from tests.services.dispatch.world import CELL, KNOBS, World

from homeward.dispatch.channels.resting import Resting
from homeward.dispatch.channels.webhook import DrillWebhookChannel
from homeward.ports import Contact, Recipient
from homeward.words import RecipientKind


async def told_through(ring, far, people):
    world = World(knobs=replace(KNOBS, send_timeout_s=10.0))
    channel = DrillWebhookChannel(ring, world.store.clock, loopback=[far.endpoint])
    channel._resting = Resting(chance=lambda: 0.0)
    world.channels["webhook"] = channel
    registered = await world.store.roster.register(
        [
            Recipient(
                f"v-{n}",
                RecipientKind.VOLUNTEER,
                (CELL,),
                contacts=((Contact("webhook", f"{far.url}{n % 7}"),),),
            )
            for n in range(people)
        ]
    )
    for seq in range(0, people, 100):
        world.order(registered[seq : seq + 100], seq=seq)
    await world.quiet(rounds=400)
    await channel.close()
    return world


async def test_everybody_in_the_file_once(ring, sink):
    far = sink()
    world = await told_through(ring, far, 1_000)
    lines = Counter(line["recipient"] for line in far.received())
    assert (len(lines), set(lines.values())) == (1_000, {1})
    assert (await world.figures())["accepted"] == 1_000


async def test_nobody_is_missing_or_shown_twice_when_answers_get_lost(ring, sink):
    """Whoever is sent to again gets the same message id, so a client shows it once."""
    far = sink("--fail-ratio", "0.2", "--lose-ratio", "0.3", "--seed", "7")
    world = await told_through(ring, far, 500)
    ids = {(line["recipient"], line["message_id"]) for line in far.received()}
    assert len({recipient for recipient, _ in ids}) == 500, "nobody missing"
    assert len(ids) == 500, "nobody with two ids"
    assert len(far.received()) > 500, "some answers were lost"
    assert (await world.figures())["accepted"] == 500
