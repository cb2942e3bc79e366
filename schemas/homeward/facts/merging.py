"""Two cases of one person become one; streams ``case-<case>``, written by the desk alone."""

from typing import Annotated, Final, Literal

from pydantic import Field

from homeward.facts.case import HUB_BOOK
from homeward.messages import Blob, Fact
from homeward.words import CaseId, Cell, Custody, Instant, Metres, Mode, Ppm, RecipientId, Value

CASES_MAX: Final = 50
"""Cases that go on in one: of more somebody has lost the thread."""
SETTLED_MAX: Final = 1_000
"""Accounts that took a guard away from cases which became one: more than any desk has officers."""
SOURCES_MAX: Final = 200
"""Accepted sightings that come along, the last to be seen: as many as a search keeps."""


class JoinedSource(Value):
    """An accepted sighting of the merged case, in its public parts."""

    cell: Cell
    seen_at: Instant
    accuracy_m: Metres
    mode: Mode
    credibility_ppm: Ppm


class JoinedCase(Value):
    """A case that goes on in another."""

    case: CaseId
    alert: Annotated[int, Field(ge=1)] | None = None
    """Whoever was told of it hears how the other one ends; None: nobody was."""
    reporter: Annotated[str, Field(max_length=200)] = "-"
    """The account that raised it: its link opens the other one from here on."""


class CaseMerged(Fact):
    """It is about the same person as another case, and goes on there: this one is over."""

    kind: Literal["case.merged/1"] = "case.merged/1"
    case: CaseId
    into: CaseId
    alert: Annotated[int, Field(ge=1)] | None = None
    """The alert that ends with it; None: those told hold none for true."""
    version: Annotated[int, Field(ge=1)] | None = None
    hubs: Annotated[tuple[RecipientId, ...], Field(max_length=400)] = ()
    """Hubs that watch for the other case, too: they are not told that they need not."""


class CaseJoined(Fact):
    """Another case of the same person goes on in this one."""

    kind: Literal["case.joined/1"] = "case.joined/1"
    case: CaseId
    joined: CaseId
    cases: Annotated[tuple[JoinedCase, ...], Field(max_length=CASES_MAX)]
    """That one first, then those that had gone on in it."""
    sources: Annotated[tuple[JoinedSource, ...], Field(max_length=SOURCES_MAX)] = ()
    custody: Custody | None = None
    """Disputed, if it is in the case that joins: no guard is lost by merging; None: it is not."""
    protection_order: bool | None = None
    """Stated in the case that joins; None: it is not."""
    settled_by: Annotated[
        tuple[Annotated[str, Field(max_length=200)], ...] | None, Field(max_length=SETTLED_MAX)
    ] = None
    """Accounts that took a guard away there: their word is too little here, too; None: nobody."""
    hubs: Annotated[bytes | None, Blob(HUB_BOOK)] = None
    """Around the newest of the sources."""


class CaseParted(Fact):
    """It was about somebody else than the case that it went on in: it goes by itself again."""

    kind: Literal["case.parted/1"] = "case.parted/1"
    case: CaseId
    of: CaseId
    """That other case."""
    unverified: bool
    """It is a report again that nobody has verified."""
    waiting: bool
    """Nobody had taken it up: its clock runs anew."""
    alert: Annotated[int, Field(ge=1)] | None = None
    """Whoever was told of it is told so; None: those told hold none for true."""
    version: Annotated[int, Field(ge=1)] | None = None


class CaseLeft(Fact):
    """A case that went on in this one was about somebody else, and goes by itself again."""

    kind: Literal["case.left/1"] = "case.left/1"
    case: CaseId
    left: CaseId
    cases: Annotated[tuple[CaseId, ...], Field(max_length=CASES_MAX)]
    """That one first, then those that go on in it."""
    forgotten: Annotated[tuple[JoinedSource, ...], Field(max_length=SOURCES_MAX)] = ()
    """What was known here only by it."""
