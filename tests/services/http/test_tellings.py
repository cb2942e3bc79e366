"""Who was told stays told, and a wide alert's ledger is read once."""

import asyncio

import pytest

from homeward.http.tellings import ALERTS_MAX, Tellings
from homeward.testing.contracts.chunks import chunk_of, put
from homeward.testing.contracts.pen import AT
from homeward.testing.memory import MemoryStore


@pytest.fixture
async def store():
    made = MemoryStore()
    await put(made, *(chunk_of("a", seq, seq) for seq in range(1, 6)))
    return made


def reads(store):
    return store.calls.by_name["MemoryLedger.leased_beyond"]


async def test_whoever_was_told_is_known_without_asking_again(store):
    told = Tellings(store.ledger)
    [one] = await store.ledger.lease(1, 60, AT)
    case, alert = one.chunk.case, one.chunk.alert
    assert await told.includes(case, alert, 1)
    for _ in range(9):
        assert await told.includes(case, alert, 1)
    assert reads(store) == 1


async def test_whoever_is_told_later_is_found_at_once(store):
    told = Tellings(store.ledger)
    [one] = await store.ledger.lease(1, 60, AT)
    case, alert = one.chunk.case, one.chunk.alert
    assert not await told.includes(case, alert, 2)
    await store.ledger.lease(1, 60, AT)
    assert await told.includes(case, alert, 2)
    assert not await told.includes(case, alert, 99)
    assert not await told.includes(case, alert + 1, 1)


async def test_many_who_ask_together_wait_for_few_readings(store):
    told = Tellings(store.ledger)
    [one] = await store.ledger.lease(1, 60, AT)

    async def elsewhere():
        await asyncio.sleep(0)

    store.calls.pause = elsewhere
    asked = [told.includes(one.chunk.case, one.chunk.alert, 50 + n) for n in range(100)]
    assert not any(await asyncio.gather(*asked))
    assert reads(store) <= 2


async def test_what_is_remembered_is_bounded(store):
    told = Tellings(store.ledger)
    for alert in range(ALERTS_MAX * 2):
        await told.includes("a", alert, 1)
    assert len(told._alerts) == ALERTS_MAX
