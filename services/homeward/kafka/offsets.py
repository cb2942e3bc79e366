"""How far the workers' group is with each topic, and how it is set elsewhere.

These are Kafka's offsets, and nothing rests on them: what a consumer has heard stands in
PostgreSQL. They say how much still rings.
"""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from kafka import TopicPartition, errors
from kafka.admin import OffsetSpec

from homeward.kafka.admin import PAUSE_S, Client, TopicsRefused
from homeward.kafka.catalogue import Names

COORDINATOR_S: Final = 8.0
"""A fresh broker makes its own topic of offsets when it is first asked for any."""

T = TypeVar("T")


class GroupBusy(TopicsRefused):
    """The workers are running, and would go on from where they are."""


class To(StrEnum):
    """Where a group is set to."""

    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True)
class Behind:
    """How far the group is with one partition."""

    topic: str
    partition: int
    committed: int | None
    """None: it never acknowledged anything here, and will begin at the start."""
    end: int
    behind: int
    """Records that are still there and were not acknowledged."""


@dataclass(frozen=True, slots=True)
class Lag:
    """How far the group is with all topics of a world."""

    group: str
    members: int
    partitions: tuple[Behind, ...]

    @property
    def by_topic(self) -> Mapping[str, int]:
        """Return topic -> records behind."""
        total: dict[str, int] = {}
        for one in self.partitions:
            total[one.topic] = total.get(one.topic, 0) + one.behind
        return total


def lag(client: Client, names: Names) -> Lag:
    """Return how far the workers are; a topic that is not there is left out.

    Raises what `admin_of` turns into KafkaAway and TopicsRefused.
    """
    places = _places(client, names)
    running = members(client, names.group)
    committed = _patient(lambda: client.list_group_offsets({names.group: None}))[names.group]
    start = client.list_partition_offsets(dict.fromkeys(places, OffsetSpec.EARLIEST))
    end = client.list_partition_offsets(dict.fromkeys(places, OffsetSpec.LATEST))
    found = []
    for place in places:
        known = committed.get(place)
        at = known.offset if known is not None and known.offset >= 0 else None
        last, first = end[place].offset, start[place].offset
        behind = max(0, last - max(first, at or 0))
        found.append(Behind(place.topic, place.partition, at, last, behind))
    return Lag(names.group, running, tuple(found))


def members(client: Client, group: str) -> int:
    """Return how many members a group has; none when it was never there."""
    found: Mapping[str, Any] = _patient(lambda: client.describe_groups([group]))
    return len(found[group]["members"])


def reset(
    client: Client, names: Names, to: To, topics: Collection[str] = ()
) -> Mapping[tuple[str, int], int]:
    """Set the workers' group to the start or the end; return (topic, partition) -> new offset.

    All topics of the world, or those named. Raises GroupBusy while a worker runs, and what
    `admin_of` turns into KafkaAway and TopicsRefused.
    """
    places = [one for one in _places(client, names) if not topics or one.topic in topics]
    if not places:
        raise TopicsRefused("there is no such topic: homeward topics apply makes them")
    if running := members(client, names.group):
        raise GroupBusy(f"{running} workers of {names.group} are running")
    where = OffsetSpec.EARLIEST if to is To.START else OffsetSpec.LATEST
    done = _patient(lambda: client.reset_group_offsets(names.group, dict.fromkeys(places, where)))
    for one, result in done.items():
        if result["error"] is not errors.NoError:
            trouble = result["error"].__name__
            raise TopicsRefused(f"{one.topic} partition {one.partition} was not set: {trouble}")
    return {(one.topic, one.partition): int(result["offset"]) for one, result in done.items()}


def _places(client: Client, names: Names) -> list[TopicPartition]:
    there = {one["name"]: len(one["partitions"]) for one in client.describe_topics()}
    return [TopicPartition(name, number) for name in names for number in range(there.get(name, 0))]


def _patient(ask: Callable[[], T]) -> T:
    deadline = time.monotonic() + COORDINATOR_S
    while True:
        try:
            return ask()
        except (errors.CoordinatorNotAvailableError, errors.CoordinatorLoadInProgressError):
            if time.monotonic() > deadline:
                raise
            time.sleep(PAUSE_S)
