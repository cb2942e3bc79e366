"""What people ask of a case and its alerts."""

from typing import Annotated

from pydantic import Field

from homeward.requests import Request
from homeward.words import (
    PERSONS_MAX,
    CancelReason,
    CaseId,
    Category,
    Cell,
    Contact,
    Count,
    Custody,
    Description,
    Digest,
    Id,
    Instant,
    Line,
    Metres,
    Mode,
    Note,
    Outcome,
    Place,
    ReasonCode,
    Relation,
    Severity,
    Texts,
    Worded,
)


class RaiseCase(Request):
    """Report that a person is missing."""

    case: CaseId
    category: Category
    mode: Mode
    last_seen_cell: Cell
    last_seen_at: Instant
    error_m: Metres
    custody: Custody
    protection_order: bool
    description: Description
    others: Annotated[tuple[Description, ...], Field(max_length=PERSONS_MAX - 1)] = ()
    """Whoever is missing together with them."""
    place: Place
    place_text: Line | None = None
    reporter: Contact | None = None
    note: Note | None = None


class TakeUp(Request):
    """Look into a waiting report."""

    unit: Line


class AddFacts(Request):
    """Say more about the case."""

    category: Category | None = None
    mode: Mode | None = None
    custody: Custody | None = None
    protection_order: bool | None = None
    note: Note | None = None


class IdentifyVehicle(Request):
    """Say that the person is in a vehicle, and which."""

    seen_at: Instant
    vehicle: Line | None = None
    licence_plate: Line | None = None


class NoteSuspect(Request):
    """Say what is known of a suspect; an empty word takes back what was said."""

    suspect: Line | None = None
    relation: Relation | None = None
    vehicle: Line | None = None
    licence_plate: Line | None = None


class Withdraw(Request):
    """Take one's own report back."""

    note: Note | None = None


class Verify(Request):
    """Confirm the report."""

    unit: Line


class Reject(Request):
    """Turn the report down."""

    reason: ReasonCode
    note: Note | None = None


class DraftAlert(Request):
    """Propose the exact alert: policy, bounds and rendered texts."""

    policy: ReasonCode
    severity: Severity
    reach_km_max: Annotated[int, Field(ge=1, le=5_000)]
    expires_at: Instant
    texts: tuple[Texts, ...]
    retraction: tuple[Texts, ...]
    worded: tuple[Worded, ...] | None = None
    worded_suspect: tuple[Worded, ...] | None = None
    given: bytes | None = None
    """Cells of the area, for a policy that takes one."""
    changes_what_to_do: bool = True
    """Whether those told of the version before are to do something else by it."""


class ApproveAlert(Request):
    """Approve the draft with that id, as it was shown."""

    draft: Id
    digest: Digest | None = None
    """Of what was read, as who approves names it."""
    shown: Digest | None = None
    """Of the draft, as the desk finds it in the log."""
    hubs: bytes | None = None
    """Around the case, for a draft that is out already and is widened by this."""


class IssueAlert(Request):
    """Make the draft live: the first version, or an update of the live one."""

    draft: Id
    hubs: bytes | None = None
    given: bytes | None = None
    """The draft's area, where it has one."""
    alone_before: Count = 0
    """Other cases' alerts that who asks issued alone lately, and that nobody approved since."""


class ExtendAlert(Request):
    """Let the version that is out live longer."""

    expires_at: Instant


class ApproveExtension(Request):
    """Agree to what another person asked, as it was read."""

    asked: Id
    expires_at: Instant


class CancelAlert(Request):
    """Take the live alert back."""

    reason: CancelReason


class ResolveCase(Request):
    """Say what became of the person."""

    outcome: Outcome
    helped_by: tuple[Id, ...] = ()


class CloseOut(Request):
    """Tell everyone who was told that it is over."""

    texts: tuple[Texts, ...]


class Reopen(Request):
    """Open a case again that was closed by mistake."""

    reason: ReasonCode


class DePublish(Request):
    """Take down what was published, and name the partners who hold a copy."""

    partners: tuple[ReasonCode, ...] = ()


class ConfirmPartner(Request):
    """Say that a partner has taken its copy down."""

    partner: ReasonCode


class Seal(Request):
    """Close the file: nothing is added any more."""


class AskExpunge(Request):
    """Ask that the persons in a sealed case be forgotten."""

    reason: ReasonCode


class Expunge(Request):
    """Agree to what another person asked: the persons in the case are forgotten."""

    asked: Id
