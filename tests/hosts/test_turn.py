"""What `hear`, `turn` and the sweep promise, on the memory bench."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from homeward.facts.case import CaseTakenUp, CaseVerified
from homeward.facts.clock import WakeDue
from homeward.hosts.consumer import Reacted
from homeward.hosts.pen import NOTHING_SEALED, Pen
from homeward.hosts.sweep import Sweeper
from homeward.hosts.turn import Bench, hear
from homeward.hosts.waker import Waker
from homeward.messages import Actor, Recorded
from homeward.ports import Appended, Unit
from homeward.record.envelope import Origin, StreamHead, write
from homeward.testing.memory import MemoryStore
from homeward.words import Role, derived_id

AT = datetime(2026, 5, 1, 3, 30, tzinfo=UTC)
CASE = derived_id("tests", "case")
OFFICER = Actor(id="officer-1", role=Role.OFFICER)


@dataclass
class Echo:
    """Says one `CaseVerified` for every `CaseTakenUp`, and counts in its state."""

    name: str = "echo"
    hears: frozenset[str] = frozenset({"case.taken-up/1", "clock.wake-due/1"})
    fail_at: int = 0
    wake_in_s: int = 0
    heard: list[int] = field(default_factory=list)

    def afresh(self, _):
        return self

    def counted(self):
        return ()

    def stream(self, key: str) -> str:
        return f"echo-{key}"

    def begin(self) -> int:
        return 0

    def load(self, raw: bytes) -> int:
        return int(raw)

    def dump(self, state: int) -> bytes:
        return str(state).encode()

    async def react(self, state: int, heard: Recorded) -> Reacted:
        if heard.key_version == self.fail_at:
            msg = "a name that must not be kept"
            raise ValueError(msg)
        self.heard.append(heard.key_version)
        if isinstance(heard.fact, WakeDue):
            return Reacted(state)
        said = CaseVerified(case=CASE, at=heard.at, unit=f"after {state}")
        wake_at = AT + timedelta(seconds=self.wake_in_s) if self.wake_in_s else None
        return Reacted(state + 1, (said,), wake_at)


async def started() -> MemoryStore:
    """Return a world in which the consumer started before the first fact."""
    store = MemoryStore()
    await store.workbench.start("echo")
    return store


async def append(store: MemoryStore, *units: str) -> None:
    for unit in units:
        version, chain = await store.log.stream_head(f"case-{CASE}")
        entry = write(
            CaseTakenUp(case=CASE, at=AT, unit=unit),
            fact_id=derived_id(store.log.origin, CASE, version),
            log=store.log.origin,
            head=StreamHead(f"case-{CASE}", version, chain),
            origin=Origin(by=OFFICER),
            recorded=AT,
            sealer=NOTHING_SEALED,
        )
        [outcome] = await store.log.append([Unit((entry,))])
        assert isinstance(outcome, Appended)


def bench_of(store: MemoryStore) -> Bench:
    return Bench(store.log, store.workbench, Pen(store.log.origin, store.clock.real))


async def echoes(store: MemoryStore) -> list[str]:
    rows = await store.log.stream_rows(f"echo-{CASE}")
    return [row.envelope.decode().split('"unit":"')[1].split('"')[0] for row in rows]


async def test_what_rings_twice_is_heard_once():
    store = await started()
    await append(store, "a", "b")
    rows = await store.log.rows(-1, 10)
    for _ in range(3):
        await hear(bench_of(store), Echo(), rows)
    assert await echoes(store) == ["after 0", "after 1"]


async def test_a_gap_is_read_from_the_log_and_order_is_kept():
    store = await started()
    await append(store, "a", "b", "c", "d")
    rows = await store.log.rows(-1, 10)
    echo = Echo()
    await hear(bench_of(store), echo, [rows[3], rows[1]])
    await hear(bench_of(store), echo, [rows[0], rows[2]])
    assert echo.heard == [1, 2, 3, 4]
    assert await echoes(store) == ["after 0", "after 1", "after 2", "after 3"]


async def test_two_workers_at_once_say_each_thing_once():
    store = await started()
    await append(store, *"abcdef")
    rows = await store.log.rows(-1, 10)
    workers = [hear(bench_of(store), Echo(), rows[: n + 1]) for n in range(6)]
    await asyncio.gather(*workers)
    assert await echoes(store) == [f"after {n}" for n in range(6)]


async def test_a_fact_that_cannot_be_taken_parks_its_key_and_its_text_is_not_kept():
    store = await started()
    await append(store, "a", "b", "c")
    sweeper = Sweeper(bench_of(store), Echo(fail_at=2))
    await sweeper.sweep(await store.log.size())
    assert await echoes(store) == ["after 0"]
    [parked] = await store.workbench.parked()
    assert (parked.key, parked.key_version) == (CASE, 2)
    assert "name" not in parked.error
    assert "ValueError" in parked.error
    await sweeper.sweep(await store.log.size())
    assert sweeper.low == await store.log.size()
    assert await store.workbench.unpark("echo", CASE)
    await hear(bench_of(store), Echo(), await store.log.rows(-1, 10))
    assert await echoes(store) == ["after 0", "after 1", "after 2"]


async def test_a_state_that_cannot_be_read_parks_its_key_and_no_other():
    store = await started()
    await append(store, "a")
    await Sweeper(bench_of(store), Echo()).sweep(1)
    await append(store, "b")

    class Forgetful(Echo):
        def load(self, raw: bytes) -> int:
            raise ValueError(raw)

    await Sweeper(bench_of(store), Forgetful()).sweep(await store.log.size())
    [parked] = await store.workbench.parked()
    assert (parked.key, parked.key_version) == (CASE, 3)
    assert await echoes(store) == ["after 0"]


async def test_a_new_consumer_folds_the_past_in_silence():
    store = MemoryStore()
    await append(store, "a", "b")
    await store.workbench.start("echo")
    await append(store, "c")
    await Sweeper(bench_of(store), Echo()).sweep(await store.log.size())
    assert await echoes(store) == ["after 2"]


async def test_a_wake_asked_for_again_is_said_once():
    store = await started()
    store.clock.move_to(AT)
    await append(store, "a", "b")
    echo = Echo(wake_in_s=60)
    sweeper = Sweeper(bench_of(store), echo)
    waker = Waker(store.log, store.workbench, store.clock)
    await sweeper.sweep(await store.log.size())
    assert await waker.once() == 0
    store.clock.move_to(AT + timedelta(seconds=61))
    assert await waker.once() == 1
    assert await waker.once() == 0
    await sweeper.sweep(await store.log.size())
    wakes = await store.log.stream_rows(f"clock-{CASE}")
    assert len(wakes) == 1
    assert await store.workbench.next_due() is None


@pytest.mark.parametrize("first", [0, 1, 2])
async def test_ids_of_outputs_are_named_after_their_cause(first: int):
    one, other = await started(), await started()
    for store in (one, other):
        await append(store, "a", "b", "c")
    rows = await one.log.rows(-1, 10)
    await hear(bench_of(one), Echo(), rows[first:])
    await hear(bench_of(one), Echo(), rows)
    await Sweeper(bench_of(other), Echo()).sweep(3)

    async def ids(store: MemoryStore) -> list[bytes]:
        found = await store.log.stream_rows(f"echo-{CASE}")
        return [row.envelope.split(b'"id":"')[2][:36] for row in found]

    assert await ids(one) == await ids(other)
