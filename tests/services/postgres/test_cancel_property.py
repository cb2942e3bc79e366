"""I-23: whoever was ever leased is in a cancel's list, and nobody is leased once it is cut.

Seeded histories of leases, outcomes, signs of life and closes, in memory and on PostgreSQL, against
what the callers themselves were told; bugs that are planted in memory must show.
"""

import asyncio
import random

import pytest

from homeward.testing.contracts.chunks import chunk_of, members, put
from homeward.testing.contracts.ledger import outcome
from homeward.testing.contracts.pen import AT
from homeward.testing.memory import MemoryLedger, MemoryStore
from homeward.testing.memory.ledger import TELLS, LedgerDisk

STEPS = 25
HANDS = 3


async def history(store, seed):
    """Play one history of an alert; yield what is wrong."""
    chance, alert, ledger = random.Random(seed), seed + 1, store.ledger
    chunks = [chunk_of("a", seq, seq, 100 + seq, alert=alert) for seq in range(1, 13)]
    await put(store, *chunks)
    held, told, closed = [], set(), False

    async def lease():
        took = await ledger.lease(chance.randint(1, 3), 60, AT)
        mine = [one for one in took if (one.chunk.alert, one.chunk.purpose.ends) == (alert, False)]
        held.extend(mine)
        return mine

    for _ in range(STEPS):
        match chance.randrange(5):
            case 0 | 1:
                hands = await asyncio.gather(*(lease() for _ in range(chance.randint(1, HANDS))))
                fresh = [one for hand in hands for one in hand]
                if closed and fresh:
                    yield "leased after the cancel's list was cut"
                told |= {who for one in fresh for who in members(one.recipients)}
            case 2 if held:
                one = held.pop(chance.randrange(len(held)))
                await ledger.settle(one, _some(chance, one), done=chance.random() < 0.5)
            case 3 if held and await ledger.renew(chance.choice(held), 60) and closed:
                yield "sent on after the cancel"
            case 4 if chance.random() < 0.3:
                during = asyncio.gather(*(lease() for _ in range(HANDS)))
                await ledger.close("a", alert, 1)
                closed = True
                listed = set(members(*(raw for _, raw in await ledger.ever_leased("a", alert))))
                fresh = [one for hand in await during for one in hand]
                told |= {who for one in fresh for who in members(one.recipients)}
                if missed := told - listed:
                    yield f"{len(missed)} were leased and are not told that it is over"
    await ledger.close("a", alert, 1)  # the next history begins with nothing of this one open


def _some(chance, leased):
    people = members(leased.recipients)
    return outcome(tuple(one for one in people if chance.random() < 0.5))


async def wrong(store, seeds):
    return [(seed, one) for seed in seeds async for one in history(store, seed)]


async def test_no_cancel_misses_whom_it_concerns_in_memory():
    assert await wrong(MemoryStore(), range(300)) == []


async def test_no_cancel_misses_whom_it_concerns_on_postgres(store):
    assert await wrong(store, range(25)) == []


async def closes_nothing(self, *_):
    pass


async def only_settled(self, case, alert):
    return [
        (row.chunk.contact, row.chunk.recipients)
        for row in self.disk.rows.values()
        if (row.chunk.case, row.chunk.alert) == (case, alert)
        and row.settled
        and row.chunk.purpose in TELLS
    ]


async def renews_always(self, *_):
    return True


PLANTED = {
    "a cancel that closes nothing": (MemoryLedger, "close", closes_nothing),
    "unknown outcomes do not count as told": (MemoryLedger, "ever_leased", only_settled),
    "who holds a chunk may go on": (MemoryLedger, "renew", renews_always),
    "what is over is leased all the same": (LedgerDisk, "over", lambda *_: False),
}


@pytest.mark.parametrize("bug", PLANTED)
async def test_a_planted_bug_is_noticed(monkeypatch, bug):
    monkeypatch.setattr(*PLANTED[bug])
    assert await wrong(MemoryStore(), range(40))
