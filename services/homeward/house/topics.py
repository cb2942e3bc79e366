"""The topics of a house: made as its catalogue says, and how far its workers are with them."""

from collections.abc import Mapping

from homeward.house.opening import House
from homeward.kafka.admin import KafkaAway, TopicsRefused, admin_of, ensure
from homeward.kafka.catalogue import names_of, prefix_of, topics_of
from homeward.kafka.offsets import lag

WAIT_S = 1.0


def ensure_topics(house: House) -> str:
    """Make what is missing; return what is in the way, or nothing. Blocks for seconds."""
    settings = house.settings
    prefix = prefix_of(settings.topic_prefix, house.world)
    topics = topics_of(prefix, house.store.lanes, settings.facts_partitions, settings.replication)
    try:
        left = ensure(settings.kafka, topics, WAIT_S)
    except (KafkaAway, TopicsRefused) as trouble:
        return str(trouble)
    return "" if not left else "; ".join(f"{one.topic}: {one.mend}" for one in left)


def missing_topics(house: House) -> tuple[str, ...]:
    """Return the topics of the house that are not there. Blocks; raises KafkaAway."""
    names = names_of(house.settings.topic_prefix, house.world)
    with admin_of(house.settings.kafka) as client:
        there = {one["name"] for one in client.describe_topics()}
    return tuple(one for one in (names.facts, names.orders, names.positions) if one not in there)


def lag_of(house: House) -> Mapping[str, int]:
    """Return topic -> records that the workers have not acknowledged. Blocks for seconds.

    Raises KafkaAway, TopicsRefused.
    """
    names = names_of(house.settings.topic_prefix, house.world)
    with admin_of(house.settings.kafka) as client:
        return lag(client, names).by_topic
