"""The scale-out's sweep in virtual time: nothing is missing, nothing twice, and when it comes."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from tests.hosts.test_turn import AT, CASE, append, bench_of, echoes
from tests.hosts.virtual import LoopClock, virtual

from homeward.facts.case import CaseVerified, CaseWithdrawn
from homeward.hosts.again import again
from homeward.hosts.consumer import Reacted
from homeward.hosts.noting import HeardNotes
from homeward.hosts.office import Office
from homeward.hosts.sweeps import Sweeps
from homeward.hosts.turn import hear
from homeward.ports import By
from homeward.ports.leasing import SWEEP
from homeward.testing.memory import Calls, MemoryStore


@dataclass
class Step:
    """Hears one kind, says the next, and notes when."""

    name: str
    kind: str
    says: type | None = None
    takes_s: float = 0.0
    fail: bool = False
    at_s: list[float] = field(default_factory=list)

    @property
    def hears(self):
        return frozenset({self.kind})

    def afresh(self, _):
        return self

    def counted(self):
        return ()

    def stream(self, key):
        return f"{self.name}-{key}"

    def begin(self):
        return 0

    def load(self, raw):
        return int(raw)

    def dump(self, state):
        return str(state).encode()

    async def react(self, state, heard):
        if self.fail:
            raise ValueError
        await asyncio.sleep(self.takes_s)
        self.at_s.append(asyncio.get_running_loop().time())
        more = {"unit": f"after {state}"} if self.says is CaseVerified else {}
        said = [] if self.says is None else [self.says(case=CASE, at=AT, **more)]
        return Reacted(state + 1, said)


def chain():
    """alert -> reach -> callouts -> lane, in small."""
    return [
        Step("lane", "case.withdrawn/1"),
        Step("echo", "case.taken-up/1", CaseVerified),
        Step("second", "case.verified/1", CaseWithdrawn),
    ]


class Worker:
    """One process: what it hears, and what it holds."""

    def __init__(self, stage, name, consumers):
        self.calls = Calls()
        self.store = stage.store.restarted(self.calls)
        self.consumers, self.wrong = consumers, []
        office = Office(self.store.leases, SWEEP, name)
        self.notes = HeardNotes(self.store.hearing, self.store.meter, self.store.clock.real)
        self.sweeps = Sweeps(
            bench=bench_of(self.store), consumers=consumers, size=self.store.log.size,
            feed=self.store.feed, office=office, notes=self.notes, meter=self.store.meter,
            say=lambda part, what: self.wrong.append((part, what)),
        )  # fmt: skip

    def freeze(self):
        """Stop at the next port call; returns what lets it go on."""
        go_on = asyncio.Event()

        async def pause():
            await go_on.wait()

        self.calls.pause = pause
        return go_on


class Stage:
    def __init__(self):
        self.store = MemoryStore(clock=LoopClock())
        self.stop = asyncio.Event()

    @asynccontextmanager
    async def workers(self, *crews):
        for consumer in crews[0]:
            await self.store.workbench.start(consumer.name)
        made = [Worker(self, f"worker-{n}", crew) for n, crew in enumerate(crews)]
        async with asyncio.TaskGroup() as group:
            for one in made:
                group.create_task(one.sweeps.run(self.stop))
                notes, meter, say = one.notes, one.store.meter, print
                work = again(
                    "notes", partial(notes.run, self.stop), self.stop, meter=meter, say=say
                )
                group.create_task(work)
                await asyncio.sleep(0.01)
            yield made
            self.stop.set()

    async def counts(self):
        await asyncio.sleep(3)
        return {(one.consumer, one.by): one.facts for one in await self.store.hearing.counts()}


def now_s():
    return asyncio.get_running_loop().time()


@virtual
async def test_what_nobody_rang_for_goes_all_the_way_after_one_wait():
    stage, crew = Stage(), chain()
    async with stage.workers(crew) as [one]:
        await asyncio.sleep(10)
        said_s = now_s()
        await append(stage.store, "a")
        await asyncio.sleep(2.5)
        lane, echo, second = (step.at_s for step in crew)
        assert 2.0 <= echo[0] - said_s < 2.1
        assert lane[0] - said_s < 2.1
        assert echo[0] <= second[0] <= lane[0]
        assert await stage.counts() == {
            ("echo", By.SWEEP): 1, ("second", By.CASCADE): 1, ("lane", By.CASCADE): 1,
        }  # fmt: skip
        [swept] = await stage.store.hearing.swept()
        assert (swept.consumer, swept.key, swept.after, swept.upto) == ("echo", CASE, 0, 1)
        assert one.wrong == []
        await asyncio.sleep(3)
    assert stage.store.disk.bench.lows == {"lane": 3, "echo": 3, "second": 3}


@virtual
async def test_what_is_said_while_it_is_asked_what_follows_is_followed_too():
    stage, last = Stage(), Step("last", "case.verified/1")
    quick, slower = (
        Step(f"after-{wait_s}", "case.taken-up/1", CaseVerified, wait_s) for wait_s in (0, 0.2)
    )
    async with stage.workers([last, quick, slower]) as [one]:
        unheard = one.store.workbench.unheard

        async def slow(name, hears, low, upto, limit, keys=None):
            found = await unheard(name, hears, low, upto, limit, keys)
            await asyncio.sleep(0.3 if keys and name == "last" else 0)
            return found

        one.store.workbench.unheard = slow
        await append(stage.store, "a")
        await asyncio.sleep(8)
        first_s, second_s = last.at_s
        assert second_s - first_s < 0.5


@virtual
async def test_what_was_rung_for_is_not_swept():
    stage, crew = Stage(), chain()
    async with stage.workers(crew) as [one]:
        bells = chain()
        for unit in "abc":
            await append(stage.store, unit)
            for _ in range(3):
                rows = await stage.store.log.rows(-1, 100)
                for step in bells:
                    await hear(bench_of(stage.store), step, rows)
        await asyncio.sleep(5)
        assert await stage.counts() == {}
        assert await stage.store.hearing.swept() == []
        before = one.calls.by_name["MemoryWorkbench.unheard"]
        await asyncio.sleep(60)
        assert one.calls.by_name["MemoryWorkbench.unheard"] == before  # quiet: asks nothing
    assert await echoes(stage.store) == ["after 0", "after 1", "after 2"]


@virtual
async def test_what_rang_in_part_late_and_twice_is_heard_once():
    stage, crew = Stage(), chain()
    async with stage.workers(crew, chain()):
        bells = chain()
        for number in range(40):
            await append(stage.store, f"{number}")
            rows = await stage.store.log.rows(-1, 1_000)
            if number % 3 == 0:
                await hear(bench_of(stage.store), bells[1], rows[-1:])
            if number % 7 == 0:
                await hear(bench_of(stage.store), bells[2], [*rows[::-1][:5], rows[0]])
            await asyncio.sleep(0.3)
        await asyncio.sleep(5)
    assert await echoes(stage.store) == [f"after {n}" for n in range(40)]
    positions = [(await stage.store.workbench.load(one.name, [CASE]))[CASE] for one in crew]
    assert [one.state for one in positions] == [b"40", b"40", b"40"]


@virtual
async def test_a_lane_that_loads_its_index_holds_up_nobody_else():
    stage, crew = Stage(), chain()
    crew[0].takes_s = 8.0
    async with stage.workers(crew):
        await append(stage.store, "a")
        await asyncio.sleep(3)
        said_s = now_s()
        await append(stage.store, "b")
        await asyncio.sleep(2.5)
        assert len(crew[1].at_s) == len(crew[2].at_s) == 2
        assert crew[2].at_s[1] - said_s < 2.3
        assert crew[0].at_s == []
        await asyncio.sleep(20)
        assert len(crew[0].at_s) == 2


@virtual
async def test_one_sweeps_and_when_it_is_frozen_another_does():
    stage, first, second = Stage(), chain(), chain()
    async with stage.workers(first, second) as [one, two]:
        await asyncio.sleep(5)
        assert (one.sweeps.office.mine, two.sweeps.office.mine) == (True, False)
        await append(stage.store, "a")
        await asyncio.sleep(1.9)
        go_on, said_s = one.freeze(), now_s()
        await append(stage.store, "b")
        await asyncio.sleep(6)
        assert two.sweeps.office.mine
        assert first[1].at_s == []
        assert [at - said_s < 4.0 for at in second[0].at_s] == [True, True]
        await asyncio.sleep(24)
        assert not one.sweeps.office.mine
        go_on.set()
        await asyncio.sleep(5)
        assert two.sweeps.office.mine
        assert not one.sweeps.office.mine
        assert one.store.meter.gauges["homeward_sweep_holder", ()] == 0
        assert two.store.meter.gauges["homeward_sweep_holder", ()] == 1
        assert one.wrong == two.wrong == []
    assert await echoes(stage.store) == ["after 0", "after 1"]
    assert len(stage.store.disk.log.rows) == 6


@virtual
async def test_frozen_in_the_middle_of_a_turn_it_changes_nothing_when_it_wakes():
    stage, first, second = Stage(), chain(), chain()
    async with stage.workers(first, second) as [one, two]:
        await append(stage.store, "a")
        first[1].takes_s = 1.0
        await asyncio.sleep(2.5)  # it reacts
        go_on = one.freeze()
        await asyncio.sleep(10)
        assert await echoes(stage.store) == ["after 0"]
        assert len(second[0].at_s) == 1
        go_on.set()
        await asyncio.sleep(5)
        assert two.sweeps.office.mine
    assert await echoes(stage.store) == ["after 0"]
    assert len(stage.store.disk.log.rows) == 3


@virtual
async def test_a_clock_set_back_or_forward_costs_no_fact_and_no_second():
    stage, first, second = Stage(), chain(), chain()
    async with stage.workers(first, second):
        for number, real_s in enumerate((3_600, -3_600, 3_600)):
            await asyncio.sleep(5)
            stage.store.clock.set_back_s(real_s)
            said_s = now_s()
            await append(stage.store, f"{number}")
            await asyncio.sleep(4)
            heard_s = sorted(first[0].at_s + second[0].at_s)
            assert len(heard_s) == number + 1
            assert heard_s[-1] - said_s < 2.5
    assert await echoes(stage.store) == ["after 0", "after 1", "after 2"]


@virtual
async def test_a_key_that_is_parked_holds_up_no_other_and_is_not_asked_for_again():
    stage, crew = Stage(), chain()
    crew[1].fail = True
    async with stage.workers(crew):
        await append(stage.store, "a", "b")
        await asyncio.sleep(3)
        assert len(await stage.store.workbench.parked()) == 1
        crew[1].fail = False
        await append(stage.store, "c")
        await asyncio.sleep(3)
        assert crew[1].at_s == []
        await stage.store.workbench.unpark("echo", CASE)
        await append(stage.store, "d")
        await asyncio.sleep(3)
        assert len(crew[1].at_s) == 4


@virtual
async def test_who_ends_gives_the_lease_back_and_another_goes_on_at_once():
    stage, first, second = Stage(), chain(), chain()
    async with stage.workers(first) as [one]:
        two = Worker(stage, "worker-1", second)
        stop = asyncio.Event()
        running = asyncio.create_task(two.sweeps.run(stop))
        await append(stage.store, "a")
        await asyncio.sleep(1.5)
        assert not two.sweeps.office.mine
        stage.stop.set()
        await asyncio.sleep(0.6)
        assert not one.sweeps.office.mine
        assert two.sweeps.office.mine
        await asyncio.sleep(1.0)
        assert len(second[0].at_s) == 1
        stop.set()
        async with asyncio.timeout(1):
            await running
