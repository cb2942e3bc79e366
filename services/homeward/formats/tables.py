"""CSV as people send it: one bad line costs that line, never the file.

A record is one physical line. So a stray quotation mark spoils its own line instead of swallowing
everything up to the next one; line breaks inside a field are not supported and are listed.
"""

import csv
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

FIELD_CHARS_MAX: Final = 2_000
"""A URL is the longest thing that belongs into a field."""
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_UNREADABLE: Final = "\ufffd"
_QUOTED_CHARS_MAX: Final = 40


class NoSuchTable(ValueError):
    """The file as a whole is not the table it should be; the text says what to change."""


class BadRow(ValueError):
    """One line cannot be used; the text says why, without repeating what may be personal."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that was left out, and why."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """One readable record and its place in the file (the header is line 1)."""

    number: int
    fields: Mapping[str, str]


def records(
    raw: bytes, *, needed: Collection[str], known: Collection[str]
) -> Iterator[Line | BadLine]:
    """Yield each line after the header, good or bad; empty lines are skipped.

    Raises NoSuchTable when the header lacks a needed column or has one that nobody knows: a
    misspelled column would otherwise be left out silently.
    """
    lines = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").split("\n")
    header = _header(lines[0], needed, known)
    for number, line in enumerate(lines[1:], 2):
        text = line.rstrip("\r")
        if not text.strip(", \t"):
            continue
        try:
            yield Line(number, _fields(text, header))
        except BadRow as why:
            yield BadLine(number, str(why))


def count_records(raw: bytes) -> int:
    """Return about how many records a file has: what a progress bar needs."""
    return max(0, raw.count(b"\n") - (0 if raw and not raw.endswith(b"\n") else 1))


def _header(line: str, needed: Collection[str], known: Collection[str]) -> list[str]:
    try:
        header = [name.strip().lower() for name in _split(line.rstrip("\r"))]
    except BadRow as why:
        raise NoSuchTable(f"the first line is no CSV header: {why}") from why
    missing = [name for name in needed if name not in header]
    if missing:
        raise NoSuchTable(
            f"the header lacks {', '.join(missing)}; the first line must name the columns, "
            f"separated by commas: {', '.join(known)}"
        )
    strange = [name for name in header if name not in known]
    if strange:
        shown = ", ".join(repr(name[:_QUOTED_CHARS_MAX]) for name in strange)
        raise NoSuchTable(f"nobody knows the column {shown}; known are {', '.join(known)}")
    if len(set(header)) != len(header):
        raise NoSuchTable("a column stands twice in the header; delete one of them")
    return header


def _fields(text: str, header: list[str]) -> dict[str, str]:
    values = [value.strip() for value in _split(text)]
    if len(values) != len(header):
        raise BadRow(f"has {len(values)} fields, the header has {len(header)}")
    if any(len(value) > FIELD_CHARS_MAX for value in values):
        raise BadRow(f"a field is longer than {FIELD_CHARS_MAX} characters")
    return dict(zip(header, values, strict=True))


def _split(text: str) -> list[str]:
    if _UNREADABLE in text:
        raise BadRow("is not UTF-8; save the file as UTF-8")
    if _CONTROL.search(text):
        raise BadRow("holds control characters")
    try:
        return next(csv.reader([text], strict=True), [])
    except csv.Error:
        raise BadRow("its quotation marks do not match") from None
