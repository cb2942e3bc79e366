"""At rest nobody is missed: whoever is inside a live area by now was told, or is passed over."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

import numpy as np
from pyroaring import BitMap

from homeward.facts.callout import CalloutOrdered
from homeward.facts.case import AlertCancelled, CaseClosedOut, CaseResolved
from homeward.facts.merging import CaseMerged
from homeward.fanout.areas import CellSet
from homeward.fanout.brute import BruteIndex
from homeward.fanout.columns import LaneColumns
from homeward.fanout.index import Query
from homeward.fanout.late import KINDS
from homeward.fanout.told import bitmap, load
from homeward.geography.cells import from_bytes
from homeward.record.envelope import attachments, read
from homeward.testing.memory import Disk
from homeward.testing.simulation.alone import told_again, too_many, words_of
from homeward.testing.simulation.counted import days_of, miscounted, told_of
from homeward.words import Audience, Purpose

ENDS = (AlertCancelled, CaseResolved, CaseClosedOut, CaseMerged)
VERSION_MAX = 999
KINDS_OF_ENDS = {str(one.model_fields["kind"].default) for one in ENDS}


def missed(disk: Disk, everybody: LaneColumns, at: datetime, lanes: int) -> Iterator[str]:
    """Return whom the rule tells or passes over, by the log's own orders, and nobody did.

    ``everybody`` is the roster as one lane; ``at`` the case clock.
    """
    rule, words = BruteIndex(everybody), words_of(disk)
    yield from too_many(words)
    yield from told_again(words)
    yield from miscounted(disk)
    days = days_of(disk)
    for case, orders in _live(disk, at).items():
        newest = orders[-1]
        cells = np.concatenate([from_bytes(one.cells or b"") for one in orders])
        found = rule.match(
            Query(
                area=CellSet(cells),
                kinds=KINDS,
                at=at,
                severity=newest.severity,
                focus=newest.focus,
                told=_cut(disk, case, newest),
                known=told_of(disk, case, newest.alert),
                days=days,
                overridden=bool(newest.overridden),
            )
        )
        untold = BitMap(found.ordinals)
        over = words[case].passed_over(newest.version, untold, lanes)
        if untold - over:
            yield f"inside and not told: {len(untold - over)} of {case}"
        if forgotten := (BitMap(found.suppressed) | over) - _suppressed(disk, case, newest):
            yield f"passed over and forgotten: {len(forgotten)} of {case}"


def _live(disk: Disk, at: datetime) -> dict[str, list[CalloutOrdered]]:
    """Return the orders of each case's newest version, of versions that are not over."""
    orders: defaultdict[str, list[CalloutOrdered]] = defaultdict(list)
    over = _ended(disk)
    for row, kind in zip(disk.log.rows, disk.log.kinds, strict=True):
        if kind != "callouts.ordered/1":
            continue
        blobs = {digest: disk.log.blobs[digest] for digest in attachments(row)}
        order = read(row, blobs=blobs).fact
        assert isinstance(order, CalloutOrdered)
        if order.version <= over.get(row.key, 0):
            continue
        if order.audience is Audience.AREA and (order.expires_at is None or at < order.expires_at):
            before = orders[row.key]
            orders[row.key] = [one for one in before if one.version == order.version] + [order]
    return orders


def _ended(disk: Disk) -> dict[str, int]:
    """Return up to which version each case's alert ended."""
    upto: dict[str, int] = {}
    for row, kind in zip(disk.log.rows, disk.log.kinds, strict=True):
        fact = read(row).fact if kind in KINDS_OF_ENDS else None
        if isinstance(fact, ENDS):
            upto[row.key] = max(fact.version or VERSION_MAX, upto.get(row.key, 0))
    return upto


def _cut(disk: Disk, case: str, order: CalloutOrdered) -> BitMap:
    people, first = BitMap(), order.same_since or order.version
    for row in disk.ledger.rows.values():
        chunk = row.chunk
        mine = (chunk.case, chunk.alert) == (case, order.alert)
        mine = mine and first <= chunk.version <= order.version
        if mine and chunk.purpose is Purpose.ALERT and not chunk.attempt:
            people |= BitMap.deserialize(chunk.recipients)
    return people


def _suppressed(disk: Disk, case: str, order: CalloutOrdered) -> BitMap:
    people = BitMap()
    for (processor, key), position in disk.bench.positions.items():
        if processor.startswith("fanout.") and key == case and position.state is not None:
            kept = load(position.state).of(order.alert, order.version)
            people |= bitmap(kept.suppressed if kept else b"")
    return people
