"""Every topic of a world: how many partitions, how long it is kept, and why.

Kafka is a bell and the log is the book (docs/decisions/0012): nothing here is kept for longer than
a bell has to ring, and nothing that is lost here is lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

SECOND_MS: Final = 1_000
MINUTE_MS: Final = 60 * SECOND_MS
DAY_MS: Final = 24 * 60 * MINUTE_MS

FACTS_KEPT_MS: Final = 7 * DAY_MS
"""A week: longer than any outage of a worker that nobody mends, and what other readers of the
facts may rely on. Ours read the log for what they missed."""
ORDERS_KEPT_MS: Final = DAY_MS
"""An order that is older than its alert tells nobody; a lane reads the log for what it missed."""
POSITIONS_KEPT_MS: Final = 10 * MINUTE_MS
"""Minutes: a worker that was away for longer asks the roster. What is kept longer is a history of
where people were (SAFETY), so nothing is compacted either: the last word of somebody stays."""

RECORD_BYTES_MAX: Final = 8_000_000
"""As much as the log takes at once (`postgres.group`): one fact that were refused would hold up the
bell of all that follow."""
BATCH_BYTES_MAX: Final = 1_000_000
"""Kafka's bound is on a batch, not on a record: as its own default."""


THREE: Final = 3


class Names(NamedTuple):
    """What a world's topics are called, and the group of its workers."""

    facts: str
    orders: str
    positions: str

    @property
    def group(self) -> str:
        """Of the workers, who share the partitions."""
        return f"{self.facts.removesuffix('.facts')}.worker"


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic as it should be."""

    name: str
    partitions: int
    replication: int
    config: Mapping[str, str]
    """Kafka's own names and words; what is not named here is the broker's affair."""
    meaning: str


def prefix_of(topic_prefix: str, world: Literal["live", "drill"]) -> str:
    """Return what a world's topics begin with: nothing of one world is read in the other."""
    return topic_prefix if world == "live" else f"{topic_prefix}-drill"


def names_of(topic_prefix: str, world: Literal["live", "drill"]) -> Names:
    """Return the names in a world."""
    return _names(prefix_of(topic_prefix, world))


def _names(prefix: str) -> Names:
    return Names(f"{prefix}.facts", f"{prefix}.orders", f"{prefix}.positions")


def topics_of(
    prefix: str, lanes: int, facts_partitions: int, replication: int
) -> tuple[Topic, ...]:
    """Return the catalogue of the world with this prefix (`prefix_of`) and so many lanes."""
    names = _names(prefix)

    def topic(name: str, partitions: int, own: Mapping[str, str], meaning: str) -> Topic:
        config = {**_common(replication), **own}
        return Topic(name, partitions, replication, config, meaning)

    return (
        topic(
            names.facts,
            facts_partitions,
            {"retention.ms": f"{FACTS_KEPT_MS}", "max.message.bytes": f"{RECORD_BYTES_MAX}"},
            "every fact of the log once, by ordering key",
        ),
        topic(
            names.orders,
            lanes,
            {"retention.ms": f"{ORDERS_KEPT_MS}", "max.message.bytes": f"{RECORD_BYTES_MAX}"},
            "what lanes hear, once for each lane; partition = lane",
        ),
        topic(
            names.positions,
            lanes,
            {
                "retention.ms": f"{POSITIONS_KEPT_MS}",
                "max.message.bytes": f"{BATCH_BYTES_MAX}",
                # only a whole segment is ever deleted, so a segment is a minute at most
                "segment.ms": f"{MINUTE_MS}",
                "segment.bytes": f"{64 * 1024 * 1024}",
                "file.delete.delay.ms": f"{SECOND_MS}",
            },
            "where recipients are, in cells of res 7 or coarser; partition = lane",
        ),
    )


def _common(replication: int) -> dict[str, str]:
    return {
        "cleanup.policy": "delete",
        # by the broker's clock: a sender whose clock is an hour off must not keep positions for
        # an hour longer, nor have facts deleted at once
        "message.timestamp.type": "LogAppendTime",
        # whatever a sender does: what a worker has no decoder for would stop its bell, and what
        # unpacks to gigabytes is refused as too large
        "compression.type": "uncompressed",
        # acknowledged by two of three, so that one broker may die
        "min.insync.replicas": "2" if replication >= THREE else "1",
        "unclean.leader.election.enable": "false",
    }


__all__ = ["RECORD_BYTES_MAX", "Names", "Topic", "names_of", "prefix_of", "topics_of"]
