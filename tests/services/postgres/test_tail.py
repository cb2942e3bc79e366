"""What follows the log reads each fact once a process, and always what is in it."""

import asyncio
import hashlib

import pytest

from homeward.postgres.store import open_store
from homeward.testing.contracts.pen import Pen, appended


@pytest.fixture
def asked(store, monkeypatch):
    """Statements that the store's database is asked."""
    said = []
    fetch, value = store.database.fetch, store.database.value

    async def noting_fetch(statement, *args):
        said.append(statement)
        return await fetch(statement, *args)

    async def noting_value(statement, *args):
        said.append(statement)
        return await value(statement, *args)

    monkeypatch.setattr(store.database, "fetch", noting_fetch)
    monkeypatch.setattr(store.database, "value", noting_value)
    return said


async def reaches(tail, size):
    async with asyncio.timeout(5):
        while await tail.size() < size:  # noqa: ASYNC110 -- there is no event for it
            await asyncio.sleep(0.01)


async def test_what_is_newer_than_its_start_is_read_once(store, asked):
    tail, pen = store.tail, Pen(store.log.origin)
    one, two = pen.case(1), pen.case(2)
    await appended(store.log, pen.note(one))
    assert await tail.size() == 1
    await appended(store.log, pen.note(one), pen.note(two), pen.order(one, b"[]"))
    await reaches(tail, 4)
    asked.clear()
    kinds = {"case.raised/1"}
    found = (
        await tail.rows(0, 3),
        await tail.rows(0, 3, kinds=kinds),
        await tail.rows(0, 3, limit=1),
    )
    keys = await tail.key_rows(one, 1, 3), await tail.key_rows(one, 1, 2)
    some = await tail.at([3, 1, 1])
    assert asked == []
    assert some == await store.log.at([1, 3])
    assert await tail.at([0, 2, 9]) == await store.log.at([0, 2])
    assert found == (
        await store.log.rows(0, 3),
        await store.log.rows(0, 3, kinds=kinds),
        await store.log.rows(0, 3, limit=1),
    )
    assert keys == (await store.log.key_rows(one, 1, 3), await store.log.key_rows(one, 1, 2))


async def test_what_is_older_comes_from_the_database(store):
    tail, pen = store.tail, Pen(store.log.origin)
    case = pen.case(1)
    await appended(store.log, pen.note(case), pen.note(case))
    await tail.size()
    await appended(store.log, pen.note(case))
    await reaches(tail, 3)
    assert await tail.rows(-1, 2) == await store.log.rows(-1, 2)
    assert await tail.key_rows(case, 0, 3) == await store.log.key_rows(case)
    assert await tail.key_rows(case, 2, 3) == await store.log.key_rows(case, 2)
    assert await tail.key_rows("nobody", 0, 3) == []


async def test_what_another_process_appends_comes_with_its_ring(store, dsn, ring):
    tail, pen = store.tail, Pen(store.log.origin)
    await tail.size()
    async with open_store(dsn, "drill", ring) as other:
        await appended(other.log, pen.note(pen.case(1)))
    await reaches(tail, 1)
    assert await tail.rows(-1, 0) == await store.log.rows(-1, 0)


async def test_a_ring_that_is_lost_costs_a_moment(store, monkeypatch):
    tail, pen = store.tail, Pen(store.log.origin)
    await tail.size()
    await store.feed.beyond(0, 0)
    monkeypatch.setattr(tail._bell, "last", lambda _: "0")
    await appended(store.log, pen.note(pen.case(1)))
    await reaches(tail, 1)


async def test_blobs_are_read_once(store, asked):
    pen = Pen(store.log.origin)
    entry = pen.order(pen.case(1), b"[]")
    await appended(store.log, entry)
    [(content, _)] = entry.blobs
    digest = hashlib.sha256(content).hexdigest()
    assert await store.tail.blobs([digest, "00" * 32]) == {digest: content}
    asked.clear()
    assert await store.tail.blobs([digest]) == {digest: content}
    assert asked == []


async def test_what_this_process_appends_is_not_read_again(store, asked, monkeypatch):
    tail, pen, rung = store.tail, Pen(store.log.origin), ["0"]
    # a slow machine's rings and looks come between: here each ring comes with its answer
    monkeypatch.setattr(tail._bell, "last", lambda _: rung[0])
    monkeypatch.setattr("homeward.postgres.tail.TRUSTED_S", float("inf"))
    assert await tail.size() == 0
    asked.clear()
    for number in range(3):
        await appended(store.log, pen.note(pen.case(number)))
        rung[0] = str(number + 1)
        assert await tail.size() == number + 1
    assert [row.log_index for row in await tail.rows(-1, 2)] == [0, 1, 2]
    assert asked == ["append"] * 3


async def test_who_was_rung_for_what_was_not_read_here_yet_gets_all_of_it(store, monkeypatch):
    tail, pen = store.tail, Pen(store.log.origin)
    one = pen.case(1)
    assert await tail.size() == 0
    monkeypatch.setattr(tail, "take", lambda _: None)  # appended by another process
    store.log._writer.said = lambda _: None
    await appended(store.log, pen.note(one), pen.note(one))
    await reaches(tail, 2)
    await appended(store.log, pen.note(one))
    found = await tail.key_rows(one, 1, 3)
    assert [row.key_version for row in found] == [2, 3]
