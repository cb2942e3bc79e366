"""At rest every day is counted exactly: of whom an alert told, once, whatever died between."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from pyroaring import BitMap

from homeward.fanout.days import Days, levels_of
from homeward.testing.memory import Disk
from homeward.words import Purpose, RecipientKind


def days_of(disk: Disk) -> Days:
    """Return everybody's days as the store keeps them."""
    days = Days()
    for (shard, day), row in sorted(disk.bench.days.items()):
        days = days.put(shard, day, levels_of(row.levels))
    return days


def told_of(disk: Disk, case: str, alert: int) -> BitMap:
    """Return who stands in a chunk of any version of an alert, by the ledger."""
    people = BitMap()
    for row in disk.ledger.rows.values():
        chunk = row.chunk
        same = chunk.alert in {alert, 0}  # the unverified report that it follows
        if chunk.case == case and same and chunk.purpose is Purpose.ALERT:
            people |= BitMap.deserialize(chunk.recipients)
    return people


def miscounted(disk: Disk) -> Iterator[str]:
    """Return whose days do not add up to the alerts that the ledger says they were told of."""
    told: defaultdict[tuple[str, int], BitMap] = defaultdict(BitMap)
    known = disk.roster.registered.values()
    hubs = BitMap(one.ordinal for one in known if one.recipient.kind is RecipientKind.HUB)
    for row in disk.ledger.rows.values():
        chunk = row.chunk
        if chunk.purpose is Purpose.ALERT and not chunk.attempt:
            told[chunk.case, max(chunk.alert, 1)] |= BitMap.deserialize(chunk.recipients) - hubs
    expected = Counter(person for people in told.values() for person in people)
    levels = days_of(disk).levels.values()
    found = Counter(person for day in levels for level in day for person in level)
    wrong = [one for one in expected | found if expected[one] != found[one]]
    if wrong:
        yield f"days do not add up: {len(wrong)} people"
