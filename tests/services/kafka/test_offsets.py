"""How far the workers are, and how they are set elsewhere; on a real broker."""

import itertools

import pytest
from kafka import KafkaConsumer, KafkaProducer

from homeward.kafka.admin import TopicsRefused, admin_of, apply
from homeward.kafka.catalogue import names_of, topics_of
from homeward.kafka.offsets import GroupBusy, To, lag, reset

NUMBERS = itertools.count(1)


@pytest.fixture
def client(broker):
    with admin_of(broker.bootstrap) as one:
        yield one


@pytest.fixture
def names(client):
    prefix = f"offsets-{next(NUMBERS)}"
    apply(client, topics_of(prefix, 2, 2, 1))
    return names_of(prefix, "live")


@pytest.fixture
def sent(broker, names):
    """Six facts in two partitions, two orders in one."""
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap)
    for number in range(6):
        producer.send(names.facts, b"fact", partition=number % 2)
    for _ in range(2):
        producer.send(names.orders, b"order", partition=1)
    producer.flush()
    producer.close()


def worker(broker, names):
    return KafkaConsumer(
        *names,
        bootstrap_servers=broker.bootstrap,
        group_id=names.group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )


def hear(one, records):
    heard = 0
    while heard < records:
        heard += sum(map(len, one.poll(1_000).values()))
    one.commit()
    return heard


def test_a_group_that_never_was_is_behind_all_that_is_there(client, names, sent):
    found = lag(client, names)
    assert found.by_topic == {names.facts: 6, names.orders: 2, names.positions: 0}
    assert (found.group, found.members) == (names.group, 0)
    assert {one.committed for one in found.partitions} == {None}


def test_what_was_acknowledged_is_not_behind(broker, client, names, sent):
    one = worker(broker, names)
    assert hear(one, 8) == 8
    assert lag(client, names).members == 1
    assert set(lag(client, names).by_topic.values()) == {0}
    one.close()
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap)
    producer.send(names.positions, b"position", partition=0).get(10)
    producer.close()
    assert lag(client, names).by_topic == {names.facts: 0, names.orders: 0, names.positions: 1}


def test_reset_moves_the_group_to_the_end_and_to_the_start(broker, client, names, sent):
    done = reset(client, names, To.END)
    assert done[(names.facts, 0)] == 3
    assert done[(names.orders, 1)] == 2
    assert set(lag(client, names).by_topic.values()) == {0}
    reset(client, names, To.START, topics=[names.facts])
    assert lag(client, names).by_topic == {names.facts: 6, names.orders: 0, names.positions: 0}
    one = worker(broker, names)
    assert hear(one, 6) == 6, "a worker goes on where it was set"
    one.close()


def test_reset_is_refused_while_a_worker_runs(broker, client, names, sent):
    one = worker(broker, names)
    hear(one, 8)
    with pytest.raises(GroupBusy, match="1 workers"):
        reset(client, names, To.END)
    one.close()
    assert reset(client, names, To.START)


def test_topics_that_are_not_there_have_no_lag_and_no_reset(client):
    names = names_of("nothing-here", "live")
    assert lag(client, names).partitions == ()
    with pytest.raises(TopicsRefused, match="homeward topics apply"):
        reset(client, names, To.END)
    assert "nothing-here.facts" not in {one["name"] for one in client.describe_topics()}
