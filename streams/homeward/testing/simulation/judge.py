"""The statement: a disturbed run says the same words and tells the same people, each once."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pyroaring import BitMap

from homeward.record.envelope import Row, read
from homeward.testing.approvals import unapproved
from homeward.testing.memory import Disk, said
from homeward.testing.simulation.sender import Told
from homeward.testing.unverified import not_told_over, public_recipients
from homeward.words import Purpose

SHOWN_MAX: Final = 6

Words = tuple[str, str, str, str]
"""(derived id, stream, kind, public part)"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run left behind, in the log and at the far side."""

    words: frozenset[Words]
    told: frozenset[Told]
    wrong: tuple[str, ...]
    """What is wrong in this run by itself."""

    @property
    def figures(self) -> dict[str, int]:
        """Facts by kind, and messages: what a test asserts that a history was worth running."""
        return {**Counter(kind for _, _, kind, _ in self.words), "told": len(self.told)}


def outcome(disk: Disk, lines: Sequence[Told]) -> Outcome:
    """Return what a run left, judged by itself."""
    told = frozenset(lines)
    wrong = (
        *(*_twice(told), *_cut_twice(disk), *_over(disk, told), *_unfinished(disk)),
        *_alone(disk),
        *public_recipients(disk),
        *not_told_over(disk),
    )
    return Outcome(frozenset(map(said, disk.log.rows)), told, wrong)


def differences(calm: Outcome, disturbed: Outcome) -> list[str]:
    """Return how a disturbed run differs from the calm one; empty when promises 3 and 4 hold."""
    found = [
        *(f"calm: {one}" for one in calm.wrong),
        *(f"disturbed: {one}" for one in disturbed.wrong),
        *(f"not said: {_short(one)}" for one in sorted(calm.words - disturbed.words)),
        *(f"said besides: {_short(one)}" for one in sorted(disturbed.words - calm.words)),
        *(f"not told: {one}" for one in sorted(calm.told - disturbed.told, key=str)),
        *(f"told besides: {one}" for one in sorted(disturbed.told - calm.told, key=str)),
    ]
    rest = len(found) - SHOWN_MAX
    return found[:SHOWN_MAX] + ([f"and {rest} more"] if rest > 0 else [])


def _short(words: Words) -> str:
    fact_id, stream, kind, public = words
    return f"{kind} in {stream} ({fact_id}) {public[:160]}"


def _twice(told: frozenset[Told]) -> Iterator[str]:
    """Nobody is shown one alert version under two message ids."""
    ids = defaultdict(set)
    for one in told:
        if one.purpose == Purpose.ALERT:
            ids[one.case, one.alert, one.version, one.recipient].add(one.message_id)
    return (f"shown twice: {who}" for who, found in ids.items() if len(found) > 1)


def _cut_twice(disk: Disk) -> Iterator[str]:
    """Nobody stands in two chunks of one alert version, whatever areas and waves overlap."""
    cut: defaultdict[tuple[str, int, int], BitMap] = defaultdict(BitMap)
    for row in disk.ledger.rows.values():
        chunk = row.chunk
        if chunk.purpose is not Purpose.ALERT or chunk.attempt:
            continue
        people, before = (
            BitMap.deserialize(chunk.recipients),
            cut[chunk.case, chunk.alert, chunk.version],
        )
        if people & before:
            yield f"cut twice: {len(people & before)} of version {chunk.version}"
        before |= people


def _over(disk: Disk, told: frozenset[Told]) -> Iterator[str]:
    """Whoever was told of an alert that was taken back or closed out is told so.

    An unverified report is the same matter as the alert that follows it.
    Who left meanwhile is forgotten, also when they come back: then under a new ordinal.
    """
    began, over = (
        {(one.case, max(one.alert, 1), one.recipient) for one in told if one.purpose in purposes}
        for purposes in ({"alert", "watch"}, {"cancel", "close-out"})
    )
    ends = {"case.alert-cancelled/1", "case.closed-out/1"}
    ended = {row.key for row, kind in _kinds(disk) if kind in ends}
    for row in disk.ledger.rows.values():
        chunk = row.chunk
        for ordinal in BitMap.deserialize(chunk.recipients) if chunk.case in ended else ():
            who = chunk.case, max(chunk.alert, 1), disk.roster.by_ordinal.get(ordinal, "")
            if who in began - over:
                yield f"never told that it is over: {who}"


def _alone(disk: Disk) -> Iterator[str]:
    """Nothing goes beyond one officer's word without two people, or a review (I-25)."""
    cases: defaultdict[str, list[Row]] = defaultdict(list)
    for row, kind in _kinds(disk):
        if kind.startswith("case."):
            cases[row.key].append(row)
    for rows in cases.values():
        yield from unapproved(map(read, rows))


def _kinds(disk: Disk) -> Iterator[tuple[Row, str]]:
    return zip(disk.log.rows, disk.log.kinds, strict=True)


def _unfinished(disk: Disk) -> Iterator[str]:
    """Nothing is parked, nothing is left to send."""
    yield from (f"parked: {one}" for one in disk.bench.parked.values())
    left = [one for one in disk.ledger.rows.values() if disk.ledger.open(one)]
    if left:
        yield f"{len(left)} chunks still open"
