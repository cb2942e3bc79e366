"""Positions in Kafka must not become a history of where people were: minutes, then gone."""

import itertools
import time
from dataclasses import replace

import pytest
from kafka import KafkaProducer, TopicPartition
from kafka.admin import OffsetSpec

from homeward.kafka.admin import admin_of, apply
from homeward.kafka.catalogue import topics_of

NUMBERS = itertools.count(1)
FORGOTTEN_S = 60
"""Kept for 2 s here, looked at every 30 s (infra/kafka), deleted a second or five later."""


def holding(broker, word):
    """Files of the broker in which a word stands."""
    found = []
    for file in (broker.folder / "data").rglob("*"):
        try:
            held = file.is_file() and word in file.read_bytes()
        except FileNotFoundError:  # deleted while we looked
            continue
        if held:
            found.append(file)
    return found


@pytest.mark.heavy
def test_what_was_kept_for_its_time_is_deleted_also_when_nothing_more_comes(broker):
    """Also of the segment that is still written to: a quiet night must not keep an evening."""
    [wanted] = [
        one
        for one in topics_of(f"forgotten-{next(NUMBERS)}", 1, 1, 1)
        if one.name.endswith(".positions")
    ]
    soon = replace(wanted, config={**wanted.config, "retention.ms": "2000"})
    place = TopicPartition(wanted.name, 0)
    word = b"somebody-was-here"
    with admin_of(broker.bootstrap) as client:
        apply(client, [soon])
        producer = KafkaProducer(bootstrap_servers=broker.bootstrap)
        # an hour ahead of the broker's clock: what counts is when the broker took it
        ahead = int((time.time() + 3_600) * 1_000)
        for number in range(100):
            producer.send(wanted.name, b"%s-%d" % (word, number), timestamp_ms=ahead)
        producer.flush()
        producer.close()
        assert holding(broker, word), "or the judge is blind"
        deadline = time.monotonic() + FORGOTTEN_S
        while holding(broker, word):
            assert time.monotonic() < deadline, "still on the broker's disk"
            time.sleep(1)
        start = client.list_partition_offsets({place: OffsetSpec.EARLIEST})[place].offset
        assert start == 100
