"""The one way in which facts are heard, on every host.

Kafka is a bell, the log is the book: whatever rang, a turn loads the position of each key, skips
what was heard, reads from the log what is missing between, steps in order, and commits state,
position and outputs together. Lost, doubled and reordered deliveries, crashed and late workers
are one case: a position that is not the expected one writes nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

from homeward.hosts.consumer import Consumer
from homeward.hosts.lines import Lines
from homeward.hosts.pen import Pen
from homeward.messages import Recorded
from homeward.ports import (
    KEEP_WAKE,
    Book,
    Chunk,
    KeyTurn,
    LogUnavailable,
    Parked,
    Position,
    Wake,
    Workbench,
)
from homeward.record.chain import chain_start
from homeward.record.envelope import Entry, Row, StreamHead, attachments


@dataclass(frozen=True, slots=True)
class Bench:
    """What a turn works on."""

    log: Book
    workbench: Workbench
    pen: Pen
    lines: Lines = field(default_factory=Lines)
    """Lines that others hear, too."""


@dataclass(slots=True)
class Heard:
    """One key's turn while it is being made."""

    position: Position
    state: Any
    head: StreamHead
    heard: int
    wake_at: datetime | None
    wake: Wake | str | None = KEEP_WAKE
    entries: list[Entry] = field(default_factory=list)
    chunks: list[Chunk] = field(default_factory=list)
    live: bool = False
    parked: Parked | None = None
    facts: int = 0


class HeardOf(NamedTuple):
    """What was heard of a key in one turn that was committed."""

    key: str
    after: int
    upto: int
    """after < key_version <= upto."""
    facts: int
    """How many of these the consumer was given: those of the kinds that it hears."""
    said: int
    """How many facts followed."""


Noted: TypeAlias = Callable[[HeardOf], None]
"""Told of each turn that was committed; must not raise."""


def _unnoted(_: HeardOf) -> None:
    pass


async def hear(
    bench: Bench, consumer: Consumer, rows: Iterable[Row], noted: Noted = _unnoted
) -> frozenset[str]:
    """Let a consumer hear these facts, whatever of them it has heard already.

    Tries again while somebody else moves a key's position, and returns the keys it parked; what
    was really heard is told to ``noted``.
    Raises LogUnavailable; then nothing half done is left and the caller tries again later.
    """
    rung: dict[str, list[Row]] = {}
    for row in rows:
        rung.setdefault(row.key, []).append(row)
    if not rung:
        return frozenset()
    birth, _ = await bench.workbench.start(consumer.name)
    parked: set[str] = set()
    while rung:
        refused, gone_wrong = await turn(bench, consumer, rung, birth, noted)
        parked |= gone_wrong
        rung = {key: rung[key] for key in refused}
    return frozenset(parked)


async def turn(
    bench: Bench,
    consumer: Consumer,
    rung: Mapping[str, Sequence[Row]],
    birth: int,
    noted: Noted = _unnoted,
) -> tuple[frozenset[str], frozenset[str]]:
    """Make one turn over some keys; return (keys refused by the compare-and-set, keys parked)."""
    consumer = consumer.afresh(bench.workbench)
    positions = await bench.workbench.load(consumer.name, sorted(rung))
    turns: list[KeyTurn] = []
    parked: list[Parked] = []
    told: list[HeardOf] = []
    for key in sorted(rung):
        made = await _hear_key(bench, consumer, key, positions[key], rung[key], birth)
        if made is None:
            continue
        if made.heard > made.position.heard:
            turns.append(as_turn(consumer, key, made))
            told.append(_heard_of(key, made))
        if made.parked:
            parked.append(made.parked)
    refused = await bench.workbench.commit_turn(consumer.name, turns) if turns else frozenset()
    for heard in told:
        if heard.key not in refused:
            noted(heard)
    for one in parked:
        if one.key not in refused:
            await bench.workbench.park(one)
    return refused, frozenset(one.key for one in parked) - refused


def _heard_of(key: str, made: Heard) -> HeardOf:
    return HeardOf(key, made.position.heard, made.heard, made.facts, len(made.entries))


async def _hear_key(
    bench: Bench,
    consumer: Consumer,
    key: str,
    position: Position,
    rung: Sequence[Row],
    birth: int,
) -> Heard | None:
    rows = [] if position.parked else await missing(bench, consumer, key, position, rung)
    if not rows:
        return None
    digests = {digest for row in rows for digest in attachments(row)}
    blobs = await bench.log.blobs(digests) if digests else {}
    made = opened(bench, consumer, key, position)
    for row in rows:
        try:
            recorded = bench.lines.read(row, blobs)
            await take(bench, consumer, made, recorded, silent=row.log_index < birth)
        except LogUnavailable:
            raise
        except Exception as failure:  # noqa: BLE001 -- whatever it is, the other keys go on
            made.parked = Parked(consumer.name, key, row.key_version, where(failure))
            break
    return made


def opened(bench: Bench, consumer: Consumer, key: str, position: Position) -> Heard:
    """Return a key's turn in which nothing was heard yet."""
    stream = consumer.stream(key)
    chain = position.out_chain or chain_start(bench.pen.log, stream)
    head = StreamHead(stream, position.out_version, chain)
    return Heard(position, None, head, position.heard, position.wake_at)


async def take(
    bench: Bench, consumer: Consumer, made: Heard, recorded: Recorded, *, silent: bool = False
) -> Sequence[Entry]:
    """Let a consumer react to one fact; return what it says. Raises whatever reacting raises."""
    if made.state is None:
        state = made.position.state
        made.state = consumer.begin() if state is None else consumer.load(state)
    reacted = await consumer.react(made.state, recorded)
    says = () if silent else tuple(reacted.says)
    entries = bench.pen.outputs(consumer.name, recorded, says, made.head)
    made.state = reacted.state
    made.entries.extend(entries)
    made.chunks.extend(() if silent else reacted.chunks)
    made.live = reacted.live
    made.heard = recorded.key_version
    made.facts += 1
    if reacted.wake_at != made.wake_at:
        made.wake_at = at = reacted.wake_at
        made.wake = None if at is None else Wake(consumer.name, recorded.key, at, recorded.id)
    return entries


async def missing(
    bench: Bench, consumer: Consumer, key: str, position: Position, rung: Sequence[Row]
) -> list[Row]:
    """Return the facts of heard kinds after the position up to the newest that rang, in order.

    When what rang has no gap it is used as it is; else the book is read.
    """
    fresh = {row.key_version: row for row in rung if row.key_version > position.heard}
    if not fresh:
        return []
    newest = max(fresh)
    if len(fresh) != newest - position.heard:
        return await bench.log.key_rows(key, position.heard, newest, kinds=consumer.hears)
    ordered = (fresh[version] for version in sorted(fresh))
    return [row for row in ordered if bench.lines.kind(row) in consumer.hears]


def as_turn(consumer: Consumer, key: str, made: Heard) -> KeyTurn:
    """Return a key's turn as it is committed."""
    return KeyTurn(
        key=key,
        expected_revision=made.position.revision,
        heard=made.heard,
        state=consumer.dump(made.state),
        entries=tuple(made.entries),
        out_version=made.head.version,
        out_chain=made.head.chain if made.head.version else None,
        wake=made.wake,
        chunks=tuple(made.chunks),
        live=made.live,
        days=consumer.counted(),
    )


def where(failure: BaseException) -> str:
    """Return an exception's class and place, never its text: it may name a person."""
    place = failure.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    at = f"{place.tb_frame.f_code.co_qualname}:{place.tb_lineno}" if place else "?"
    return f"{type(failure).__name__} at {at}"
