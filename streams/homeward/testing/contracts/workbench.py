"""What every `Workbench` keeps: state, position and outputs commit together or not at all."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from homeward.ports import KEEP_WAKE, Chunk, KeyTurn, Leased, Parked, Position, Taken, Wake
from homeward.record.envelope import Entry
from homeward.testing.contracts.chunks import chunk_of
from homeward.testing.contracts.pen import AT, Pen, Ports, appended, log_is_sound


def turn(
    key: str,
    revision: int = 0,
    *entries: Entry,
    wake: Wake | str | None = KEEP_WAKE,
    chunks: tuple[Chunk, ...] = (),
) -> KeyTurn:
    """Return a turn whose state tells its revision."""
    end = entries[-1] if entries else None
    return KeyTurn(
        key=key,
        expected_revision=revision,
        heard=revision + 1,
        state=b"state %d" % revision,
        entries=entries,
        out_version=end.version if end else 0,
        out_chain=end.chain if end else None,
        wake=wake,
        chunks=chunks,
    )


def wake_of(key: str, after_s: int, processor: str = "reach") -> Wake:
    return Wake(processor, key, AT + timedelta(seconds=after_s), asked_by=key)


class WorkbenchContract:
    """State rows, wakes, parked keys."""

    async def test_a_key_never_heard_of_is_at_the_beginning(self, store: Ports) -> None:
        assert await store.workbench.load("reach", ["a", "b"]) == {"a": Position(), "b": Position()}
        assert await store.workbench.load("reach", []) == {}

    async def test_a_turn_commits_state_position_and_outputs(self, store: Ports) -> None:
        pen, bench = Pen(store.log.origin), store.workbench
        case = pen.case(1)
        said = pen.note(case, f"reach-{case}")
        assert await bench.commit_turn("reach", [turn(case, 0, said)]) == frozenset()
        kept = (await bench.load("reach", [case]))[case]
        assert kept == Position(1, 1, b"state 0", 1, said.chain)
        assert (await bench.load("hubs", [case]))[case] == Position()
        assert [row.envelope for row in await store.log.key_rows(case)] == [said.envelope]
        assert await bench.commit_turn("reach", [turn(case, 1)]) == frozenset()
        assert (await bench.load("reach", [case]))[case].revision == 2
        assert await log_is_sound(store.log) == 1

    async def test_who_comes_too_late_writes_nothing_and_holds_nobody_up(
        self, store: Ports
    ) -> None:
        pen, bench = Pen(store.log.origin), store.workbench
        one, two, three = pen.case(1), pen.case(2), pen.case(3)
        await bench.commit_turn("reach", [turn(one)])
        late = [
            turn(one, 0, pen.note(one, f"reach-{one}"), wake=wake_of(one, 1),
                 chunks=(chunk_of(one, 1),)),
            turn(two, 7, pen.note(two, f"reach-{two}")),
            turn(three, 0, pen.note(three, f"reach-{three}")),
        ]  # fmt: skip
        assert await bench.commit_turn("reach", late) == frozenset({one, two})
        kept = await bench.load("reach", [one, two, three])
        assert [kept[key].revision for key in (one, two, three)] == [1, 0, 1]
        assert await store.log.size() == 1
        assert await bench.next_due() is None
        assert await store.ledger.next_open_s() is None
        assert await log_is_sound(store.log) == 1

    async def test_turns_that_heard_each_other_commit_together(self, store: Ports) -> None:
        pen, bench = Pen(store.log.origin), store.workbench
        case = pen.case(1)
        await appended(store.log, pen.note(case))
        one, two = pen.note(case, f"reach-{case}"), pen.note(case, f"callouts-{case}")
        turns = [
            ("reach", turn(case, 0, one)),
            ("callouts", turn(case, 0, two, wake=wake_of(case, 1, "callouts"))),
            ("fanout.0", turn(case, 0, chunks=(chunk_of(case, 1),))),
        ]
        assert not await bench.commit_cascade(turns, [one, two], 3)
        assert await bench.load("reach", [case]) == {case: Position()}
        assert (await store.log.size(), await bench.next_due()) == (1, None)
        assert await bench.commit_cascade(turns, [one, two], 2)
        rows = await store.log.key_rows(case, 1)
        assert [row.envelope for row in rows] == [one.envelope, two.envelope]
        for name, _ in turns:
            assert (await bench.load(name, [case]))[case].revision == 1
        assert await store.ledger.next_open_s() is not None
        assert not await bench.commit_cascade(turns[1:], [], 0)  # moved meanwhile
        assert await log_is_sound(store.log) == 3

    async def test_a_chunk_may_be_leased_by_the_commit_that_makes_it(self, store: Ports) -> None:
        pen, bench, ledger = Pen(store.log.origin), store.workbench, store.ledger
        case = pen.case(1)

        def cut(*chunks: Chunk, revision: int = 0) -> list[tuple[str, KeyTurn]]:
            return [("fanout.0", turn(case, revision, chunks=chunks))]

        one, two, three = (chunk_of(case, number) for number in (1, 2, 3))
        assert await bench.commit_cascade(cut(one, two), [], 0, Taken(one.id, 60))
        assert [leased.chunk.id for leased in await ledger.lease(9, 60, AT)] == [two.id]
        taken = Leased(one, 1, one.recipients)
        assert await ledger.renew(taken, 60)
        assert len(await ledger.ever_leased(case, one.alert)) == 2
        # Known already, or its alert is over: then nothing is written at all.
        assert not await bench.commit_cascade(cut(one, revision=1), [], 0, Taken(one.id, 60))
        await ledger.close(case, three.alert, three.version)
        assert not await bench.commit_cascade(cut(three, revision=1), [], 0, Taken(three.id, 60))
        assert (await bench.load("fanout.0", [case]))[case].revision == 1
        assert await bench.commit_cascade(cut(three, revision=1), [], 0)
        assert not await ledger.renew(taken, 60)

    async def test_of_two_at_once_one_is_refused(self, store: Ports) -> None:
        pen, bench = Pen(store.log.origin), store.workbench
        for revision in range(10):
            keys = [pen.case(number) for number in range(5)]
            left, right = pen.forked(f"left {revision}"), pen.forked(f"right {revision}")
            turns = [
                [turn(key, revision, who.note(key, f"reach-{key}")) for key in order]
                for who, order in ((left, keys), (right, keys[::-1]))
            ]
            refused = await asyncio.gather(*(bench.commit_turn("reach", one) for one in turns))
            assert refused[0] | refused[1] == set(keys)
            assert refused[0] & refused[1] == set()
            for key in keys:
                kept = (await bench.load("reach", [key]))[key]
                assert kept.out_chain is not None
                pen.at(f"reach-{key}", kept.out_version, kept.out_chain)
        assert await log_is_sound(store.log) == 50

    async def test_chunks_known_already_are_skipped(self, store: Ports) -> None:
        bench = store.workbench
        await bench.commit_turn("lane", [turn("a", 0, chunks=(chunk_of("a", 1),))])
        both = (chunk_of("a", 1), chunk_of("a", 2))
        await bench.commit_turn("lane", [turn("a", 1, chunks=both)])
        leased = await store.ledger.lease(9, 60, AT)
        assert [one.chunk for one in leased] == list(both)

    async def test_the_keys_that_a_turn_left_live_are_listed_with_their_revisions(
        self, store: Ports
    ) -> None:
        bench = store.workbench
        assert dict(await bench.live("lane")) == {}
        both = [replace(turn("a"), live=True), replace(turn("b"), live=True), turn("c")]
        await bench.commit_turn("lane", both)
        await bench.commit_turn("reach", [replace(turn("d"), live=True)])
        assert dict(await bench.live("lane")) == {"a": 1, "b": 1}
        await bench.commit_turn("lane", [turn("a", 1), replace(turn("b", 1), live=True)])
        assert dict(await bench.live("lane")) == {"b": 2}
        await bench.commit_turn("lane", [replace(turn("a", 1), live=True)])  # too late
        assert dict(await bench.live("lane")) == {"b": 2}
        assert dict(await bench.live("reach")) == {"d": 1}

    async def test_a_turn_in_which_nothing_was_heard_commits_like_any_other(
        self, store: Ports
    ) -> None:
        bench = store.workbench
        await bench.commit_turn("lane", [turn("a")])
        unheard = replace(turn("a", 1, chunks=(chunk_of("a", 1),)), heard=1)
        assert await bench.commit_turn("lane", [unheard]) == frozenset()
        kept = (await bench.load("lane", ["a"]))["a"]
        assert (kept.heard, kept.revision) == (1, 2)
        assert len(await store.ledger.lease(9, 60, AT)) == 1

    async def test_a_consumer_is_born_where_the_log_ends(self, store: Ports) -> None:
        pen, bench = Pen(store.log.origin), store.workbench
        assert await bench.start("reach") == (0, 0)
        await appended(store.log, pen.note(pen.case(1)), pen.note(pen.case(1)))
        assert await bench.start("reach") == (0, 0)
        assert await bench.start("hubs") == (2, 2)

    async def test_low_never_falls(self, store: Ports) -> None:
        bench = store.workbench
        await bench.start("reach")
        for low in (5, 3):
            await bench.raise_low("reach", low)
            assert await bench.start("reach") == (0, 5)

    async def test_a_parked_key_waits_for_a_hand(self, store: Ports) -> None:
        bench = store.workbench
        parked = Parked("reach", "a", 3, "ValueError at reach.py:1")
        await bench.park(parked)
        await bench.park(replace(parked, key_version=4))
        assert list(await bench.parked()) == [parked]
        kept = await bench.load("reach", ["a", "b"])
        assert (kept["a"].parked, kept["b"].parked) == (True, False)
        assert await bench.unpark("reach", "a")
        assert not await bench.unpark("reach", "a")
        assert list(await bench.parked()) == []

    async def test_wakes_come_earliest_first(self, store: Ports) -> None:
        bench = store.workbench
        wakes = [wake_of(key, after) for key, after in (("a", 30), ("b", 10), ("c", 20))]
        assert await bench.next_due() is None
        await bench.commit_turn("reach", [turn(one.key, wake=one) for one in wakes])
        assert await bench.next_due() == AT + timedelta(seconds=10)
        assert list(await bench.due(AT)) == []
        assert list(await bench.due(AT + timedelta(seconds=20))) == [wakes[1], wakes[2]]
        assert list(await bench.due(AT + timedelta(seconds=99), 1)) == [wakes[1]]

    async def test_a_turn_keeps_replaces_or_drops_the_wake_of_its_key(self, store: Ports) -> None:
        bench = store.workbench

        async def wakes() -> list[Wake]:
            return list(await bench.due(AT + timedelta(days=1)))

        await bench.commit_turn("reach", [turn("a", 0, wake=wake_of("a", 10))])
        await bench.commit_turn("reach", [turn("a", 1)])
        assert await wakes() == [wake_of("a", 10)]
        await bench.commit_turn("reach", [turn("a", 2, wake=wake_of("a", 20))])
        assert await wakes() == [wake_of("a", 20)]
        assert (await bench.load("reach", ["a"]))["a"].wake_at == wake_of("a", 20).due
        await bench.commit_turn("reach", [turn("a", 3, wake=None)])
        assert await wakes() == []
        assert (await bench.load("reach", ["a"]))["a"].wake_at is None

    async def test_a_wake_that_was_said_is_dropped_but_not_its_successor(
        self, store: Ports
    ) -> None:
        bench = store.workbench
        old, new = wake_of("a", 10), wake_of("a", 20)
        await bench.commit_turn("reach", [turn("a", 0, wake=old)])
        await bench.commit_turn("reach", [turn("a", 1, wake=new)])
        await bench.drop_wake(old)
        assert await bench.next_due() == new.due
        await bench.drop_wake(new)
        assert await bench.next_due() is None
        assert (await bench.load("reach", ["a"]))["a"].wake_at == new.due
