"""Makes the topics what the catalogue says they are: ``plan``, ``apply``, ``ensure``.

kafka-python's admin client blocks: from a loop call these in a thread.
"""

import logging
import socket
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias

from kafka import errors
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from homeward.kafka.catalogue import Topic

# kafka-python has lines of its own for every broker that is away; what an operator must know we
# say ourselves. Whoever sets up a handler still gets them.
logging.getLogger("kafka").addHandler(logging.NullHandler())

Client: TypeAlias = KafkaAdminClient
"""Connected to the brokers: `admin_of` hands one out."""

CONNECT_S: Final = 5.0
ANSWER_S: Final = 8.0
"""A broker answers in milliseconds; one that makes topics on a slow disk in two seconds."""
PAUSE_S: Final = 0.3


class KafkaAway(Exception):
    """Nobody answers at the brokers, or not as a broker would; the text names them."""


class TopicsRefused(Exception):
    """What was asked of the brokers cannot be done; the text says why."""


class Step(StrEnum):
    """What has to be done about a topic."""

    MAKE = "make"
    GROW = "grow"
    SET = "set"
    REMAKE = "remake"
    """It has too many partitions, and none can be taken away: only made anew."""
    SPREAD = "spread"
    """It has another number of copies; only Kafka's own tool moves copies between brokers."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between a topic and its catalogue."""

    topic: str
    step: Step
    what: str
    """The partitions, the copies, or the name of the setting."""
    there: str
    wanted: str

    @property
    def mend(self) -> str:
        """What a person has to do; empty when ``apply`` does it."""
        match self.step:
            case Step.REMAKE:
                return "stop the workers, then: homeward topics apply --remake"
            case Step.SPREAD:
                return "use Kafka's own kafka-reassign-partitions.sh, or mend HOMEWARD_REPLICATION"
            case _:
                return ""


class _Client(KafkaAdminClient):  # type: ignore[misc]  # published without types
    """Gives back its thread and sockets also when nobody answers; its own base keeps them."""

    def __init__(self, **config: object) -> None:
        try:
            super().__init__(**config)
        except BaseException:
            self._closed = False  # or close() thinks that there is nothing to close
            self.close()
            raise


@contextmanager
def admin_of(bootstrap: str) -> Iterator[Client]:
    """Connect to the brokers. Raises KafkaAway, here and for whatever is asked, in <= 10 s."""
    there = [one.strip() for one in bootstrap.split(",") if one.strip()]
    if not any(_listens(one, CONNECT_S / len(there)) for one in there):
        raise KafkaAway(f"nobody listens at {bootstrap or 'no address at all'}")
    try:
        client = _Client(
            bootstrap_servers=there,
            client_id="homeward-admin",
            bootstrap_timeout_ms=round(CONNECT_S * 1_000),
            request_timeout_ms=round(ANSWER_S * 1_000),
        )
    except (errors.KafkaError, OSError, ValueError) as away:
        raise KafkaAway(f"who listens at {bootstrap} does not answer as Kafka") from away
    try:
        yield client
    except errors.KafkaError as trouble:
        if isinstance(trouble, errors.BrokerResponseError):
            raise TopicsRefused(f"Kafka refused: {_said(trouble)}") from trouble
        raise KafkaAway(f"{bootstrap} stopped answering ({_said(trouble)})") from trouble
    finally:
        with suppress(errors.KafkaError, OSError):
            client.close()


def _listens(address: str, within_s: float) -> bool:
    """Known in a moment, where Kafka's client tries for as long as it may."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), within_s).close()
    except (OSError, ValueError, OverflowError):
        return False
    return True


def _said(trouble: Exception) -> str:
    return " ".join(f"{type(trouble).__name__} {trouble}".split())[:200]


def plan(client: Client, topics: Iterable[Topic]) -> tuple[Change, ...]:
    """Return what differs, in the order in which it is mended; nothing is changed."""
    topics = tuple(topics)
    there = {one["name"]: one["partitions"] for one in _described(client)}
    missing = [
        Change(one.name, Step.MAKE, "partitions", "-", str(one.partitions))
        for one in topics
        if one.name not in there
    ]
    present = [one for one in topics if one.name in there]
    settings = _settings(client, [one.name for one in present])
    found = [*missing]
    for one in present:
        found += _differences(one, there[one.name], settings[one.name])
    return tuple(found)


def _described(client: Client) -> Sequence[Mapping[str, Any]]:
    """All topics: asking for one by name makes it, where a broker makes topics by itself."""
    return list(client.describe_topics())


def _settings(
    client: Client, names: Collection[str]
) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    if not names:
        return {}
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    found: Mapping[str, Any] = client.describe_configs(asked, config_filter="all")
    return dict(found["topic"])


def _differences(
    topic: Topic, there: Sequence[Mapping[str, Any]], settings: Mapping[str, Mapping[str, Any]]
) -> Iterator[Change]:
    have, want = len(there), topic.partitions
    if have != want:
        step = Step.GROW if have < want else Step.REMAKE
        yield Change(topic.name, step, "partitions", str(have), str(want))
    copies = {len(one["replica_nodes"]) for one in there}
    if copies != {topic.replication}:
        said = "/".join(map(str, sorted(copies)))
        yield Change(topic.name, Step.SPREAD, "copies", said, str(topic.replication))
    for name, wanted in topic.config.items():
        value = str(settings.get(name, {}).get("value"))
        if value != wanted:
            yield Change(topic.name, Step.SET, name, value, wanted)


def _silent(_change: Change) -> None:
    """Say nothing."""


def apply(
    client: Client,
    topics: Iterable[Topic],
    say: Callable[[Change], None] = _silent,
    *,
    remake: bool = False,
) -> tuple[Change, ...]:
    """Mend what differs and return what is left for a person; asked again it changes nothing.

    ``say`` is told each change once it is done. ``remake`` deletes and makes again what has too
    many partitions; what was in it is in the log, and a worker that runs meanwhile has to be
    started again. Waits until every topic has its leaders. Raises KafkaAway, TopicsRefused.
    """
    topics = tuple(topics)
    by_name = {one.name: one for one in topics}
    doable = {Step.MAKE, Step.GROW, Step.SET} | ({Step.REMAKE} if remake else set())
    todo, left = _parted(plan(client, topics), doable)
    for change in todo:
        _do(client, change, by_name[change.topic])
        say(change)
    deadline = time.monotonic() + ANSWER_S
    client.wait_for_topics(list(by_name), timeout_ms=round(ANSWER_S * 1_000))
    while todo:  # brokers hear what the controller did a moment later
        todo, left = _parted(plan(client, topics), doable)
        if todo and time.monotonic() > deadline:
            first = todo[0]
            raise TopicsRefused(
                f"{first.topic} still has {first.there} for {first.what}, not {first.wanted}"
            )
        if todo:
            time.sleep(PAUSE_S)
    return left


def _parted(
    changes: Iterable[Change], doable: Collection[Step]
) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    changes = tuple(changes)
    return (
        tuple(one for one in changes if one.step in doable),
        tuple(one for one in changes if one.step not in doable),
    )


def _do(client: Client, change: Change, topic: Topic) -> None:
    """Mend one difference; that somebody else does the same at once is no trouble."""
    if change.step is Step.SET:
        wanted = ConfigResource(ConfigResourceType.TOPIC, topic.name, {change.what: change.wanted})
        client.alter_configs([wanted])
    elif change.step is Step.GROW:
        with suppress(errors.InvalidPartitionsError):
            client.create_partitions({topic.name: topic.partitions})
    else:
        if change.step is Step.REMAKE:
            client.delete_topics([topic.name])
        _make(client, topic)


def _make(client: Client, topic: Topic) -> None:
    asked = {
        topic.name: {
            "num_partitions": topic.partitions,
            "replication_factor": topic.replication,
            "configs": dict(topic.config),
        }
    }
    try:
        client.create_topics(asked)
    except errors.TopicAlreadyExistsError:
        pass
    except errors.InvalidReplicationFactorError:
        raise TopicsRefused(
            f"there are fewer brokers than the {topic.replication} copies of {topic.name}: "
            "start more, or lower HOMEWARD_REPLICATION"
        ) from None


def ensure(bootstrap: str, topics: Iterable[Topic], wait_s: float = 60.0) -> tuple[Change, ...]:
    """Wait for the brokers, ``apply``, and return what is left for a person; for a supervisor.

    Too many partitions do no harm: nothing is sent to those beyond the lanes. Raises KafkaAway
    when nobody answered for ``wait_s`` seconds, TopicsRefused.
    """
    topics = tuple(topics)
    deadline = time.monotonic() + wait_s
    while True:
        try:
            with admin_of(bootstrap) as client:
                return apply(client, topics)
        except KafkaAway:
            if time.monotonic() > deadline:
                raise
            time.sleep(PAUSE_S)
