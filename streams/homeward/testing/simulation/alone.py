"""What one officer's word told: judged from the log and the ledger, whatever lanes believe.

At each rest no more people have heard of an alert first by a version that one officer issued than
their word may tell; and who was passed over in a lane was so because the lane's share was used up.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from pyroaring import BitMap

from homeward.facts.case import AlertIssued, AlertUpdated, AlertWidened
from homeward.fanout.lane import Lane
from homeward.record.envelope import read
from homeward.testing.memory import Disk
from homeward.words import Purpose

KINDS = {"case.alert-issued/1", "case.alert-updated/1", "case.alert-widened/1"}


@dataclass(slots=True)
class Words:
    """One case's alert: which versions are one officer's word, and whom each told."""

    bounds: dict[int, int | None] = field(default_factory=dict)
    """People that a version may tell; None: two approved it."""
    told: defaultdict[int, BitMap] = field(default_factory=lambda: defaultdict(BitMap))

    @property
    def newcomers(self) -> BitMap:
        """Who heard of the alert first by one officer's word."""
        known, new = BitMap(), BitMap()
        for version in sorted(self.told):
            if self.bounds.get(version) is not None:
                new |= self.told[version] - known
            known |= self.told[version]
        return new

    def passed_over(self, version: int, people: BitMap, lanes: int) -> BitMap:
        """Return those who rightly were not told: their lane has used its share up."""
        bound = self.bounds.get(version)
        if bound is None:
            return BitMap()
        new = self.newcomers
        each = (Lane(number, lanes, "") for number in range(lanes))
        full = (lane.own(people) for lane in each if len(lane.own(new)) >= bound // lanes)
        return BitMap().union(*full)


def words_of(disk: Disk) -> dict[str, Words]:
    """Return each case's alert as log and ledger hold it."""
    found: defaultdict[str, Words] = defaultdict(Words)
    for row, kind in zip(disk.log.rows, disk.log.kinds, strict=True):
        fact = read(row).fact if kind in KINDS else None
        if isinstance(fact, AlertIssued | AlertUpdated):
            found[row.key].bounds[fact.version] = fact.people_max
        elif isinstance(fact, AlertWidened):
            found[row.key].bounds[fact.version] = None
    for one in disk.ledger.rows.values():
        chunk = one.chunk
        if chunk.purpose is Purpose.ALERT and not chunk.attempt and chunk.case in found:
            found[chunk.case].told[chunk.version] |= BitMap.deserialize(chunk.recipients)
    return dict(found)


def too_many(words: dict[str, Words]) -> Iterator[str]:
    """Return each case of which more people heard on one officer's word than may."""
    for case, one in words.items():
        bound = max((most for most in one.bounds.values() if most is not None), default=0)
        if len(one.newcomers) > bound:
            yield f"one officer told {len(one.newcomers)} of {case}, and {bound} are allowed"
