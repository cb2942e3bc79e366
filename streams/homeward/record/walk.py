"""Walks a log link by link, from its stored bytes alone (AUDIT: never only the ends).

Nothing that the writer computed is believed: leaf and chain hashes, versions and index are made
again from the envelope and compared with the columns that stand beside it.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from homeward.record.chain import chain_next, chain_start, leaf_hash
from homeward.record.envelope import canonical


@dataclass(frozen=True, slots=True)
class StoredLine:
    """One line of the log with every column as it is stored."""

    log_index: int
    id: str
    stream: str
    version: int
    key: str
    key_version: int
    kind: str
    recorded_at: datetime
    envelope: bytes
    leaf_hash: bytes
    chain_hash: bytes


class Unsound(Exception):
    """A line that is not what it was when it was written, or not where it was."""

    def __init__(self, line: StoredLine, what: str) -> None:
        """``what`` says which promise the line breaks."""
        super().__init__(what)
        self.line, self.what = line, what


@dataclass(slots=True)
class Walk:
    """What has been walked so far; hand it every line in order of log_index."""

    origin: str
    whole: bool = True
    """False when the lines are those of one key, between which there are gaps."""
    lines: int = 0
    heads: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """Stream -> version and chain hash of its end."""
    keys: dict[str, int] = field(default_factory=dict)
    recorded_at: datetime | None = None

    def take(self, line: StoredLine) -> dict[str, Any]:
        """Take the next line and return its envelope. Raises Unsound."""
        body = self._body(line)
        said = (body["id"], body["stream"], body["ver"], body["kind"], body["case"] or line.stream)
        beside = (line.id, line.stream, line.version, line.kind, line.key)
        self._expect(line, said == beside, "its columns say something else than its envelope")
        self._expect(line, body["log"] == self.origin, "it belongs to another log")
        if self.whole:
            dense = line.log_index == self.lines
            self._expect(line, dense, f"the index has a hole: {self.lines} should follow")
        version, chain = self.heads.get(line.stream, (0, chain_start(self.origin, line.stream)))
        self._expect(line, line.version == version + 1, f"version {version + 1} should follow")
        self._expect(line, body["prev"] == chain.hex(), "it does not continue the chain before it")
        leaf = leaf_hash(line.envelope)
        self._expect(line, leaf == line.leaf_hash, "its bytes were altered: another leaf hash")
        chain = chain_next(chain, leaf)
        self._expect(line, chain == line.chain_hash, "its chain hash was altered")
        heard = self.keys.get(line.key, 0) + 1
        self._expect(line, line.key_version == heard, f"key version {heard} should follow")
        fallen = self.recorded_at is not None and line.recorded_at < self.recorded_at
        self._expect(line, not fallen, "it was recorded before the line before it")
        self.heads[line.stream] = (line.version, chain)
        self.keys[line.key] = heard
        self.recorded_at = line.recorded_at
        self.lines += 1
        return body

    def _body(self, line: StoredLine) -> dict[str, Any]:
        try:
            body = json.loads(line.envelope)
            same = canonical(body) == line.envelope
            needed = {"id", "stream", "ver", "kind", "case", "log", "prev"} <= body.keys()
        except (ValueError, TypeError, AttributeError):
            raise Unsound(line, "its envelope is not JSON any more") from None
        self._expect(line, same and needed, "its envelope is not canonical")
        return dict(body)

    def _expect(self, line: StoredLine, holds: bool, what: str) -> None:  # noqa: FBT001 -- an assertion that stays under -O
        if not holds:
            raise Unsound(line, what)
