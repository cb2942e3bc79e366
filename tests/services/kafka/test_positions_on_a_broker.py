"""Positions on a real broker: what stands in the topic, who gets it, and that it does not stay."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime

import h3
import pytest
from jsonschema import Draft202012Validator
from kafka import KafkaConsumer, TopicPartition
from tests.broker import Broker
from tests.hosts.lanes import HERE, volunteer
from tests.services.kafka.relaying import new_topics

from homeward.fanout.shards import lane_of
from homeward.hosts.bells import Bells
from homeward.hosts.faust_host import FaustHost
from homeward.hosts.pen import Pen
from homeward.hosts.turn import Bench
from homeward.house.positions import WriteBehind
from homeward.kafka.admin import ensure
from homeward.kafka.catalogue import names_of, prefix_of, topics_of
from homeward.kafka.positions import KafkaPositions
from homeward.kafka.producer import Line
from homeward.metrics import PrometheusMeter
from homeward.ports import Contact, Move, Recipient
from homeward.testing.memory import MemoryStore
from homeward.words import RecipientKind

LANES = 4
MANY = 60
KEPT_MS, LOOKS_S = 1_000, 30
"""The broker looks every 30 s; the positions' own ten minutes would be too long for a test."""
FINE = h3.cell_to_center_child(HERE, 10)


@pytest.fixture
async def store():
    """Volunteers, and camera owners who may register finer places."""
    store = MemoryStore()
    page = ((Contact("inbox"),),)
    owners = [
        Recipient(f"c-{n}", RecipientKind.CAMERA_OWNER, (FINE,), contacts=page) for n in range(3)
    ]
    await store.roster.register([*(volunteer(f"v-{n}") for n in range(MANY)), *owners])
    return store


def moves(store, cell=FINE):
    at = datetime.now(UTC)
    return [Move(name, cell, at) for name in sorted(store.disk.roster.registered)]


def records(bootstrap, topic, lanes):
    """Return what a reader that is not ours finds, and where each partition begins and ends."""
    reader = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    try:
        places = [TopicPartition(topic, lane) for lane in range(lanes)]
        reader.assign(places)
        begins, ends = reader.beginning_offsets(places), reader.end_offsets(places)
        left = sum(ends[one] - begins[one] for one in places)
        reader.seek_to_beginning(*places)
        found = []
        while len(found) < left:
            for some in reader.poll(timeout_ms=1_000).values():
                found += some
        return found, [(begins[one], ends[one]) for one in places]
    finally:
        reader.close()


def said(_part, _what):
    """Say nothing."""


async def test_no_topic_holds_a_place_finer_than_res_7_whoever_it_is_of(store, broker, project):
    names = await asyncio.to_thread(new_topics, broker.bootstrap, LANES)
    line = Line(broker.bootstrap, name="tests")
    way = KafkaPositions(line, names.positions, LANES, store.roster, PrometheusMeter())
    await line.open()
    assert all(await way.move(moves(store)))
    await line.close()
    found, _ = await asyncio.to_thread(records, broker.bootstrap, names.positions, LANES)
    schema = json.loads((project / "schemas/published/position.json").read_text())
    assert len(found) == MANY + 3
    for one in found:
        value = json.loads(one.value)
        Draft202012Validator(schema).validate(value)
        assert h3.get_resolution(value["cell"]) == 7
        assert value["recipient"].encode() == one.key
        assert one.partition == lane_of(value["recipient"], LANES)


async def test_what_the_broker_took_comes_to_the_roster_by_a_worker(store, broker, tmp_path):
    names = await asyncio.to_thread(new_topics, broker.bootstrap, LANES)
    line, meter, stop = Line(broker.bootstrap, name="tests"), PrometheusMeter(), asyncio.Event()
    bells = Bells(
        bench=Bench(store.log, store.workbench, Pen(store.log.origin, store.clock.real)),
        processors=(), lane_of=lambda _: None, moves=WriteBehind(store.roster, store.clock),
        facts=names.facts, orders=names.orders, positions=names.positions, noted=lambda *_: None,
        meter=meter, say=said,
    )  # fmt: skip
    host = FaustHost(
        broker.bootstrap, names.group, [*names], bells, lambda _: None, tmp_path, meter, said
    )
    way = KafkaPositions(line, names.positions, LANES, store.roster, PrometheusMeter())
    await line.open()
    everybody = moves(store)
    await way.move(everybody[::-1])
    await way.move([Move("nobody", FINE, everybody[0].at)])
    await line.send_many([way.record(everybody[0])])  # a second delivery
    await line.close()
    running = asyncio.create_task(host.run(stop))
    async with asyncio.timeout(30):
        while not all(one.here for one in store.disk.roster.registered.values()):  # noqa: ASYNC110 -- nobody rings here
            await asyncio.sleep(0.1)
    stop.set()
    await running
    assert {one.here for one in store.disk.roster.registered.values()} == {HERE}


async def test_a_broker_that_dies_costs_a_position_a_second(store, tmp_path):
    with Broker(tmp_path / "kafka") as own:
        names = await asyncio.to_thread(new_topics, own.bootstrap, LANES)
        line, meter = Line(own.bootstrap, name="tests", deadline_s=2.0), PrometheusMeter()
        way = KafkaPositions(line, names.positions, LANES, store.roster, meter)
        await line.open()
        await way.move(moves(store))
        assert not any(one.here for one in store.disk.roster.registered.values())
        own.kill()
        clock_s = asyncio.get_running_loop().time
        began_s = clock_s()
        assert all(await way.move(moves(store)))
        assert clock_s() - began_s < 3
        assert all(one.here for one in store.disk.roster.registered.values())
        await way.close()
        await line.close()
    figures = meter.text().decode()
    assert f'homeward_positions_sent_total{{way="kafka"}} {MANY + 3}.0' in figures
    assert f'homeward_positions_sent_total{{way="database"}} {MANY + 3}.0' in figures


async def test_the_topic_is_no_history_its_segments_are_deleted(store, broker):
    """By the catalogue's settings but for the times: offsets move on, and the files are gone."""
    names = names_of("kept", "drill")
    topics = topics_of(prefix_of("kept", "drill"), LANES, 1, 1)
    short = {"retention.ms": f"{KEPT_MS}", "segment.ms": f"{KEPT_MS}"}
    topics = [
        replace(one, config={**one.config, **short}) if one.name == names.positions else one
        for one in topics
    ]
    await asyncio.to_thread(ensure, broker.bootstrap, topics)
    line = Line(broker.bootstrap, name="tests")
    way = KafkaPositions(line, names.positions, LANES, store.roster, PrometheusMeter())
    await line.open()
    await way.move(moves(store))
    await line.close()

    def on_disk():
        parts = (broker.folder / "data").glob(f"{names.positions}-*/*.log")
        return b"".join(one.read_bytes() for one in parts)

    assert b"v-0" in on_disk()
    async with asyncio.timeout(3 * LOOKS_S):
        while b"v-0" in on_disk():  # noqa: ASYNC110 -- the broker rings for nobody
            await asyncio.sleep(1)
    found, places = await asyncio.to_thread(records, broker.bootstrap, names.positions, LANES)
    assert found == []
    assert sum(end for _, end in places) == MANY + 3
