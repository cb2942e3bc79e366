"""Topics become what the catalogue says, whatever they were before; on a real broker."""

import itertools
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from tests.broker import Broker

from homeward.kafka.admin import KafkaAway, Step, TopicsRefused, admin_of, apply, ensure, plan
from homeward.kafka.catalogue import MINUTE_MS, names_of, prefix_of, topics_of

NUMBERS = itertools.count(1)


@pytest.fixture
def prefix():
    return f"topics-{next(NUMBERS)}"


@pytest.fixture
def client(broker):
    with admin_of(broker.bootstrap) as one:
        yield one


def steps(changes):
    return {(one.topic.rpartition(".")[2], one.step, one.what) for one in changes}


def test_a_world_has_names_of_its_own():
    assert names_of("homeward", "live") == (
        "homeward.facts",
        "homeward.orders",
        "homeward.positions",
    )
    assert names_of("homeward", "drill").facts == "homeward-drill.facts"
    assert names_of("homeward", "drill").group == "homeward-drill.worker"
    assert prefix_of("homeward", "drill") == "homeward-drill"


def test_positions_are_kept_for_minutes_and_never_compacted():
    """What stays longer is a history of where people were."""
    [positions] = [one for one in topics_of("x", 4, 16, 1) if one.name == "x.positions"]
    assert positions.config["cleanup.policy"] == "delete"
    kept = int(positions.config["retention.ms"]) + int(positions.config["segment.ms"])
    assert kept <= 15 * MINUTE_MS
    assert positions.config["message.timestamp.type"] == "LogAppendTime"


def test_orders_and_positions_have_exactly_one_partition_a_lane():
    there = {one.name: one.partitions for one in topics_of("x", 5, 16, 1)}
    assert there == {"x.facts": 16, "x.orders": 5, "x.positions": 5}


def test_what_is_missing_is_planned_made_and_then_as_it_should_be(client, prefix):
    topics = topics_of(prefix, 2, 4, 1)
    assert steps(plan(client, topics)) == {
        ("facts", Step.MAKE, "partitions"),
        ("orders", Step.MAKE, "partitions"),
        ("positions", Step.MAKE, "partitions"),
    }
    done = []
    assert apply(client, topics, done.append) == ()
    assert len(done) == 3
    assert plan(client, topics) == ()
    there = {one["name"]: one for one in client.describe_topics()}
    assert {len(there[one.name]["partitions"]) for one in topics} == {2, 4}
    done.clear()
    assert apply(client, topics, done.append) == ()
    assert done == [], "asked again it changes nothing"


def test_partitions_are_added_and_settings_are_set(client, prefix):
    before = topics_of(prefix, 1, 2, 1)
    old = [replace(one, config={**one.config, "retention.ms": "3600000"}) for one in before]
    apply(client, [replace(one, config={**one.config, "cleanup.policy": "compact"}) for one in old])
    wanted = topics_of(prefix, 2, 4, 1)
    found = plan(client, wanted)
    assert {one.step for one in found} == {Step.GROW, Step.SET}
    assert ("positions", Step.SET, "cleanup.policy") in steps(found)
    assert apply(client, wanted) == ()
    assert plan(client, wanted) == ()


def test_too_many_partitions_are_left_to_a_person_and_all_else_is_done(client, prefix):
    apply(client, topics_of(prefix, 3, 2, 1))
    fewer = topics_of(prefix, 2, 4, 1)
    left = apply(client, fewer)
    assert steps(left) == {
        ("orders", Step.REMAKE, "partitions"),
        ("positions", Step.REMAKE, "partitions"),
    }
    assert all("--remake" in one.mend for one in left)
    assert plan(client, fewer) == left, "the facts have grown"
    assert apply(client, fewer, remake=True) == ()
    assert plan(client, fewer) == ()


def test_two_who_apply_at_once_do_no_harm(broker, prefix):
    topics = topics_of(prefix, 2, 4, 1)
    barrier = threading.Barrier(2)

    def one():
        with admin_of(broker.bootstrap) as client:
            barrier.wait()
            return apply(client, topics)

    with ThreadPoolExecutor() as pool:
        assert [each.result() for each in [pool.submit(one) for _ in range(2)]] == [(), ()]


def test_more_copies_than_brokers_are_refused_with_the_mend(broker, prefix):
    with (
        pytest.raises(
            TopicsRefused, match=r"fewer brokers than the 2 copies.*HOMEWARD_REPLICATION"
        ),
        admin_of(broker.bootstrap) as client,
    ):
        apply(client, topics_of(prefix, 1, 1, 2))


def test_copies_of_a_topic_that_is_there_are_not_moved_by_us(client, prefix):
    apply(client, topics_of(prefix, 1, 1, 1))
    two = [replace(one, config={}, replication=2) for one in topics_of(prefix, 1, 1, 1)]
    assert {one.step for one in apply(client, two)} == {Step.SPREAD}


@pytest.mark.parametrize("address", ["127.0.0.1:1", "rubbish", "", "nobody.invalid:9092", "x:0x"])
def test_nobody_listening_is_said_at_once(address):
    began = time.monotonic()
    with pytest.raises(KafkaAway, match="nobody listens"), admin_of(address):
        pass
    assert time.monotonic() - began < 5


def test_a_listener_that_is_no_broker_is_given_up_within_ten_seconds():
    before = threading.active_count()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(KafkaAway, match="does not answer as Kafka"), admin_of(address):
            pass
    assert time.monotonic() - began < 10
    assert threading.active_count() == before, "its client left a thread"


def test_ensure_waits_for_a_broker_and_what_it_made_survives_a_kill(tmp_path, prefix):
    topics = topics_of(prefix, 1, 2, 1)
    with Broker(tmp_path / "kafka", heap="256m", brief=True) as own:
        assert ensure(own.bootstrap, topics[:1]) == ()
        own.kill()
        with pytest.raises(KafkaAway):
            ensure(own.bootstrap, topics, wait_s=0.5)
        with ThreadPoolExecutor() as pool:
            waiting = pool.submit(ensure, own.bootstrap, topics, 60)
            own.start_again()
            assert waiting.result(60) == ()
        with admin_of(own.bootstrap) as client:
            assert plan(client, topics) == ()
