"""What one officer's word told: judged from the log and the ledger, whatever lanes believe.

At each rest no more people have heard of an alert first by a version that one officer issued than
their word may tell; and who was passed over in a lane was so because the lane's share was used up.
No wave and no watch on that word lies farther from the place last seen than it may, and no more
hubs were asked.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import h3
from pyroaring import BitMap

from homeward.facts.case import AlertIssued, AlertUpdated, AlertWidened, CaseRaised
from homeward.facts.hub import WatchOrdered
from homeward.facts.merging import CaseJoined
from homeward.facts.reach import ReachWidened
from homeward.facts.sighting import SightingAccepted
from homeward.fanout.lane import Lane
from homeward.geography.cells import from_bytes
from homeward.geography.hubbook import read_hub_book
from homeward.messages import Fact
from homeward.record.envelope import read
from homeward.testing.memory import Disk
from homeward.testing.memory.log import LogDisk
from homeward.testing.simulation.reading import moment_by_moment
from homeward.words import Purpose

KINDS = {"case.alert-issued/1", "case.alert-updated/1", "case.alert-widened/1"}
BOOKS = (AlertIssued, AlertUpdated, AlertWidened, SightingAccepted, CaseJoined)
OVERHANG_KM = 6
"""By so much an area that is kept in cells reaches over a bound of 30 km, at most."""


@dataclass(slots=True)
class Words:
    """One case's alert: which versions are one officer's word, and whom each told."""

    bounds: dict[int, int | None] = field(default_factory=dict)
    """People that a version may tell; None: two approved it."""
    told: defaultdict[int, BitMap] = field(default_factory=lambda: defaultdict(BitMap))
    same: dict[int, int] = field(default_factory=dict)
    """Versions that are not told to whoever was told of one from another on."""

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
            if isinstance(fact, AlertUpdated) and fact.same_since:
                found[row.key].same[fact.version] = fact.same_since
        elif isinstance(fact, AlertWidened):
            found[row.key].bounds[fact.version] = None
    for one in disk.ledger.rows.values():
        chunk = one.chunk
        if chunk.purpose is Purpose.ALERT and not chunk.attempt and chunk.case in found:
            found[chunk.case].told[chunk.version] |= BitMap.deserialize(chunk.recipients)
    return dict(found)


def too_far(disk: LogDisk) -> Iterator[str]:
    """Return each wave and watch that lies beyond what one officer's word reaches.

    By great circles from the report's own cell, with nothing that a policy computes with. A hub's
    place is that of the books in the log.
    """
    for case, moments in moment_by_moment(disk).items():
        reached = Reached()
        for _, said in moments:
            for one in said:
                yield from (f"{wrong} in {case}" for wrong in reached.wrong(one.fact))


@dataclass(slots=True)
class Reached:
    """A case's alert, as far as one officer's word bounds it."""

    place: tuple[float, float] = (0.0, 0.0)
    live: AlertIssued | AlertUpdated | None = None
    """While it is out on one officer's word."""
    book: dict[str, tuple[float, float]] = field(default_factory=dict)
    hubs: set[str] = field(default_factory=set)
    """That were asked on one officer's word first."""
    whole: set[str] = field(default_factory=set)
    """That were asked before, with two."""

    def wrong(self, fact: Fact) -> Iterator[str]:
        """Take in a fact; return what is wrong with it."""
        match fact:
            case CaseRaised():
                self.place = h3.cell_to_latlng(fact.last_seen_cell)
            case AlertIssued() | AlertUpdated():
                self.live = fact if fact.people_max is not None else None
            case AlertWidened():
                self.live = None
            case ReachWidened() if self.live and fact.version == self.live.version:
                cells = (h3.int_to_str(one) for one in from_bytes(fact.cells or b"").tolist())
                far_km = max((self._km(h3.cell_to_latlng(one)) for one in cells), default=0.0)
                if far_km > (self.live.last_seen_km_max or 0) + OVERHANG_KM:
                    yield f"one officer's wave reaches {far_km:.0f} km"
            case WatchOrdered() if self.live:
                self.hubs |= {fact.hub} - self.whole
                if self._km(self.book[fact.hub]) > (self.live.last_seen_km_max or 0):
                    yield f"one officer has {fact.hub} watch"
                if len(self.hubs) > (self.live.hubs_max or 0):
                    yield f"one officer has {len(self.hubs)} hubs watch"
            case WatchOrdered():
                self.whole.add(fact.hub)
        if isinstance(fact, BOOKS):
            self._read(fact.hubs)

    def _read(self, raw: bytes | None) -> None:
        hubs = read_hub_book(raw) if raw else ()
        self.book |= {hub.id: (hub.lat_deg, hub.lon_deg) for hub in hubs}

    def _km(self, place: tuple[float, float]) -> float:
        return float(h3.great_circle_distance(self.place, place, unit="km"))


def told_again(words: dict[str, Words]) -> Iterator[str]:
    """Return each version that changes nothing and was told to somebody who had heard of it."""
    for case, one in words.items():
        for version, since in one.same.items():
            older = (told for of, told in one.told.items() if since <= of < version)
            before = BitMap().union(*older)
            if again := len(one.told.get(version, BitMap()) & before):
                yield f"version {version} of {case} tells {again} again what they know"


def too_many(words: dict[str, Words]) -> Iterator[str]:
    """Return each case of which more people heard on one officer's word than may."""
    for case, one in words.items():
        bound = max((most for most in one.bounds.values() if most is not None), default=0)
        if len(one.newcomers) > bound:
            yield f"one officer told {len(one.newcomers)} of {case}, and {bound} are allowed"
