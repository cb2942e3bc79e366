"""Where people were is forgotten after as long as is promised."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import h3

from homeward.house.forgetting import forgetting
from homeward.ports import Move, Recipient
from homeward.settings import Settings
from homeward.words import RecipientKind

CELL = h3.latlng_to_cell(33.068, 115.276, 7)


async def test_places_older_than_is_promised_are_forgotten(store):
    now = store.clock.now()
    names = ("ann", "bob")
    await store.roster.register([Recipient(n, RecipientKind.VOLUNTEER, (CELL,)) for n in names])
    ages = dict(zip(names, (5, 3), strict=True))
    await store.roster.move([Move(n, CELL, now - timedelta(hours=ages[n])) for n in names])
    house = SimpleNamespace(store=store, settings=Settings(positions_kept_h=4))
    stop = asyncio.Event()
    running = asyncio.create_task(forgetting(house, stop))
    async with asyncio.timeout(10):
        while (await store.roster.get("ann")).here is not None:  # noqa: ASYNC110 -- a job says nothing
            await asyncio.sleep(0.01)
    stop.set()
    await running
    assert (await store.roster.get("bob")).here == CELL
