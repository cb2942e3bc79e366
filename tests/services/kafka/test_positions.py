"""Positions by way of a broker that is there, slow, away or without the partition."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import h3
import pytest
from tests.hosts.lanes import HERE, NEXT, volunteer

from homeward.fanout.shards import lane_of
from homeward.house.positions import WriteBehind
from homeward.kafka.positions import KafkaPositions
from homeward.kafka.producer import LineDown
from homeward.metrics import PrometheusMeter
from homeward.ports import LogUnavailable, Move
from homeward.testing.memory import MemoryStore

NOON = datetime(2026, 2, 1, 4, 0, tzinfo=UTC)
FINE = h3.cell_to_center_child(HERE, 10)


class Broker:
    def __init__(self):
        self.records, self.trouble, self.calls = [], None, 0

    async def send_many(self, records):
        self.calls += 1
        match self.trouble:
            case "away":
                raise LineDown("ConnectionError")
            case "slow":
                await asyncio.sleep(0.2)
                raise LineDown("TimeoutError")
        self.records += records


@pytest.fixture
async def store():
    store = MemoryStore()
    await store.roster.register([volunteer("ann"), volunteer("ben")])
    return store


def line(store, broker, **knobs):
    meter = PrometheusMeter()
    return KafkaPositions(broker, "p", 64, store.roster, meter, **knobs), meter


async def here(store, name):
    return (await store.roster.get(name)).here


async def test_a_position_is_acknowledged_by_the_broker_in_its_lanes_partition(store):
    broker = Broker()
    way, meter = line(store, broker)
    known = await way.move([Move("ann", FINE, NOON), Move("nobody", None, NOON)])
    assert known == [True, False]
    assert [one.partition for one in broker.records] == [lane_of(n, 64) for n in ("ann", "nobody")]
    assert [one.key for one in broker.records] == [b"ann", b"nobody"]
    assert json.loads(broker.records[0].value)["cell"] == HERE
    assert await here(store, "ann") is None  # written behind, by a worker
    assert 'sent_total{way="kafka"} 2.0' in meter.text().decode()


@pytest.mark.parametrize("trouble", ["away", "slow"])
async def test_a_broker_that_is_away_or_slow_costs_a_moment_and_rests(store, trouble):
    broker = Broker()
    broker.trouble = trouble
    way, meter = line(store, broker, patience_s=0.05, rest_s=0.3)
    for place in (HERE, NEXT, HERE):
        assert await way.move([Move("ann", place, NOON)]) == [True]
        assert await here(store, "ann") == place
    assert broker.calls == 1
    assert 'sent_total{way="database"} 3.0' in meter.text().decode()
    broker.trouble = None
    await asyncio.sleep(0.35)
    await way.move([Move("ann", NEXT, NOON)])
    await way.close()
    assert len(broker.records) == 1


async def test_while_the_database_is_away_everybody_counts_as_known(store):
    class Away:
        async def known(self, ids):
            raise LogUnavailable("away")

        async def move(self, moves):
            raise LogUnavailable("away")

    broker = Broker()
    way = KafkaPositions(broker, "p", 1, Away(), PrometheusMeter())
    assert await way.move([Move("nobody", None, NOON)]) == [True]
    broker.trouble = "away"
    with pytest.raises(LogUnavailable):  # neither keeps it: it is not acknowledged
        await way.move([Move("ann", None, NOON)])


async def test_of_what_is_written_behind_the_newest_word_stands(store):
    later = NOON + timedelta(seconds=1)
    moves = [Move("ann", HERE, later), Move("ann", NEXT, NOON), Move("nobody", HERE, NOON)]
    write = WriteBehind(store.roster, store.clock)
    await write([*moves, Move("ben", NEXT, NOON)])
    await write(moves)
    assert (await here(store, "ann"), await here(store, "ben")) == (HERE, NEXT)
    await write([])


async def test_a_word_from_ahead_silences_none_after_it(store):
    write = WriteBehind(store.roster, store.clock)
    ahead = store.clock.now() + timedelta(days=400)  # forged, or a phone's clock
    await write([Move("ann", HERE, ahead)])
    await write([Move("ann", NEXT, store.clock.now())])
    assert await here(store, "ann") == NEXT


async def test_a_lone_position_waits_for_nobody_and_a_trickle_gathers(store):
    clock_s = asyncio.get_running_loop().time
    write = WriteBehind(store.roster, store.clock, gather_s=0.05)
    began_s = clock_s()
    await write([Move("ann", HERE, NOON)])
    assert clock_s() - began_s < 0.04
    began_s = clock_s()
    await write([Move("ben", HERE, NOON)])
    assert clock_s() - began_s >= 0.04
