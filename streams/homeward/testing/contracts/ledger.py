"""What every `Ledger` keeps: nobody missed, nobody in two hands, nobody after the end."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from pyroaring import BitMap

from homeward.ports import Chunk, Leased, Settled
from homeward.testing.contracts.chunks import chunk_of, members, put, retry_of
from homeward.testing.contracts.pen import AT, Pen, Ports, log_is_sound
from homeward.words import Purpose

Elapse = Callable[[float], Awaitable[None]]
SetBack = Callable[[float], Awaitable[None]]
FIGURES = ("people", "leased", "accepted", "failed", "expired", "withdrawn", "unknown", "pending")


def outcome(
    accepted: tuple[int, ...] = (),
    failed: tuple[int, ...] = (),
    expired: tuple[int, ...] = (),
    retried: tuple[int, ...] = (),
    **more: tuple[object, ...],
) -> Settled:
    """Return what became of some people."""
    bitmaps = [BitMap(one).serialize() for one in (accepted, failed, expired, retried)]
    return Settled(*bitmaps, **more)  # type: ignore[arg-type]


class LedgerContract:
    """Leases, outcomes, closing."""

    async def _one(self, store: Ports, lease_s: float = 60) -> Leased:
        (leased,) = await store.ledger.lease(1, lease_s, AT)
        return leased

    async def test_what_is_over_goes_first_then_hubs_then_the_nearest(self, store: Ports) -> None:
        near, far = chunk_of("a", 1), chunk_of("a", 2)
        hub = chunk_of("a", 7, purpose=Purpose.WATCH)
        over = chunk_of("a", 9, purpose=Purpose.CANCEL)
        await put(store, far, near, hub, over)
        leased = await store.ledger.lease(3, 60, AT)
        assert [one.chunk for one in leased] == [over, hub, near]
        assert [one.chunk for one in await store.ledger.lease(3, 60, AT)] == [far]
        assert await store.ledger.lease(3, 60, AT) == []

    async def test_a_hand_takes_as_many_people_as_it_has_room_for(self, store: Ports) -> None:
        await put(store, *(chunk_of("a", seq) for seq in range(1, 7)))  # ten people each

        async def seqs(people: int) -> list[int]:
            return [one.chunk.seq for one in await store.ledger.lease(9, 60, AT, people=people)]

        assert await seqs(0) == []
        assert await seqs(1) == [1]
        assert await seqs(20) == [2, 3]
        assert await seqs(21) == [4, 5, 6]

    async def test_what_is_over_can_be_asked_for_alone(self, store: Ports) -> None:
        over = chunk_of("a", 9, purpose=Purpose.CLOSE_OUT)
        watch = chunk_of("a", 2, purpose=Purpose.WATCH)
        await put(store, chunk_of("a", 1), watch, over)
        found = await store.ledger.lease(9, 60, AT, urgent=True)
        assert [one.chunk for one in found] == [over]
        assert await store.ledger.lease(9, 60, AT, urgent=True) == []
        trouble = await store.ledger.trouble()
        assert 0 <= trouble["urgent_s"] <= trouble["oldest_s"]

    async def test_a_thousand_people_in_one_row_are_settled_slice_by_slice(
        self, store: Ports, elapse: Elapse
    ) -> None:
        people = tuple(shard << 26 | n for shard in range(64) for n in range(16))[:1_000]
        await put(store, chunk_of("a", 1, *people))
        first = await self._one(store, 0.2)
        for start in range(0, 900, 100):
            some = people[start : start + 100]
            said = outcome(some[3:], some[:1], some[1:2], some[2:3])
            assert await store.ledger.settle(first, said, done=False)
        await elapse(0.25)
        second = await self._one(store)
        assert members(second.recipients) == list(people[900:])
        assert second.earlier is not None
        assert members(second.earlier.retried) == list(people[2:900:100])
        assert len(members(second.earlier.accepted)) == 9 * 97
        assert await store.ledger.settle(second, outcome(people[900:]), done=True)
        figures = (await store.ledger.counts("a"))["alert", 1, 1]
        assert [figures[name] for name in FIGURES] == [1000, 1000, 973, 9, 9, 0, 0, 0]

    async def test_a_chunk_is_in_one_hand(self, store: Ports) -> None:
        await put(store, *(chunk_of("a", seq) for seq in range(1, 41)))
        hands = await asyncio.gather(*(store.ledger.lease(7, 60, AT) for _ in range(8)))
        held = [one.chunk.seq for hand in hands for one in hand]
        while more := await store.ledger.lease(7, 60, AT):  # skipped while others held them
            held += [one.chunk.seq for one in more]
        assert sorted(held) == list(range(1, 41))

    async def test_who_lost_the_lease_writes_nothing(self, store: Ports, elapse: Elapse) -> None:
        await put(store, chunk_of("a", 1, 1, 2, 3))
        slow = await self._one(store, 0.2)
        assert await store.ledger.lease(1, 60, AT) == []
        await elapse(0.25)
        fast = await self._one(store)
        assert fast.lease > slow.lease
        pen = Pen(store.log.origin)
        said = (pen.note(pen.case(1), "handover-1"),)
        late = outcome((1, 2, 3), entries=said)
        assert not await store.ledger.settle(slow, late, done=True)
        assert not await store.ledger.renew(slow, 60)
        assert await store.log.size() == 0
        assert await store.ledger.settle(fast, outcome((1, 2, 3), entries=said), done=True)
        assert await log_is_sound(store.log) == 1

    async def test_a_lease_can_be_prolonged(self, store: Ports, elapse: Elapse) -> None:
        await put(store, chunk_of("a", 1))
        leased = await self._one(store, 0.2)
        assert await store.ledger.renew(leased, 60)
        await elapse(0.25)
        assert await store.ledger.lease(1, 60, AT) == []

    async def test_outcomes_add_up_and_the_next_hand_gets_the_rest(
        self, store: Ports, elapse: Elapse
    ) -> None:
        await put(store, chunk_of("a", 1, 1, 2, 3, 4, 5))
        first = await self._one(store, 0.2)
        assert members(first.recipients) == [1, 2, 3, 4, 5]
        assert await store.ledger.settle(first, outcome((1,)), done=False)
        assert await store.ledger.settle(first, outcome((2,), (3,)), done=False)
        await elapse(0.25)
        second = await self._one(store)
        assert second.chunk == first.chunk
        assert members(second.recipients) == [4, 5]
        known = second.earlier
        assert known is not None
        assert (members(known.accepted), members(known.failed)) == ([1, 2], [3])
        assert await store.ledger.settle(second, outcome((4,), (), (5,)), done=True)
        assert not await store.ledger.settle(second, outcome((4,)), done=True)
        assert await store.ledger.next_open_s() is None
        figures = (await store.ledger.counts("a"))["alert", 1, 1]
        assert [figures[name] for name in FIGURES] == [5, 5, 3, 1, 1, 0, 0, 0]

    async def test_a_retry_takes_over_and_waits(self, store: Ports, elapse: Elapse) -> None:
        chunk = chunk_of("a", 1, 1, 2, 3)
        await put(store, chunk)
        retry = retry_of(chunk, 2, 3, delay_s=0.3)
        leased = await self._one(store)
        said = outcome((1,), retried=(2, 3), retries=(retry,))
        assert await store.ledger.settle(leased, said, done=True)
        assert await store.ledger.lease(1, 60, AT) == []
        wait_s = await store.ledger.next_open_s()
        assert wait_s is not None
        assert 0 < wait_s <= 0.3
        await elapse(0.35)
        assert await store.ledger.next_open_s() == 0
        again = await self._one(store)
        assert (again.chunk, members(again.recipients)) == (retry, [2, 3])
        figures = (await store.ledger.counts("a"))["alert", 1, 1]
        assert [figures[name] for name in FIGURES] == [3, 3, 1, 0, 0, 0, 0, 2]

    async def test_a_clock_set_back_makes_nobody_wait_longer_than_was_asked_for(
        self, store: Ports, set_back: SetBack
    ) -> None:
        await put(store, *(chunk_of("a", seq) for seq in (1, 2)))
        dead, lives = await store.ledger.lease(2, 60, AT)
        await put(store, replace(chunk_of("a", 3), delay_s=900))
        assert 0 < (await store.ledger.next_open_s() or 0) <= 60
        await set_back(1_200)
        assert await store.ledger.next_open_s() == 0
        assert await store.ledger.renew(lives, 60)
        again, delayed = await store.ledger.lease(9, 60, AT)
        assert (again.chunk, delayed.chunk.seq) == (dead.chunk, 3)
        assert not await store.ledger.renew(dead, 60)
        everybody = tuple(members(lives.recipients))
        assert await store.ledger.settle(lives, outcome(everybody), done=True)
        assert 0 < (await store.ledger.next_open_s() or 0) <= 60
        assert await store.ledger.lease(9, 60, AT) == []

    async def test_a_clock_set_forward_only_ends_leases(
        self, store: Ports, set_back: SetBack
    ) -> None:
        await put(store, *(chunk_of("a", seq) for seq in (1, 2)))
        dead, lives = await store.ledger.lease(2, 60, AT)
        await set_back(-3_600)
        assert await store.ledger.next_open_s() == 0
        assert await store.ledger.renew(lives, 60)
        assert [one.chunk for one in await store.ledger.lease(9, 60, AT)] == [dead.chunk]
        assert await store.ledger.renew(lives, 60)

    async def test_after_a_close_only_what_ends_it_is_leased(
        self, store: Ports, elapse: Elapse
    ) -> None:
        await put(store, chunk_of("a", 1, 1, 2), chunk_of("a", 2, 3), chunk_of("a", 3, 4, alert=2))
        leased = await self._one(store, 0.2)
        await store.ledger.close("a", 1, 1)
        await store.ledger.close("a", 1, 1)
        assert not await store.ledger.renew(leased, 60), "nothing more is sent of a closed alert"
        assert await store.ledger.settle(leased, outcome((1,)), done=False)
        await put(store, chunk_of("a", 4, 5), chunk_of("a", 5, 1, 2, purpose=Purpose.CANCEL))
        await elapse(0.25)
        seqs = [one.chunk.seq for one in await store.ledger.lease(9, 60, AT)]
        assert seqs == [5, 3]
        assert [members(one) for _, one in await store.ledger.ever_leased("a", 1)] == [[1, 2]]
        figures = (await store.ledger.counts("a"))["alert", 1, 1]
        assert (figures["leased"], figures["accepted"]) == (3, 1)
        trouble = await store.ledger.trouble()
        assert (trouble["open_chunks"], trouble["open_people"]) == (2, 3)

    async def test_a_close_stops_who_holds_a_chunk_at_the_next_sign_of_life(
        self, store: Ports
    ) -> None:
        await put(store, chunk_of("a", 1, 1, 2), chunk_of("a", 2, 3, purpose=Purpose.CANCEL))
        cancel, alert = await store.ledger.lease(2, 60, AT)
        assert await store.ledger.renew(alert, 60)
        await store.ledger.close("a", 1, 1)
        assert not await store.ledger.renew(alert, 60)
        assert await store.ledger.renew(cancel, 60)
        assert await store.ledger.settle(alert, outcome((1,), (), (2,)), done=True)

    async def test_what_was_never_leased_is_withdrawn(self, store: Ports) -> None:
        await put(store, chunk_of("a", 1, 1, 2), chunk_of("a", 2, 3))
        await self._one(store)
        await store.ledger.close("a", 1, 1)
        figures = (await store.ledger.counts("a"))["alert", 1, 1]
        assert [figures[name] for name in FIGURES] == [3, 2, 0, 0, 0, 1, 2, 0]
        assert await store.ledger.next_open_s() is None

    async def test_whoever_is_leased_while_it_closes_is_told_that_it_is_over(
        self, store: Ports
    ) -> None:
        for alert in range(1, 11):
            await put(store, *(chunk_of("a", seq, seq, alert=alert) for seq in range(1, 9)))

            async def close(alert: int = alert) -> list[int]:
                await store.ledger.close("a", alert, 1)
                return members(*(raw for _, raw in await store.ledger.ever_leased("a", alert)))

            hands = asyncio.gather(*(store.ledger.lease(2, 60, AT) for _ in range(3)))
            told = await close()
            held = {one.chunk.seq for hand in await hands for one in hand}
            assert held <= set(told)
            assert await store.ledger.lease(9, 60, AT) == []

    async def test_a_version_after_the_one_that_ended_goes_out(self, store: Ports) -> None:
        old, new = chunk_of("a", 1, 1, 2), replace(chunk_of("a", 2, 1, 2), version=2)
        desk = replace(chunk_of("a", 3, 9, purpose=Purpose.CLOCK, alert=0), version=0)
        late = replace(chunk_of("a", 4, 3, purpose=Purpose.WATCH), watch="w")
        await store.ledger.close("a", 1, 1)
        await put(store, old, new, desk, late)
        await store.ledger.close("a", 1, 1)  # said again, by a lane that is late
        assert [one.chunk for one in await store.ledger.lease(9, 60, AT)] == [desk, new]
        await store.ledger.close("a", 1, 2)
        await store.ledger.close("a", 1, 1)
        await put(store, replace(new, id=late.order))
        assert await store.ledger.lease(9, 60, AT) == []
        told = await store.ledger.ever_leased("a", 1)
        assert [members(one) for _, one in told] == [[1, 2]]

    async def test_what_was_extended_may_leave_for_longer(self, store: Ports) -> None:
        until, longer, longest = (AT + timedelta(hours=hours) for hours in (1, 2, 3))
        alert = replace(chunk_of("a", 1, 1, 2), expires_at=until)
        watch = replace(chunk_of("a", 2, 3, purpose=Purpose.WATCH), expires_at=until)
        other = replace(chunk_of("a", 3, 4), version=2, expires_at=until)
        ever = chunk_of("a", 4, 5)
        await put(store, alert, watch, other, ever)
        [held] = await store.ledger.lease(1, 60, AT)
        for moment in (longest, longer):  # the second is late, and takes nothing back
            await store.ledger.extend("a", 1, 1, moment)
        assert await store.ledger.expiry(held) == longest
        await put(store, replace(retry_of(alert, 2), expires_at=until))
        found = {one.chunk.id: one.chunk for one in await store.ledger.lease(9, 60, AT)}
        again = found[retry_of(alert, 2).id]
        ends = [found[one.id].expires_at for one in (alert, other, ever)]
        assert [again.expires_at, *ends] == [longest, longest, until, None]

    async def test_a_newer_version_replaces_what_has_not_left(self, store: Ports) -> None:
        watch = chunk_of("a", 3, 4, purpose=Purpose.WATCH)
        await put(store, chunk_of("a", 1, 1, 2), chunk_of("a", 2, 3), watch)
        held, first = await store.ledger.lease(2, 60, AT)
        assert {held.chunk.seq, first.chunk.seq} == {3, 1}
        old = first if first.chunk.seq == 1 else held
        for version in (2, 2, 1):
            await store.ledger.supersede("a", 1, version)
        assert not await store.ledger.renew(old, 60), "nothing more of it is sent"
        rest = retry_of(old.chunk, 2)
        settled = replace(outcome((1,), (), (2,)), retries=(rest,))
        assert await store.ledger.settle(old, settled, done=True)
        await put(store, replace(chunk_of("a", 9, 1, 2, 3), version=2))
        left = await store.ledger.lease(9, 60, AT)
        assert [(one.chunk.seq, one.chunk.version) for one in left] == [(9, 2)]
        figures = (await store.ledger.counts("a"))["alert", 1, 1]
        assert (figures["accepted"], figures["withdrawn"], figures["pending"]) == (1, 2, 0)

    async def test_a_moved_window_replaces_what_has_not_left(self, store: Ports) -> None:
        def order(seq: int, moved: int, watch: str = "w") -> Chunk:
            one = chunk_of("a", seq, 1, purpose=Purpose.WATCH)
            return replace(one, watch=watch, wave=moved)

        await put(store, order(1, 0), order(2, 0), order(3, 0, "other"), chunk_of("a", 4, 2))
        old = await self._one(store)
        for moved in (1, 1, 0):
            await store.ledger.supersede_watch("a", 1, "w", moved)
        assert not await store.ledger.renew(old, 60), "nothing more of it is sent"
        settled = replace(outcome((), (), (), (1,)), retries=(retry_of(old.chunk, 1),))
        assert await store.ledger.settle(old, settled, done=True)
        await put(store, order(5, 0), order(6, 1))
        left = await store.ledger.lease(9, 60, AT)
        assert [one.chunk.seq for one in left] == [3, 6, 4]
        assert [one.chunk.moved for one in left] == [0, 1, 0]
        figures = (await store.ledger.counts("a"))["watch", 1, 0]
        assert (figures["withdrawn"], figures["pending"]) == (3, 1)

    async def test_of_those_told_only_what_told_them_counts(self, store: Ports) -> None:
        watch = replace(chunk_of("a", 1, 7, purpose=Purpose.WATCH), contact=1)
        await put(store, watch, chunk_of("a", 2, 8, purpose=Purpose.STAND_DOWN))
        assert await store.ledger.ever_leased("a", 1) == []
        await store.ledger.lease(9, 60, AT)
        assert [(which, members(one)) for which, one in await store.ledger.ever_leased("a", 1)] == [
            (1, [7])
        ]

    async def test_who_knows_some_of_those_told_reads_only_the_others(self, store: Ports) -> None:
        await put(store, chunk_of("a", 1, 7), chunk_of("a", 2, 8), chunk_of("a", 3, 9, alert=2))
        await self._one(store)
        [(place, raw)] = await store.ledger.leased_beyond("a", 1, ())
        assert members(raw) == [7]
        assert await store.ledger.leased_beyond("a", 1, {place}) == []
        await store.ledger.lease(9, 60, AT)
        [(other, raw)] = await store.ledger.leased_beyond("a", 1, {place})
        assert (members(raw), other != place) == ([8], True)

    async def test_a_summary_that_does_not_fit_its_stream_writes_nothing(
        self, store: Ports
    ) -> None:
        pen = Pen(store.log.origin)
        await put(store, chunk_of("a", 1, 1, 2))
        leased = await self._one(store)
        pen.note(pen.case(1), "handover-1")
        ahead = outcome((1, 2), entries=(pen.note(pen.case(1), "handover-1"),))
        assert not await store.ledger.settle(leased, ahead, done=True)
        assert (await store.ledger.counts("a"))["alert", 1, 1]["accepted"] == 0

    async def test_figures_of_nothing(self, store: Ports) -> None:
        assert await store.ledger.counts("a") == {}
        assert await store.ledger.next_open_s() is None
        names = ("open_chunks", "open_people", "oldest_s", "urgent_s", "hubs_s", "people_s")
        assert await store.ledger.trouble() == dict.fromkeys(names, 0)

    async def test_each_queue_has_an_age_of_its_own(self, store: Ports, elapse: Elapse) -> None:
        await put(store, chunk_of("a", 1, purpose=Purpose.WATCH))
        await elapse(0.1)
        await put(store, chunk_of("a", 2))
        trouble = await store.ledger.trouble()
        assert min(trouble["oldest_s"], trouble["hubs_s"]) > trouble["people_s"]
        assert trouble["urgent_s"] == 0

    async def test_who_waits_is_woken_by_new_chunks(self, store: Ports) -> None:
        await store.ledger.wait(0.05)
        loop = asyncio.get_running_loop()
        began = loop.time()
        waiting = asyncio.create_task(store.ledger.wait(20))
        await asyncio.sleep(0.05)
        await put(store, chunk_of("a", 1))
        await waiting
        assert loop.time() - began < 10
