"""A watch whose window was moved: one message more, after the first, none of before."""

from tests.services.dispatch.world import CASE, FarSide, World, soon

from homeward.ports import Verdict
from homeward.words import Purpose

WATCH = "w"


def order(world, hubs, moved, seq):
    begin = soon(world, 1_800 + 3_600 * moved)
    said = {"purpose": Purpose.WATCH, "watch": WATCH, "wave": moved, "window_from": begin}
    return world.order(hubs, seq=seq, **said)


async def test_the_new_window_is_one_more_message_after_the_first():
    far = FarSide()
    world = World(far)
    hubs = await world.people(1)
    for moved in (0, 1, 1):  # an order heard twice is the same chunk
        chunk = order(world, hubs, moved, seq=moved)
        await world.store.ledger.supersede_watch(CASE, 1, WATCH, moved)
        await world.quiet()
    assert [one.watch for one in far.got] == [WATCH, WATCH]
    assert len(far.ids) == 2
    assert far.got[0].window_from < far.got[1].window_from == chunk.window_from


async def test_an_old_window_that_did_not_arrive_is_not_tried_again_behind_the_new_one():
    far = FarSide(verdicts={"v-0": [Verdict.RETRY]})
    world = World(far)
    hubs = await world.people(1)
    order(world, hubs, 0, seq=0)
    await world.caller().once()
    assert len(world.rows) == 2, "a retry waits"
    await world.store.ledger.supersede_watch(CASE, 1, WATCH, 1)
    new = order(world, hubs, 1, seq=1)
    await world.quiet()
    assert [one.window_from for one in far.got] == [new.window_from]
