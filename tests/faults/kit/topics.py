"""What a topic holds against what the log holds: how much was lost, doubled and overtaken."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.faults.kit.judging import Said
from tests.services.kafka.relaying import read, row_of


@dataclass(frozen=True)
class Carried:
    """Of the facts between the first and the last one that a topic holds."""

    facts: int
    lost: int
    doubled: int
    overtaken: int
    """Facts that stand behind a later one of their ordering key."""


def carried(bootstrap: str, topic: str, log: Sequence[Said]) -> Carried:
    """Judge a topic that should hold every fact of the log once, those of a key in order."""
    rows = [list(map(row_of, some)) for some in read(bootstrap, topic).values()]
    times = Counter(one.log_index for some in rows for one in some)
    wanted = [one.index for one in log if min(times) <= one.index <= max(times)]
    overtaken = 0
    for some in rows:
        newest: dict[str, int] = {}
        seen: set[int] = set()
        for one in some:
            if one.log_index not in seen:
                overtaken += one.key_version < newest.get(one.key, 0)
            seen.add(one.log_index)
            newest[one.key] = max(one.key_version, newest.get(one.key, 0))
    return Carried(
        facts=len(wanted),
        lost=sum(one not in times for one in wanted),
        doubled=sum(many > 1 for many in times.values()),
        overtaken=overtaken,
    )
