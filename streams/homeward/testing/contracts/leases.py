"""What every `Leases` and every `Processes` keeps."""

import asyncio
from collections.abc import Awaitable, Callable

from homeward.ports.leasing import SWEEP, WAKER
from homeward.testing.contracts.pen import Ports

Elapse = Callable[[float], Awaitable[None]]
SetBack = Callable[[float], Awaitable[None]]


class LeasesContract:
    """One holder at a time, by one clock."""

    async def test_a_lease_is_one_holders(self, store: Ports) -> None:
        assert await store.leases.take(SWEEP, "a", 60)
        assert not await store.leases.take(SWEEP, "b", 60)
        assert await store.leases.take(SWEEP, "a", 60)
        assert await store.leases.take(WAKER, "b", 60)
        assert await store.leases.held() == {SWEEP: "a", WAKER: "b"}

    async def test_of_many_who_ask_one_has_it(self, store: Ports) -> None:
        asked = [store.leases.take(SWEEP, f"worker-{n}", 60) for n in range(12)]
        assert sorted(await asyncio.gather(*asked)) == [False] * 11 + [True]

    async def test_a_lease_runs_out_and_another_takes_it(
        self, store: Ports, elapse: Elapse
    ) -> None:
        assert await store.leases.take(SWEEP, "a", 0.3)
        assert not await store.leases.take(SWEEP, "b", 60)
        await elapse(0.35)
        assert await store.leases.held() == {}
        assert await store.leases.take(SWEEP, "b", 60)
        assert not await store.leases.take(SWEEP, "a", 60)
        assert await store.leases.held() == {SWEEP: "b"}

    async def test_a_lease_is_prolonged_by_its_holder(self, store: Ports, elapse: Elapse) -> None:
        assert await store.leases.take(SWEEP, "a", 0.2)
        assert await store.leases.take(SWEEP, "a", 60)
        await elapse(0.25)
        assert not await store.leases.take(SWEEP, "b", 60)

    async def test_a_lease_given_back_is_free_and_only_its_holder_gives_it(
        self, store: Ports
    ) -> None:
        assert await store.leases.take(SWEEP, "a", 60)
        await store.leases.let_go(SWEEP, "b")
        assert await store.leases.held() == {SWEEP: "a"}
        await store.leases.let_go(SWEEP, "a")
        await store.leases.let_go(SWEEP, "a")
        assert await store.leases.take(SWEEP, "b", 60)

    async def test_with_force_it_is_taken_from_its_holder(self, store: Ports) -> None:
        assert await store.leases.take("lane.0", "a", 60)
        assert await store.leases.take("lane.0", "b", 60, force=True)
        assert not await store.leases.take("lane.0", "a", 60)
        assert await store.leases.held() == {"lane.0": "b"}

    async def test_a_clock_set_back_makes_no_lease_longer(
        self, store: Ports, set_back: SetBack
    ) -> None:
        assert await store.leases.take(SWEEP, "dead", 3)
        assert await store.leases.take(WAKER, "lives", 3)
        await set_back(3_600)
        assert await store.leases.held() == {}
        assert await store.leases.take(WAKER, "lives", 3)
        assert await store.leases.take(SWEEP, "b", 3)
        assert await store.leases.held() == {SWEEP: "b", WAKER: "lives"}


class ProcessesContract:
    """Who runs, as far as it was seen."""

    async def test_who_signs_in_is_seen_until_it_signs_out(
        self, store: Ports, elapse: Elapse
    ) -> None:
        await store.processes.sign_in("worker-2", "worker", "host", 2)
        await elapse(0.01)
        await store.processes.sign_in("worker-1", "worker", "host", 1)
        await store.processes.sign_in("api-3", "api", "host", 3)
        found = await store.processes.signed_in()
        assert [one.id for one in found] == ["api-3", "worker-2", "worker-1"]
        assert (found[0].role, found[0].host, found[0].pid) == ("api", "host", 3)
        await store.processes.sign_out("api-3")
        await store.processes.sign_out("api-3")
        assert [one.pid for one in await store.processes.signed_in()] == [2, 1]
        assert not await store.processes.seen("api-3")

    async def test_who_died_without_a_word_is_seen_no_more(
        self, store: Ports, elapse: Elapse
    ) -> None:
        await store.processes.sign_in("dead", "worker", "host", 1)
        await store.processes.sign_in("lives", "worker", "host", 2)
        first = {one.id: one for one in await store.processes.signed_in(60)}
        await elapse(0.3)
        assert await store.processes.seen("lives")
        [one] = await store.processes.signed_in(0.25)
        assert one.id == "lives"
        assert one.started_at == first["lives"].started_at
        assert one.seen_at > first["lives"].seen_at
        assert len(await store.processes.signed_in(60)) == 2

    async def test_who_was_seen_before_the_clock_was_set_back_is_not_counted(
        self, store: Ports, set_back: SetBack
    ) -> None:
        await store.processes.sign_in("dead", "worker", "host", 1)
        await set_back(3_600)
        assert await store.processes.signed_in() == []
        await store.processes.sign_in("lives", "worker", "host", 2)
        assert [one.id for one in await store.processes.signed_in()] == ["lives"]
