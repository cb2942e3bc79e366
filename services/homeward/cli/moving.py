"""Where recipients are, from a file of a gateway: points become cells before they leave here."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rich.progress import Progress

from homeward.cli.output import Complaint, as_json, note, say
from homeward.cli.progress import bar
from homeward.cli.talking import Talk
from homeward.client import Server
from homeward.geography.datum import cell_of, place_from
from homeward.words import RES_VOLUNTEER_MAX, Datum

BATCH: Final = 2_000
RECIPIENT_CHARS_MAX: Final = 64
CELL_CHARS_MAX: Final = 16


class _Bad(ValueError):
    """A line that says no position; the text says why, and never what it holds."""


@dataclass(slots=True)
class Sending:
    """One file on its way to the server."""

    lines: list[str]
    progress: Progress
    moved: int = 0
    too_old: int = 0
    unknown: list[str] = field(default_factory=list)
    bad: list[tuple[int, str]] = field(default_factory=list)

    async def send(self, there: Server) -> None:
        """Send all good lines."""
        task = self.progress.add_task("positions", total=len(self.lines))
        batch: list[Mapping[str, Any]] = []
        for number, one in self._good():
            batch.append(one)
            if len(batch) == BATCH:
                await self._post(there, batch)
                batch = []
                self.progress.update(task, completed=number)
        if batch:
            await self._post(there, batch)
        self.progress.update(task, completed=len(self.lines))

    async def _post(self, there: Server, batch: list[Mapping[str, Any]]) -> None:
        answer = await there.post("/v1/positions", {"positions": batch})
        self.moved += answer["moved"]
        self.too_old += answer["too_old"]
        self.unknown += answer["unknown"]
        self.bad += [(0, f"{name}: the cell is none") for name in answer["refused"]]

    def _good(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        for number, line in enumerate(self.lines, 1):
            if not line.strip():
                continue
            try:
                yield number, position_of(line)
            except _Bad as why:
                self.bad.append((number, str(why)))


def position_of(line: str) -> Mapping[str, Any]:
    """Return a line as the API takes it. Raises ValueError, whose text quotes nothing of it."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        raise _Bad("is no JSON") from None
    if not isinstance(said, dict) or not isinstance(said.get("recipient"), str):
        raise _Bad("names no recipient")
    if not said["recipient"].isprintable() or len(said["recipient"]) > RECIPIENT_CHARS_MAX:
        raise _Bad("names no recipient that can be there")
    if not _is_moment(said.get("at")):
        raise _Bad("says 'at' otherwise than 2026-03-01T10:30:00+08:00")
    position = {name: said[name] for name in ("recipient", "at") if name in said}
    if "cell" in said:
        if not isinstance(said["cell"], str | None):
            raise _Bad("has a cell that is no text")
        if len(said["cell"] or "") > CELL_CHARS_MAX:
            raise _Bad("has a cell that is none")
        return {**position, "cell": said["cell"]}
    try:
        place = place_from(float(said["lat"]), float(said["lon"]), Datum(said["datum"]), 0)
    except KeyError as missing:
        raise _Bad(f"has neither cell nor lat, lon and datum ({missing.args[0]})") from None
    except (TypeError, ValueError):
        raise _Bad("lies nowhere on Earth") from None
    return {**position, "cell": cell_of(place, RES_VOLUNTEER_MAX)}


def _is_moment(at: object) -> bool:
    """Whether the server will read it; one line that it cannot would refuse a whole batch."""
    if at is None:
        return True
    try:
        moment = datetime.fromisoformat(at) if isinstance(at, str) else None
        if moment is None or moment.tzinfo is None:
            return False
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return False
    return True


def move(talk: Talk, file: Path, bad_lines_max: int) -> None:
    """Send a file and say what became of its lines; exit 1 when it holds nothing good."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as why:
        what = getattr(why, "strerror", None) or "not UTF-8"
        raise Complaint(f"cannot read {file}: {what}", "name a file of JSON lines") from None
    with bar() as progress:
        sending = Sending(lines, progress)
        talk.run(sending.send)
    if talk.json:
        as_json(
            {
                "lines": len(lines),
                "moved": sending.moved,
                "unknown": sending.unknown,
                "too_old": sending.too_old,
                "bad": [{"number": number, "reason": reason} for number, reason in sending.bad],
            }
        )
    else:
        for number, reason in sending.bad[:bad_lines_max]:
            note((f"line {number}: " if number else "", "yellow"), reason)
        say(
            f"{sending.moved:,} of {len(lines):,} positions kept, {len(sending.unknown):,} of "
            f"unknown recipients, {sending.too_old:,} too old, {len(sending.bad):,} bad lines"
        )
    if lines and not sending.moved:
        raise Complaint(f"{file} moved nobody", "the list above says why")
