"""Whom an asking asked: judged from the log and the ledger, whatever processor and lanes believe.

At rest nobody was asked twice in an asking, no round asked more than it was to, nobody was asked
who had not been told, by night, or once it was over; and when it was enough or over, all who were
asked have heard so, once, but for those whom the log names.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

from pyroaring import BitMap

from homeward.facts.answer import AnswerGiven
from homeward.facts.asking import AskingOpened, RoundOrdered, RoundsFilled, RoundsOver
from homeward.facts.callout import CalloutOrdered
from homeward.fanout.chunk import Chunk
from homeward.messages import Fact
from homeward.policies.attention import DAY_FROM_MIN, DAY_TO_MIN
from homeward.record.envelope import attachments, read
from homeward.testing.memory import Disk
from homeward.testing.simulation.places import ZONE
from homeward.words import Purpose

KINDS: Final = frozenset(
    str(one.model_fields["kind"].default)
    for one in (AnswerGiven, AskingOpened, RoundOrdered, RoundsFilled, RoundsOver, CalloutOrdered)
)


@dataclass(slots=True)
class _Asking:
    opened: AskingOpened
    rounds: list[RoundOrdered] = field(default_factory=list)
    enough: list[RoundsFilled | RoundsOver] = field(default_factory=list)
    over: bool = False


def wrongly_asked(disk: Disk) -> Iterator[str]:
    """Return what is wrong about those asked."""
    askings: dict[str, _Asking] = {}
    orders: dict[str, CalloutOrdered] = {}
    answered: set[str] = set()
    for fact_id, fact in _facts(disk):
        if isinstance(fact, CalloutOrdered):
            orders[fact_id] = fact
        elif isinstance(fact, AskingOpened):
            askings[fact.asking] = _Asking(fact)
        elif isinstance(fact, RoundOrdered):
            one = askings[fact.asking]
            if one.over or fact.at >= one.opened.needed_by:
                yield f"asked though it is over: {fact.asking}"
            one.rounds.append(fact)
        elif isinstance(fact, AnswerGiven):
            answered.add(fact.recipient)
        elif isinstance(fact, RoundsFilled | RoundsOver):
            if silent := {*(fact.spared or b"").decode().split()} - answered:
                yield f"left to come in vain: {len(silent)} in {fact.asking}"
            askings[fact.asking].enough.append(fact)
            askings[fact.asking].over |= isinstance(fact, RoundsOver)
    for name, one in askings.items():
        yield from _judged(disk, name, one, orders)


def _judged(
    disk: Disk, name: str, one: _Asking, orders: dict[str, CalloutOrdered]
) -> Iterator[str]:
    asked, home = BitMap(), BitMap()
    by_order: defaultdict[str, int] = defaultdict(int)
    for chunk in _chunks(disk, name):
        people = BitMap.deserialize(chunk.recipients)
        seen = asked if chunk.purpose is Purpose.ASK else home
        if people & seen:
            yield f"{chunk.purpose} twice: {len(people & seen)} in {name}"
        seen |= people
        if chunk.purpose is not Purpose.ASK:
            continue
        by_order[chunk.order] += len(people)
        if people - _told(disk, chunk):
            yield f"asked and not told: {len(people)} in {name}"
        at = orders[chunk.order].at.astimezone(ZoneInfo(ZONE))
        if not DAY_FROM_MIN <= at.hour * 60 + at.minute < DAY_TO_MIN:
            yield f"asked by night: {name} at {at:%H:%M}"
    for order, count in by_order.items():
        if count > (orders[order].people_max or 0):
            yield f"a round of {orders[order].people_max} asked {count} in {name}"
    if len(asked) > one.opened.people_max:
        yield f"asked {len(asked)} and {one.opened.people_max} are allowed in {name}"
    if one.enough and (one.over or _last_is_enough(one)):
        # Who was sent home at an earlier end of the rounds, and spared in the last, knows it.
        ids = {*(one.enough[-1].spared or b"").decode().split()}
        known = disk.roster.by_ordinal  # who left meanwhile is forgotten
        if left := [who for who in asked - home if who in known and known[who] not in ids]:
            yield f"never told that they need not come: {len(left)} in {name}"
    if home - asked:
        yield f"sent home and never asked: {len(home - asked)} in {name}"


def _last_is_enough(one: _Asking) -> bool:
    return not one.rounds or one.enough[-1].at > one.rounds[-1].at


def _facts(disk: Disk) -> Iterator[tuple[str, Fact]]:
    for row, kind in zip(disk.log.rows, disk.log.kinds, strict=True):
        if kind in KINDS:
            blobs = {digest: disk.log.blobs[digest] for digest in attachments(row)}
            heard = read(row, blobs=blobs)
            yield heard.id, heard.fact


def _chunks(disk: Disk, asking: str) -> Iterator[Chunk]:
    for row in disk.ledger.rows.values():
        if row.chunk.watch == asking and not row.chunk.attempt:
            yield row.chunk


def _told(disk: Disk, of: Chunk) -> BitMap:
    """Return who stands in a chunk of the version that they were asked about."""
    people = BitMap()
    for row in disk.ledger.rows.values():
        chunk = row.chunk
        same = (chunk.case, chunk.alert, chunk.version) == (of.case, of.alert, of.version)
        if same and chunk.purpose is Purpose.ALERT:
            people |= BitMap.deserialize(chunk.recipients)
    return people
