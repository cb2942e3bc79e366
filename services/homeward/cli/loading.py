"""Loading a roster file through the server, a batch a request, with a progress bar."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from rich.progress import Progress

from homeward.cli.output import Complaint, as_json, note, say
from homeward.cli.progress import bar
from homeward.cli.talking import Talk
from homeward.client import Server
from homeward.formats.rosterbodies import batches
from homeward.formats.rosterfiles import Kept, Tally, read_hubs, read_recipients
from homeward.formats.tables import BadLine, NoSuchTable, count_records

FILE_BYTES_MAX: Final = 1 << 30
"""The file is held in memory; a larger roster is loaded in several files."""


class Kind(StrEnum):
    """What stands in the file, as the API's path and body name it."""

    HUBS = "hubs"
    RECIPIENTS = "recipients"


@dataclass(slots=True)
class Loading:
    """One file on its way to the server."""

    kind: Kind
    raw: bytes
    progress: Progress
    tally: Tally = field(default_factory=Tally)

    async def send(self, there: Server) -> None:
        """Send all good lines; lines that the server refuses are bad too."""
        task = self.progress.add_task(str(self.kind), total=count_records(self.raw))
        for rows, bodies in batches(self._good()):
            answer = await there.post(f"/v1/{self.kind}/batch", {self.kind: bodies})
            for one in answer["refused"]:
                self.tally.refuse(rows[one["row"]], f"{one['code']}: {one['detail']}")
            self.progress.update(task, completed=self.tally.rows)
        self.progress.update(task, completed=self.tally.rows, total=self.tally.rows)

    def _good(self) -> Iterator[Kept]:
        read = read_hubs if self.kind is Kind.HUBS else read_recipients
        for one in read(self.raw):
            self.tally.add(one)
            if isinstance(one, Kept):
                yield one


def load(talk: Talk, file: Path, kind: Kind, bad_lines_max: int) -> None:
    """Load a file and say what became of its lines; exit 1 when it holds nothing good."""
    raw = _content(file)
    with bar() as progress:
        loading = Loading(kind, raw, progress)
        try:
            talk.run(loading.send)
        except NoSuchTable as why:
            raise Complaint(f"{file}: {why}", f"see: homeward {kind} --help") from None
    _report(talk, file, kind, loading.tally, bad_lines_max)


def _report(talk: Talk, file: Path, kind: Kind, tally: Tally, bad_lines_max: int) -> None:
    bad: list[BadLine] = sorted(tally.bad, key=lambda one: one.number)
    if talk.json:
        as_json(
            {
                "rows": tally.rows,
                "kept": tally.kept,
                "unreachable": tally.unreachable,
                "bad": [asdict(one) for one in bad],
            }
        )
    else:
        for one in bad[:bad_lines_max]:
            note((f"line {one.number}: ", "yellow"), one.reason)
        if len(bad) > bad_lines_max:
            note(f"and {len(bad) - bad_lines_max} more bad lines (--bad-lines shows more)")
        say(f"{tally.kept:,} of {tally.rows:,} {kind} kept, {len(bad):,} bad lines")
        if tally.unreachable:
            say(f"{tally.unreachable:,} have no contact: they are listed, and never told")
    if tally.rows and not tally.kept:
        raise Complaint(f"{file} holds no good line", "the list above says why")


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > FILE_BYTES_MAX:
            raise Complaint(f"{file} is larger than a gigabyte", "split it and load the parts")
        return file.read_bytes()
    except OSError as why:
        raise Complaint(f"cannot read {file}: {why.strerror}", "name a CSV file") from None
