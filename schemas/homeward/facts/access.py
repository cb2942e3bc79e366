"""Who got which right, and who read what is sealed.

Streams ``access-keys``, ``access-<case>``, ``access-areas``, ``access-protected``, one of each
account that issued an alert alone or in an emergency, one of each that opened very many cases, and
one of each session of the duty page.
"""

from typing import Annotated, Literal

from pydantic import Field

from homeward.facts.reach import CELL_SET
from homeward.messages import Blob, Fact
from homeward.words import CaseId, Count, Id, Instant, ReasonCode, Role


class KeyIssued(Fact):
    """An API key was made; its secret is shown once and only its hash is kept."""

    kind: Literal["access.key-issued/1"] = "access.key-issued/1"
    prefix: Annotated[str, Field(pattern=r"^[a-z0-9]{4,12}$")]
    role: Role
    account: Annotated[str, Field(max_length=64)]
    org: Annotated[str, Field(max_length=64)]


class KeyRevoked(Fact):
    """An API key no longer opens anything."""

    kind: Literal["access.key-revoked/1"] = "access.key-revoked/1"
    prefix: Annotated[str, Field(pattern=r"^[a-z0-9]{4,12}$")]


class SealedRead(Fact):
    """Somebody is about to read sealed fields: durable before the answer leaves (I-13)."""

    kind: Literal["access.read/1"] = "access.read/1"
    case: CaseId
    fields: tuple[Annotated[str, Field(max_length=40)], ...]
    purpose: ReasonCode


class ReadingAlarmed(Fact):
    """An account opened what is sealed in more cases within an hour than work asks for.

    In a stream of the account; who it is says the actor, and the cases their own records.
    """

    kind: Literal["access.alarmed/1"] = "access.alarmed/1"
    cases: Count


class AreaPreviewed(Fact):
    """Somebody is about to learn about how many people an area holds; of a case: its own area."""

    kind: Literal["access.area-previewed/1"] = "access.area-previewed/1"
    cell_count: Count
    cells: Annotated[bytes | None, Blob(CELL_SET)] = None


class AlertIssuedAlone(Fact):
    """An officer issued an alert on their word alone; said with the alert, or not at all.

    In a stream of the account, so that two at once are not both the last that one may.
    """

    kind: Literal["access.alert-issued-alone/1"] = "access.alert-issued-alone/1"
    case: CaseId
    draft: Id
    alert: Annotated[int, Field(ge=1)]


class EmergencyNoted(Fact):
    """A supervisor alarmed without a second person; said with the alert, or not at all."""

    kind: Literal["access.emergency-used/1"] = "access.emergency-used/1"
    case: CaseId
    draft: Id
    alert: Annotated[int, Field(ge=1)]


class ProtectedLoaded(Fact):
    """A part of the list of protected persons was loaded; of those on it nothing is said."""

    kind: Literal["access.protected-loaded/1"] = "access.protected-loaded/1"
    digests: Count
    """So many are kept now."""
    whole: bool
    """Whoever was in no part of this loading is on the list no more."""


class FieldShown(Fact):
    """Somebody is about to see where a person can be, as a field or as a map."""

    kind: Literal["access.field-shown/1"] = "access.field-shown/1"
    case: CaseId
    upto: Count
    """The log_index of the newest fact that it is made from."""
    shown_at: Instant
    """The moment it shows, of the case clock."""
    policy: ReasonCode


class LikenessesShown(Fact):
    """Somebody is about to see which open cases may be of the same person as one."""

    kind: Literal["access.likenesses-shown/1"] = "access.likenesses-shown/1"
    case: CaseId
    found: Annotated[tuple[CaseId, ...], Field(max_length=50)]


class SignedIn(Fact):
    """Somebody signed in to the duty page with a key; the first fact of the session's stream."""

    kind: Literal["access.signed-in/1"] = "access.signed-in/1"
    prefix: Annotated[str, Field(pattern=r"^[a-z0-9]{4,12}$")]


class SignedOut(Fact):
    """A session of the duty page was ended by whoever had it: its cookie opens nothing any more."""

    kind: Literal["access.signed-out/1"] = "access.signed-out/1"
    prefix: Annotated[str, Field(pattern=r"^[a-z0-9]{4,12}$")]


class HandoverNoteRead(Fact):
    """Somebody is about to read the note of a hand-over between shifts (I-13)."""

    kind: Literal["access.note-read/1"] = "access.note-read/1"
    handed: Id
    """The fact of the hand-over."""
