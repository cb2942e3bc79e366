"""What rang is at hand; what did not is asked of the log."""

from tests.hosts.test_turn import CASE, append, started

from homeward.hosts.rung import RungBook
from homeward.ports import LogUnavailable
from homeward.record.envelope import kind_of


class Asked:
    """A log that is away: whoever asks it is found out."""

    async def key_rows(self, *_, **__):
        raise LogUnavailable("tests")


async def answer(book, *args, **kinds):
    try:
        return [row.key_version for row in await book.key_rows(*args, **kinds)]
    except LogUnavailable:
        return "asked"


def kinds(rows):
    return [(row, kind_of(row)) for row in rows]


async def test_a_gap_that_rang_is_answered_from_memory_and_any_other_by_the_log():
    store = await started()
    await append(store, *"abcdef")
    rows = await store.log.rows(-1, 100)
    book = RungBook(Asked())
    book.take(kinds([*rows[1:3], rows[1], rows[4]]))
    assert await answer(book, CASE, 1, 3) == [2, 3]
    assert await answer(book, CASE, 1, 3, kinds={"case.verified/1"}) == []
    assert await answer(book, CASE, 1, 5) == "asked"
    assert await answer(book, CASE, 0, 2) == "asked"
    assert await answer(book, CASE, 1, None) == "asked"
    assert await answer(book, "another", 0, 1) == "asked"


async def test_what_rang_long_ago_is_forgotten():
    store = await started()
    await append(store, *"abcdef")
    book = RungBook(Asked(), kept_max=2)
    book.take(kinds(await store.log.rows(-1, 100)))
    assert await answer(book, CASE, 3, 4) == "asked"
    assert await answer(book, CASE, 4, 6) == [5, 6]
    assert len(book._rows[CASE]) == 2
