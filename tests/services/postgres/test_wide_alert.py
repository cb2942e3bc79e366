"""A turn that cuts a wide alert takes the log's head last: it never holds up a raise."""

import asyncio

import asyncpg
import pytest
from pyroaring import BitMap

from homeward.ports import Appended, KeyTurn
from homeward.postgres.store import open_store
from homeward.testing.contracts import Pen, log_is_sound
from homeward.testing.contracts.chunks import chunk_of
from homeward.testing.contracts.pen import unit

PEOPLE, A_CHUNK = 100_000, 1_000
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ $1"


def wide_turn(pen: Pen, case: str) -> KeyTurn:
    """Return the turn of a lane that tells a hundred thousand people."""
    chunks = tuple(
        chunk_of(case, number, *range(number * A_CHUNK, (number + 1) * A_CHUNK))
        for number in range(PEOPLE // A_CHUNK)
    )
    said = pen.note(case, f"lane-{case}")
    state = BitMap(range(0, 3 * PEOPLE, 3)).serialize()
    return KeyTurn(
        key=case, expected_revision=0, heard=1, state=state, entries=(said,),
        out_version=said.version, out_chain=said.chain, chunks=chunks, live=True,
    )  # fmt: skip


@pytest.fixture
async def other(dsn, ring):
    async with open_store(dsn, "drill", ring) as opened:
        yield opened


async def test_raises_are_acknowledged_while_a_wide_alert_is_cut(store, other, dsn):
    """Somebody holds the alert's row, so that the turn stands still in the middle of its ledger."""
    pen, desk = Pen(store.log.origin), Pen(store.log.origin, "desk")
    case = pen.case(1)
    holder = await asyncpg.connect(dsn, server_settings={"search_path": store.database.schema})
    await holder.execute("INSERT INTO alerts (case_id, alert) VALUES ($1, 1)", case)
    transaction = holder.transaction()
    await transaction.start()
    await holder.execute("SELECT FROM alerts WHERE alert = 1 FOR UPDATE")
    cutting = asyncio.create_task(store.workbench.commit_turn("lane", [wide_turn(pen, case)]))
    watcher = await asyncpg.connect(dsn)  # what a transaction saw of others stays as it is
    while not await watcher.fetchval(WAITING, "commit_turns"):
        assert not cutting.done(), await cutting
        await asyncio.sleep(0.01)
    for number in range(50):
        outcomes = await other.log.append([unit(desk.note(desk.case(2 + number % 5)))])
        assert isinstance(outcomes[0], Appended)
    assert not cutting.done()
    await transaction.rollback()
    await holder.close()
    await watcher.close()
    assert await cutting == frozenset()
    rows = await store.log.key_rows(case)
    assert [row.log_index for row in rows] == [50]
    assert (await store.ledger.trouble())["open_people"] == PEOPLE
    assert dict(await store.workbench.live("lane")) == {case: 1}
    assert await log_is_sound(store.log) == 51
