"""What every `Log` keeps: who wins, who is known, that nothing is lost."""

import asyncio

from homeward.ports import Appended, Conflict, Known
from homeward.testing.contracts.pen import (
    Pen,
    Ports,
    appended,
    kinds_of,
    log_is_sound,
    unit,
)


class LogContract:
    """Appending."""

    async def test_a_new_log_is_empty(self, store: Ports) -> None:
        assert await store.log.size() == 0
        assert await store.log.rows(-1, 10) == []
        assert await store.log.append([]) == []

    async def test_what_is_appended_is_there_as_it_was_said(self, store: Ports) -> None:
        pen = Pen(store.log.origin)
        entries = [pen.note(pen.case(1)), pen.note(pen.case(1)), pen.loaded()]
        outcome = await appended(store.log, *entries)
        assert [row.log_index for row in outcome.rows] == [0, 1, 2]
        assert [row.key_version for row in outcome.rows] == [1, 2, 1]
        assert [row.key for row in outcome.rows] == [pen.case(1), pen.case(1), "roster-files"]
        assert [row.envelope for row in outcome.rows] == [one.envelope for one in entries]
        assert await store.log.rows(-1, 2) == list(outcome.rows)
        assert await log_is_sound(store.log) == 3

    async def test_streams_of_a_case_share_its_key(self, store: Ports) -> None:
        pen = Pen(store.log.origin)
        case = pen.case(1)
        await appended(store.log, pen.note(case), pen.note(case, f"clock-{case}"))
        outcome = await appended(store.log, pen.note(case, f"hubs-{case}"))
        assert [row.key_version for row in outcome.rows] == [3]

    async def test_who_does_not_continue_its_stream_loses_and_leaves_no_hole(
        self, store: Ports
    ) -> None:
        pen = Pen(store.log.origin)
        await appended(store.log, pen.note(pen.case(1)))
        late = Pen(store.log.origin, "late").note(pen.case(1))
        units = [unit(pen.note(pen.case(2))), unit(late), unit(pen.note(pen.case(3)))]
        outcomes = await store.log.append(units)
        assert kinds_of(outcomes) == ["Appended", "Conflict", "Appended"]
        assert outcomes[1] == Conflict(f"case-{pen.case(1)}")
        assert await store.log.by_id(late.id) is None
        assert await store.log.ciphertexts([late.id]) == {}
        assert await log_is_sound(store.log) == 3

    async def test_a_stream_cannot_be_written_ahead_of_its_end(self, store: Ports) -> None:
        pen = Pen(store.log.origin)
        pen.note(pen.case(1))
        outcomes = await store.log.append([unit(pen.note(pen.case(1)))])
        assert outcomes == [Conflict(f"case-{pen.case(1)}")]

    async def test_who_follows_a_loser_in_its_stream_loses_too(self, store: Ports) -> None:
        pen = Pen(store.log.origin)
        await appended(store.log, pen.note(pen.case(1)))
        late = Pen(store.log.origin, "late").note(pen.case(1))
        outcomes = await store.log.append([unit(late), unit(pen.note(pen.case(1)))])
        assert kinds_of(outcomes) == ["Conflict", "Conflict"]
        assert await log_is_sound(store.log) == 1

    async def test_a_unit_loses_whole(self, store: Ports) -> None:
        pen = Pen(store.log.origin)
        await appended(store.log, pen.note(pen.case(1)))
        late = Pen(store.log.origin, "late")
        whole = unit(
            late.note(late.case(2)), late.order(late.case(2), b"[]"), late.note(pen.case(1))
        )
        assert kinds_of(await store.log.append([whole])) == ["Conflict"]
        assert await store.log.stream_rows(f"case-{pen.case(2)}") == []
        assert await log_is_sound(store.log) == 1

    async def test_units_of_one_call_follow_one_another(self, store: Ports) -> None:
        pen = Pen(store.log.origin)
        outcomes = await store.log.append([unit(pen.note(pen.case(1))) for _ in range(3)])
        assert kinds_of(outcomes) == ["Appended"] * 3
        assert await log_is_sound(store.log) == 3

    async def test_a_known_first_id_is_known_whatever_else_is_wrong(self, store: Ports) -> None:
        pen = Pen(store.log.origin)
        entry = pen.note(pen.case(1))
        await appended(store.log, entry)
        await appended(store.log, pen.note(pen.case(1)))
        assert await store.log.append([unit(entry)]) == [Known(None, None)]
        assert await log_is_sound(store.log) == 2

    async def test_a_known_key_gives_what_was_kept(self, store: Ports) -> None:
        pen = Pen(store.log.origin)
        first = unit(pen.note(pen.case(1)), answer=("key-1", '{"case":1}'))
        assert kinds_of(await store.log.append([first])) == ["Appended"]
        assert first.idempotency is not None
        kept = Known(first.idempotency.request_hash, '{"case":1}')
        again = unit(pen.note(pen.case(2)), answer=("key-1", '{"case":2}'))
        assert await store.log.append([again]) == [kept]
        assert await store.log.answered("key-1") == kept
        assert await store.log.answered("key-2") is None
        assert await store.log.append([unit(first.entries[0])]) == [kept]

    async def test_within_one_call_the_second_with_the_key_is_known(self, store: Ports) -> None:
        pen = Pen(store.log.origin)
        one = unit(pen.note(pen.case(1)), answer=("key-1", "1"))
        two = unit(Pen(store.log.origin, "b").note(pen.case(2)), answer=("key-1", "2"))
        outcomes = await store.log.append([one, two, unit(one.entries[0])])
        assert kinds_of(outcomes) == ["Appended", "Known", "Known"]
        assert await log_is_sound(store.log) == 1

    async def test_a_unit_without_entries_binds_its_key(self, store: Ports) -> None:
        nothing = unit(answer=("key-1", "true already"))
        assert await store.log.append([nothing]) == [Appended(())]
        assert nothing.idempotency is not None
        kept = Known(nothing.idempotency.request_hash, "true already")
        pen = Pen(store.log.origin)
        later = unit(pen.note(pen.case(1)), answer=("key-1", "other"))
        assert await store.log.append([nothing, later]) == [kept, kept]
        assert await store.log.answered("key-1") == kept
        assert await store.log.size() == 0

    async def test_a_loser_leaves_no_answer_behind(self, store: Ports) -> None:
        pen = Pen(store.log.origin)
        pen.note(pen.case(1))
        early = unit(pen.note(pen.case(1)), answer=("key-1", "1"))
        right = unit(Pen(store.log.origin, "b").note(pen.case(1)), answer=("key-1", "2"))
        assert kinds_of(await store.log.append([early])) == ["Conflict"]
        assert await store.log.answered("key-1") is None
        assert kinds_of(await store.log.append([right])) == ["Appended"]

    async def test_writers_at_the_same_time_leave_no_hole(self, store: Ports) -> None:
        async def writer(number: int) -> None:
            pen = Pen(store.log.origin, f"writer {number}")
            for _ in range(20):
                await appended(store.log, pen.note(pen.case(number)), pen.note(pen.case(number)))

        await asyncio.gather(*(writer(number) for number in range(8)))
        assert await log_is_sound(store.log) == 320

    async def test_one_stream_and_many_writers_each_wins_in_the_end(self, store: Ports) -> None:
        async def writer(number: int) -> int:
            pen = Pen(store.log.origin, f"writer {number}")
            for lost in range(1_000):
                stream = f"case-{pen.case(1)}"
                pen.at(stream, *await store.log.stream_head(stream))
                (outcome,) = await store.log.append([unit(pen.note(pen.case(1)))])
                if isinstance(outcome, Appended):
                    return lost
            raise AssertionError("nobody loses a thousand times")

        await asyncio.gather(*(writer(number) for number in range(10)))
        assert await log_is_sound(store.log) == 10

    async def test_feed_tells_that_the_log_has_grown(self, store: Ports) -> None:
        pen = Pen(store.log.origin)
        assert not await store.feed.beyond(0, 0.05)
        waiting = asyncio.create_task(store.feed.beyond(0, 5))
        await asyncio.sleep(0.05)
        await appended(store.log, pen.note(pen.case(1)))
        assert await waiting
        assert await store.feed.beyond(0, 5)
        assert not await store.feed.beyond(1, 0.05)
