"""Whatever goes wrong with bells, workers, the store and its clock: each fact once and in order."""

import asyncio
import random

import pytest
from tests.hosts.test_sweeps import Stage, chain
from tests.hosts.test_turn import CASE, append, bench_of, echoes
from tests.hosts.virtual import in_virtual_time

from homeward.hosts.turn import hear
from homeward.ports import LogUnavailable
from homeward.testing.memory import Calls, Fault

FACTS = 30


class Trouble:
    """What befalls one run; its seed repeats it."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.away = self.chance.choice([0.0, 0.02, 0.1])
        self.rings = self.chance.choice([0.0, 0.5, 0.95])
        self.frozen = self.chance.choice([0.0, 0.3])
        self.jumps = self.chance.choice([0.0, 0.1])

    def fault(self, _):
        if self.chance.random() >= self.away:
            return None
        return self.chance.choice([Fault.AWAY_BEFORE, Fault.AWAY_AFTER])

    async def ring(self, stage, calls):
        """Deliver some facts, late, doubled and out of order; what fails is lost."""
        await asyncio.sleep(self.chance.expovariate(1))
        other = stage.store.restarted(calls)
        rows = list(stage.store.disk.log.rows)
        some = [row for row in rows if self.chance.random() < self.rings]
        self.chance.shuffle(some)
        for step in chain():
            try:
                await hear(bench_of(other), step, some)
            except LogUnavailable:
                return

    async def freeze(self, one):
        go_on = one.freeze()
        await asyncio.sleep(self.chance.uniform(0, 30))
        one.calls.pause = None
        go_on.set()


async def story(seed):
    trouble, stage = Trouble(seed), Stage()
    chance = trouble.chance
    crews = [chain() for _ in range(3)]
    for crew in crews:
        crew[0].takes_s = chance.choice([0.0, 3.0])
    async with stage.workers(*crews) as workers, asyncio.TaskGroup() as group:
        for one in workers:
            one.calls.faults = trouble.fault
        for number in range(FACTS):
            await append(stage.store, f"{number}")
            await asyncio.sleep(chance.expovariate(2))
            group.create_task(trouble.ring(stage, Calls(faults=trouble.fault)))
            if chance.random() < trouble.frozen:
                group.create_task(trouble.freeze(chance.choice(workers)))
            if chance.random() < trouble.jumps:
                stage.store.clock.set_back_s(chance.choice([3_600, -3_600, 1, -1]))
        await asyncio.sleep(45)
        for one in workers:
            one.calls.faults = lambda _: None
        await asyncio.sleep(200 if crews[0][0].takes_s or crews[1][0].takes_s else 20)
        wrong = [what for one in workers for what in one.wrong]
    positions = [(await stage.store.workbench.load(one.name, [CASE]))[CASE] for one in chain()]
    return await echoes(stage.store), [one.state for one in positions], wrong, stage.store


@pytest.mark.parametrize("seed", range(40))
def test_each_fact_once_and_in_order(seed):
    said, states, wrong, store = in_virtual_time(lambda: story(seed))
    assert said == [f"after {n}" for n in range(FACTS)]
    assert states == [b"30"] * 3
    assert len(store.disk.log.rows) == 3 * FACTS
    assert wrong == []
    assert store.disk.bench.parked == {}
