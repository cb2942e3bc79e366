"""What a scenario came to: read from the sink's file, the ledger and the log, never from a server.

The judge opens the database itself: the processes may all be gone by then.
"""

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
from tests.stage import Stage, count

from homeward import processors

SCHEMA = "homeward_drill"
LANE_STREAM = "fanout"


@dataclass(frozen=True)
class Said:
    """One fact of the log, as far as a judge needs it."""

    index: int
    id: str
    stream: str
    version: int
    key: str
    key_version: int
    kind: str
    cause: str | None


@dataclass(frozen=True)
class Told:
    """What the sink's file says of one version of an alert."""

    missing: int
    shown_twice: int
    resent: int
    first_s: float
    """From the answer that accepted it to the first message that reached anybody."""
    last_s: float


def told(stage: Stage, everybody: Iterable[str], version: int, accepted_at: float) -> Told:
    """Judge an alert version; ``accepted_at`` is when its 2xx came (time.time())."""
    messages = stage.messages()
    found = count(messages, "alert", version)
    moments = [
        datetime.fromisoformat(one["received_at"]).timestamp() - accepted_at
        for one in messages
        if (one["purpose"], one["version"]) == ("alert", version)
    ]
    missing = len(frozenset(everybody) - found.recipients)
    return Told(missing, found.shown_twice, found.resent, min(moments), max(moments))


def outdated(messages: Sequence[dict[str, Any]]) -> int:
    """Return how many people got older words after newer ones."""
    newest: dict[tuple[str, str], int] = {}
    late = set()
    for one in messages:
        if one["purpose"] != "alert":
            continue
        of = one["case_code"], one["recipient"]
        if one["version"] < newest.get(of, 0):
            late.add(of)
        newest[of] = max(one["version"], newest.get(of, 0))
    return len(late)


def log_of(dsn: str) -> list[Said]:
    """Read the whole log in order."""

    async def read() -> list[Said]:
        connection = await asyncpg.connect(dsn)
        try:
            rows = await connection.fetch(
                f"SELECT log_index, id, stream, version, key, key_version, kind, envelope "
                f"FROM {SCHEMA}.events ORDER BY log_index"
            )
        finally:
            await connection.close()
        return [_said(row) for row in rows]

    return asyncio.run(read())


def _said(row: Any) -> Said:
    body = json.loads(row["envelope"])
    return Said(
        row["log_index"],
        str(row["id"]),
        row["stream"],
        row["version"],
        row["key"],
        row["key_version"],
        row["kind"],
        body.get("cause"),
    )


def order_breaks(log: Sequence[Said]) -> list[str]:
    """Return where a consumer answered a fact after it had answered a later one of the same key.

    A consumer's stream of a case is written by nobody else, and each of its facts names the fact
    that caused it.
    """
    by_id = {one.id: one for one in log}
    names = [*(one.name for one in processors.ALL), LANE_STREAM]
    newest: dict[str, int] = {}
    broken = []
    for one in log:
        if not any(one.stream == f"{name}-{_end(one)}" for name in names):
            continue
        cause = by_id.get(one.cause or "")
        if cause is None or cause.key != one.key:
            broken.append(f"{one.kind} at {one.index} names no cause of its key")
            continue
        if cause.key_version < newest.get(one.stream, 0):
            broken.append(f"{one.kind} at {one.index} answers {cause.kind} at {cause.index} late")
        newest[one.stream] = max(cause.key_version, newest.get(one.stream, 0))
    return broken


def _end(one: Said) -> str:
    """Return what follows a consumer's name in its stream of a case."""
    lane = one.stream.rpartition(".")[2] if one.stream.startswith(f"{LANE_STREAM}-") else ""
    return f"{one.key}.{lane}" if lane else one.key


def lost(log: Sequence[Said], acknowledged: Iterable[str]) -> set[str]:
    """Return which acknowledged cases, sightings … left no fact."""
    streams = {one.stream for one in log}
    return {one for one in acknowledged if one not in streams}


def now_s() -> float:
    """Return this machine's time, which is the sink's, as a number."""
    return datetime.now(UTC).timestamp()


def verified(stage: Stage) -> None:
    """Judge the stored bytes as `homeward verify` does."""
    done = stage.cli("verify")
    assert done.returncode == 0, done.stdout + done.stderr


def heard_by(dsn: str) -> dict[str, dict[str, int]]:
    """Return consumer -> how -> facts: what came by the bell and what by a sweep."""

    async def read() -> dict[str, dict[str, int]]:
        connection = await asyncpg.connect(dsn)
        try:
            rows = await connection.fetch(f"SELECT consumer, by, facts FROM {SCHEMA}.heard_by")
        finally:
            await connection.close()
        found: dict[str, dict[str, int]] = {}
        for row in rows:
            found.setdefault(row["consumer"], {})[row["by"]] = row["facts"]
        return found

    return asyncio.run(read())
