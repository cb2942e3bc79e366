"""What befalls a relay beside the broker costs no bell: its database, its network, its own tests.

What befalls the broker is in tests/faults.
"""

import pytest
from tests.faults.kit.lossy_relay import lossy
from tests.services.kafka.relaying import by_key, fill, whole

from homeward.testing.memory import Calls, Fault, crash_at


async def test_who_does_not_reach_the_broker_leaves_the_lease_to_who_does(world):
    """As behind a network that broke on one side only."""
    await world.store.published.begin_at(0)
    cut_off, other = world.relay("relay-1"), world.relay("relay-2")
    async with world.running(cut_off):
        await fill(world.store, world.pen, 5, 10)
        await world.published(50)
        async with world.running(other):
            cut_off._line._bootstrap = "127.0.0.1:1"
            cut_off._line._drop(cut_off._line._producer)
            await fill(world.store, world.pen, 5, 10)
            await world.published(100)
            assert await world.store.leases.held() == {"relay": "relay-2"}
    whole(await world.facts(), 5, 20)


@pytest.mark.parametrize("fault", [Fault.AWAY_BEFORE, Fault.AWAY_AFTER])
@pytest.mark.parametrize("call", range(1, 9))
async def test_a_database_that_is_away_at_any_call_costs_no_fact(world, call, fault):
    await world.store.published.begin_at(0)
    await fill(world.store, world.pen, 5, 10)
    store = world.store.restarted(Calls(crash_at(call, fault)))
    async with world.running(world.relay(store=store)):
        await world.published(50)
    whole(await world.facts(), 5, 10)


async def test_the_lossy_relay_of_tests_loses_doubles_and_reorders(world):
    await world.store.published.begin_at(0)
    await fill(world.store, world.pen, 20, 100)
    async with world.running(world.relay(mangle=lossy(7))):
        await world.published(2_000)
    rows = [row for of in (await world.facts()).values() for row in of]
    kinds = {row.log_index for row in rows}
    assert 1_900 < len(kinds) < 2_000
    assert len(rows) > len(kinds)
    moved = [versions for versions in by_key(rows).values() if versions != sorted(versions)]
    assert moved
