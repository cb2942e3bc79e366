"""What every `Log` finds again."""

import hashlib

from homeward.record.chain import chain_start
from homeward.testing.contracts.pen import Pen, Ports, appended, kinds_of, unit


class LogFindingContract:
    """Reading."""

    async def test_rows_are_read_between_two_places(self, store: Ports) -> None:
        pen = Pen(store.log.origin)
        await appended(store.log, *(pen.note(pen.case(one % 2)) for one in range(6)))
        found = await store.log.rows(1, 4)
        assert [row.log_index for row in found] == [2, 3, 4]
        assert [row.log_index for row in await store.log.rows(-1, 10**12, limit=2)] == [0, 1]

    async def test_rows_are_read_by_kind(self, store: Ports) -> None:
        pen = Pen(store.log.origin)
        case = pen.case(1)
        await appended(store.log, pen.note(case), pen.order(case, b"[1]"), pen.note(case))
        of_kind = {"callouts.ordered/1"}
        assert [row.log_index for row in await store.log.rows(-1, 9, kinds=of_kind)] == [1]
        assert [row.log_index for row in await store.log.key_rows(case, kinds=of_kind)] == [1]
        assert await store.log.rows(-1, 9, kinds=set()) == []
        newest = await store.log.newest("case.withdrawn/1")
        assert [row.log_index for row in newest] == [2, 0]
        older = await store.log.newest("case.withdrawn/1", before=2, limit=5)
        assert [row.log_index for row in older] == [0]

    async def test_rows_are_read_by_their_places(self, store: Ports) -> None:
        pen = Pen(store.log.origin)
        await appended(store.log, *(pen.note(pen.case(one % 2)) for one in range(6)))
        rows = await store.log.rows(-1, 9)
        assert await store.log.at([4, 1, 4, 10**12]) == [rows[1], rows[4]]
        assert await store.log.at([]) == []

    async def test_a_key_is_read_between_two_versions(self, store: Ports) -> None:
        pen = Pen(store.log.origin)
        await appended(store.log, *(pen.note(pen.case(one % 2)) for one in range(8)))
        rows = await store.log.key_rows(pen.case(1), 1, 3)
        assert [row.key_version for row in rows] == [2, 3]
        assert [row.log_index for row in rows] == [3, 5]
        assert len(await store.log.key_rows(pen.case(1))) == 4
        assert await store.log.key_rows(pen.case(9)) == []

    async def test_a_stream_and_its_end(self, store: Ports) -> None:
        pen = Pen(store.log.origin)
        stream = f"case-{pen.case(1)}"
        assert await store.log.stream_head(stream) == (0, chain_start(store.log.origin, stream))
        entries = [pen.note(pen.case(1)), pen.note(pen.case(1))]
        await appended(store.log, *entries)
        assert await store.log.stream_head(stream) == (2, entries[-1].chain)
        rows = await store.log.stream_rows(stream)
        assert [row.envelope for row in rows] == [one.envelope for one in entries]

    async def test_a_fact_is_found_by_its_id(self, store: Ports) -> None:
        pen = Pen(store.log.origin)
        entry = pen.note(pen.case(1))
        outcome = await appended(store.log, entry)
        assert await store.log.by_id(entry.id) == outcome.rows[0]
        assert await store.log.by_id(pen.case(7)) is None
        assert await store.log.by_id("no id at all") is None

    async def test_a_case_is_found_by_how_its_id_begins(self, store: Ports) -> None:
        pen = Pen(store.log.origin)
        one, two = pen.case(1), pen.case(2)
        await appended(store.log, pen.note(one), pen.note(two), pen.note(one), pen.loaded())
        assert await store.log.case_with_prefix(one[:11]) == one
        assert await store.log.case_with_prefix(two) == two
        assert await store.log.case_with_prefix("") is None
        assert await store.log.case_with_prefix("roster") is None
        assert await store.log.case_with_prefix(pen.case(3)[:11]) is None

    async def test_ciphertexts_and_blobs_are_kept_with_their_facts(self, store: Ports) -> None:
        pen = Pen(store.log.origin)
        case = pen.case(1)
        note, order, again = pen.note(case), pen.order(case, b"[1]"), pen.order(case, b"[1]")
        await appended(store.log, note, order, again)
        found = await store.log.ciphertexts([note.id, order.id, pen.case(9)])
        assert found == {(note.id, "note"): note.sealed[0].ciphertext}
        digest = hashlib.sha256(b"[1]").hexdigest()
        assert await store.log.blobs([digest, "0" * 64]) == {digest: b"[1]"}
        assert await store.log.blobs([]) == {}

    async def test_many_units_of_many_kinds_in_one_call(self, store: Ports) -> None:
        pen = Pen(store.log.origin)
        units = [
            unit(pen.note(pen.case(n)), pen.order(pen.case(n), b"[%d]" % (n % 7)))
            for n in range(150)
        ]
        outcomes = await store.log.append([*units[:100], units[3], *units[100:]])
        assert kinds_of(outcomes).count("Appended") == 150
        assert kinds_of(outcomes)[100] == "Known"
        assert await store.log.size() == 300
