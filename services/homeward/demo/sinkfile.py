"""The receiving side's own file: one JSON line a message, written by another process."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it arrived."""

    message_id: str
    recipient: str
    purpose: str
    case_code: str
    alert: int
    version: int
    watch: str | None
    path: str
    link: str
    received_at: datetime
    window: tuple[str | None, str | None] = (None, None)
    """Of a watch: from when until when."""

    @property
    def told(self) -> tuple[object, ...]:
        """What may be said to one contact of a recipient only once."""
        who, what = (self.recipient, self.path), (self.purpose, self.alert, self.version)
        return (*who, *what, self.watch, self.window)


def received(path: Path, case_code: str) -> list[Received]:
    """Return what arrived for a case, in order."""
    return [one for one, _ in _read(path, 0) if one.case_code == case_code]


class Tail:
    """Reads what was added since the last time."""

    def __init__(self, path: Path) -> None:
        """Begin at the file's start."""
        self._path, self._at = path, 0

    def more(self) -> list[Received]:
        """Return the messages that arrived since the last call."""
        found = list(_read(self._path, self._at))
        if found:
            self._at = found[-1][1]
        return [one for one, _ in found]


def _read(path: Path, at: int) -> Iterator[tuple[Received, int]]:
    """Yield each whole line after a place, and the place after it."""
    if not path.exists():
        return
    with path.open("rb") as file:
        file.seek(at)
        for raw in file:
            if not raw.endswith(b"\n"):
                return
            at += len(raw)
            yield _received(json.loads(raw)), at


def _received(line: dict[str, Any]) -> Received:
    return Received(
        message_id=line["message_id"],
        recipient=line["recipient"],
        purpose=line["purpose"],
        case_code=line["case_code"],
        alert=line["alert"],
        version=line["version"],
        watch=line["watch"],
        path=line["path"],
        link=line["link"],
        received_at=datetime.fromisoformat(line["received_at"]),
        window=(line.get("window_from"), line.get("window_to")),
    )
