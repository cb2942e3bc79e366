"""Merges in a real thread, while changes and questions go on: the answers stay brute force's."""

import operator
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import UTC, datetime

import h3.api.basic_int as h3
import numpy as np
from pyroaring import BitMap
from tests.streams.fanout.asking import columns

from homeward.fanout.areas import Anywhere, CellSet, Disk
from homeward.fanout.brute import BruteIndex
from homeward.fanout.columns import LaneChanges
from homeward.fanout.eligible import Person
from homeward.fanout.index import Query
from homeward.fanout.pyramid import PyramidIndex, index
from homeward.words import RecipientKind, Severity

VOLUNTEER = RecipientKind.VOLUNTEER
ROUNDS, PEOPLE = 400, 300


class Town:
    """People who come, move and leave."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.numbers = iter((self.chance.randrange(64) << 26) + n for n in range(10**6))
        self.known, self.revision = set(), 7

    def cell(self):
        lat, lon = self.chance.gauss(33, 0.3), self.chance.gauss(115, 0.3)
        return h3.latlng_to_cell(lat, lon, self.chance.choice([5, 6, 7, 7, 8]))

    def people(self, ordinals):
        self.known |= set(ordinals)
        return [
            Person(one, VOLUNTEER, tuple({self.cell() for _ in range(self.chance.randrange(4))}))
            for one in ordinals
        ]

    def some(self, many):
        return self.chance.sample(sorted(self.known), many)

    def changes(self):
        self.revision += 1
        moved = self.some(self.chance.randrange(1, 12))
        gone = set(self.some(2)) - set(moved)
        self.known -= gone
        new = self.people([*moved, *(next(self.numbers) for _ in range(2))])
        return LaneChanges(columns(new, self.revision), BitMap(gone))

    def query(self):
        area = self.chance.choice(
            [
                Anywhere(),
                Disk(33.0, 115.0, self.chance.choice([500.0, 5_000.0, 30_000.0])),
                CellSet(np.unique(np.array([self.cell() for _ in range(20)], np.uint64))),
            ]
        )
        only = self.chance.choice([None, None, BitMap(self.some(60))])
        at = datetime(2026, 3, 1, 4, tzinfo=UTC)
        told, again = BitMap(self.some(40)), BitMap(self.some(20))
        focus = self.chance.choice([None, f"{self.cell():x}"])
        return Query(
            area, {VOLUNTEER}, at, Severity.EXTREME, focus, told=told, again=again, only=only
        )


def test_what_changes_during_a_merge_is_neither_lost_nor_doubled(monkeypatch):
    monkeypatch.setattr(index, "MERGED_FROM", 20)
    town = Town(20260314)
    first = columns(town.people([next(town.numbers) for _ in range(PEOPLE)]))
    one, rule, merges = PyramidIndex(first), BruteIndex(first), 0
    with ThreadPoolExecutor(1) as beside:
        under_way = None
        for _ in range(ROUNDS):
            changes = town.changes()
            one.apply(changes)
            rule.apply(changes)
            if under_way is None:
                work = one.merging()
                under_way = beside.submit(work) if work else None
            elif town.chance.random() < 0.3:
                under_way.result()()
                under_way, merges = None, merges + 1
            query = town.query()
            found, right = one.match(query), rule.match(query)
            for part in fields(right):
                have, wanted = getattr(found, part.name), getattr(right, part.name)
                alike = np.array_equal if isinstance(wanted, np.ndarray) else operator.eq
                assert alike(have, wanted), query
            assert len(one) == len(town.known)
    assert merges > ROUNDS // 20
