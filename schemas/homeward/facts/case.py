"""What happens to a case and its alerts; stream ``case-<case>``, written by the desk alone."""

from typing import Annotated, Literal

from pydantic import Field

from homeward.facts.reach import CELL_SET
from homeward.messages import Blob, Fact, Personal
from homeward.words import (
    AgeBand,
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
    Role,
    Severity,
    Sex,
    Texts,
    Worded,
)

HUB_BOOK = "application/vnd.homeward.hub-book+json"
"""Media type of the hubs around a place as they were known when a person decided."""


class CaseRaised(Fact):
    """Somebody says that a person is missing; the case is provisional."""

    kind: Literal["case.raised/1"] = "case.raised/1"
    case: CaseId
    raised_by: Role
    category: Category
    age_band: AgeBand
    sex: Sex
    mode: Mode
    last_seen_cell: Cell
    last_seen_at: Instant
    error_m: Metres
    custody: Custody
    protection_order: bool
    description: Annotated[Description | None, Personal("child")] = None
    place: Annotated[Place | None, Personal("child")] = None
    place_text: Annotated[Line | None, Personal("child")] = None
    reporter: Annotated[Contact | None, Personal("guardian")] = None
    note: Annotated[Note | None, Personal("guardian")] = None


class CaseTakenUp(Fact):
    """An officer has the case and is looking into it; the reporter's clock is answered."""

    kind: Literal["case.taken-up/1"] = "case.taken-up/1"
    case: CaseId
    unit: Line


class FactsAdded(Fact):
    """Somebody knows more; what changes the search stands in clear, the words are sealed."""

    kind: Literal["case.facts-added/1"] = "case.facts-added/1"
    case: CaseId
    category: Category | None = None
    mode: Mode | None = None
    custody: Custody | None = None
    """Whether it is disputed who keeps the child; None: nothing is said of it."""
    protection_order: bool | None = None
    """Somebody states that there is one, or that there is none; None: nothing is said of it."""
    note: Annotated[Note | None, Personal("guardian")] = None


class VehicleIdentified(Fact):
    """It is known that the person was taken in a vehicle, and which."""

    kind: Literal["case.vehicle-identified/1"] = "case.vehicle-identified/1"
    case: CaseId
    seen_at: Instant
    vehicle: Annotated[Line | None, Personal("child")] = None
    licence_plate: Annotated[Line | None, Personal("witness")] = None


class SuspectNoted(Fact):
    """The police say what they know of a suspect; it moves nothing, so nothing stands in clear.

    What is not said stays as it was said before; an empty word takes it back. There is no room
    for a name or a face.
    """

    kind: Literal["case.suspect-noted/1"] = "case.suspect-noted/1"
    case: CaseId
    suspect: Annotated[Line | None, Personal("suspect")] = None
    """What they look like."""
    relation: Annotated[Relation | None, Personal("suspect")] = None
    vehicle: Annotated[Line | None, Personal("suspect")] = None
    licence_plate: Annotated[Line | None, Personal("suspect")] = None


class CaseWithdrawn(Fact):
    """The reporter takes the report back before it was verified."""

    kind: Literal["case.withdrawn/1"] = "case.withdrawn/1"
    case: CaseId
    note: Annotated[Note | None, Personal("guardian")] = None


class CaseVerified(Fact):
    """An officer has checked the report: an alert may be drafted."""

    kind: Literal["case.verified/1"] = "case.verified/1"
    case: CaseId
    unit: Line


class CaseRejected(Fact):
    """An officer has checked the report and it is no case for an alert; never edited again."""

    kind: Literal["case.rejected/1"] = "case.rejected/1"
    case: CaseId
    reason: ReasonCode
    note: Annotated[Note | None, Personal("guardian")] = None


class AlertDrafted(Fact):
    """The exact alert that somebody proposes: policy, bounds and the texts as they will be sent."""

    kind: Literal["case.alert-drafted/1"] = "case.alert-drafted/1"
    case: CaseId
    alert: Annotated[int, Field(ge=1, le=999)]
    version: Annotated[int, Field(ge=1, le=999)]
    policy: ReasonCode
    severity: Severity
    reach_km_max: Annotated[int, Field(ge=1, le=5_000)]
    expires_at: Instant
    texts: Annotated[tuple[Texts, ...] | None, Personal("child")] = None
    retraction: Annotated[tuple[Texts, ...] | None, Personal("child")] = None
    worded: Annotated[tuple[Worded, ...] | None, Personal("child")] = None
    """What others than the public read, without a suspect; None: all read ``texts``."""
    worded_suspect: Annotated[tuple[Worded, ...] | None, Personal("suspect")] = None
    """What is read instead once a second person has approved it; of who is not named here
    nothing changes."""
    given: Annotated[bytes | None, Blob(CELL_SET)] = None
    """The area, where a person or a district gives it and the policy only takes it."""
    given_cells: Count | None = None
    """Of how many cells it is."""
    changes_what_to_do: bool | None = None
    """Whether those told of the version before are to do something else by it; None: they are, or
    it was recorded before that was asked."""


class AlertApproved(Fact):
    """A second person approves the draft with that id, hence its exact texts and bounds."""

    kind: Literal["case.alert-approved/1"] = "case.alert-approved/1"
    case: CaseId
    draft: Id
    alert: Annotated[int, Field(ge=1)]
    version: Annotated[int, Field(ge=1)]
    digest: Digest | None = None
    """SHA-256 of the draft's envelope, as who approves named it; None: recorded before it was asked
    for. The envelope holds what is sealed by its ciphertext's hash."""


class AlertIssued(Fact):
    """The alert is live: its waves go out from here."""

    kind: Literal["case.alert-issued/1"] = "case.alert-issued/1"
    case: CaseId
    draft: Id
    alert: Annotated[int, Field(ge=1)]
    version: Annotated[int, Field(ge=1)]
    policy: ReasonCode
    severity: Severity
    reach_km_max: Annotated[int, Field(ge=1)]
    expires_at: Instant
    hubs: Annotated[bytes | None, Blob(HUB_BOOK)] = None
    given: Annotated[bytes | None, Blob(CELL_SET)] = None
    """The area of the draft, where it has one."""
    people_max: Count | None = None
    """So many people hear of it on one officer's word; None: two approved it, or it was recorded
    before there was such a bound."""
    last_seen_km_max: Annotated[int, Field(ge=1)] | None = None
    """So far from where the report says that the person was last seen, whatever was sighted since;
    None as above."""
    hubs_max: Count | None = None
    """So many hubs watch on one officer's word; None as above."""


class AlertUpdated(Fact):
    """A new version is live and goes to everybody inside, once more to who was told before."""

    kind: Literal["case.alert-updated/1"] = "case.alert-updated/1"
    case: CaseId
    draft: Id
    alert: Annotated[int, Field(ge=1)]
    version: Annotated[int, Field(ge=2)]
    policy: ReasonCode
    severity: Severity
    reach_km_max: Annotated[int, Field(ge=1)]
    expires_at: Instant
    hubs: Annotated[bytes | None, Blob(HUB_BOOK)] = None
    given: Annotated[bytes | None, Blob(CELL_SET)] = None
    """The area of the draft, where it has one."""
    people_max: Count | None = None
    """So many people hear of it on one officer's word; None: two approved it, or it was recorded
    before there was such a bound."""
    last_seen_km_max: Annotated[int, Field(ge=1)] | None = None
    """So far from where the report says that the person was last seen, whatever was sighted since;
    None as above."""
    hubs_max: Count | None = None
    """So many hubs watch on one officer's word; None as above."""
    same_since: Annotated[int, Field(ge=1)] | None = None
    """Whom a version from this one on told is to do the same still, and is not told again; None:
    all are told."""


class AlertWidened(Fact):
    """A second person approved what one had issued: the same version goes on to its whole bound.

    Nobody hears it twice: whoever was told already is told nothing.
    """

    kind: Literal["case.alert-widened/1"] = "case.alert-widened/1"
    case: CaseId
    draft: Id
    alert: Annotated[int, Field(ge=1)]
    version: Annotated[int, Field(ge=1)]
    reach_km_max: Annotated[int, Field(ge=1)]
    hubs: Annotated[bytes | None, Blob(HUB_BOOK)] = None


class ExtensionAsked(Fact):
    """Somebody asks that the version that is out live longer than was approved."""

    kind: Literal["case.extension-asked/1"] = "case.extension-asked/1"
    case: CaseId
    alert: Annotated[int, Field(ge=1)]
    version: Annotated[int, Field(ge=1)]
    expires_at: Instant


class AlertExtended(Fact):
    """The same version lives longer, with the same words and bounds; nobody is told anew."""

    kind: Literal["case.alert-extended/1"] = "case.alert-extended/1"
    case: CaseId
    alert: Annotated[int, Field(ge=1)]
    version: Annotated[int, Field(ge=1)]
    expires_at: Instant
    draft: Id
    """The draft that the version was issued on."""
    asked: Id | None = None
    """The asking that a second person approved; None: one officer's word, on the fast lane."""


class AlertCancelled(Fact):
    """The alert is taken back: nobody is leased any more and everybody told is told so."""

    kind: Literal["case.alert-cancelled/1"] = "case.alert-cancelled/1"
    case: CaseId
    alert: Annotated[int, Field(ge=1)]
    version: Annotated[int, Field(ge=1)]
    reason: CancelReason
    draft: Id
    """The draft whose retraction is sent: composed when the alert was issued."""


class CaseResolved(Fact):
    """The person was found, or it is known what became of them; no further wave goes out."""

    kind: Literal["case.resolved/1"] = "case.resolved/1"
    case: CaseId
    outcome: Outcome
    helped_by: tuple[Id, ...] = ()
    """Ids of the facts that led there: a sighting, a watch, an answer."""
    alert: Annotated[int, Field(ge=1)] | None = None
    """The alert that ends with it; None: none was issued."""
    version: Annotated[int, Field(ge=1)] | None = None
    """Its newest version; None: recorded before it was said."""


class CaseClosedOut(Fact):
    """Everyone who was told is told that it is over."""

    kind: Literal["case.closed-out/1"] = "case.closed-out/1"
    case: CaseId
    alert: Annotated[int, Field(ge=1)] | None = None
    version: Annotated[int, Field(ge=1)] | None = None
    texts: Annotated[tuple[Texts, ...] | None, Personal("child")] = None


class CaseReopened(Fact):
    """It was closed by mistake: verified again, and the next version of its alert can go out."""

    kind: Literal["case.reopened/1"] = "case.reopened/1"
    case: CaseId
    reason: ReasonCode


class CaseDePublished(Fact):
    """What was published of it is taken down; these partners are asked to do the same."""

    kind: Literal["case.de-published/1"] = "case.de-published/1"
    case: CaseId
    partners: Annotated[tuple[ReasonCode, ...], Field(max_length=50)] = ()
    """Other systems that hold a copy, by short names."""


class PartnerConfirmed(Fact):
    """A partner has taken its copy down."""

    kind: Literal["case.partner-confirmed/1"] = "case.partner-confirmed/1"
    case: CaseId
    partner: ReasonCode


class CaseSealed(Fact):
    """Nothing is added any more, and what is sealed opens only for supervision."""

    kind: Literal["case.sealed/1"] = "case.sealed/1"
    case: CaseId


class ExpungeAsked(Fact):
    """A supervisor asks that the persons in the case be forgotten."""

    kind: Literal["case.expunge-asked/1"] = "case.expunge-asked/1"
    case: CaseId
    reason: ReasonCode


class CaseExpunged(Fact):
    """A second person agrees: the keys of everybody in the case are destroyed."""

    kind: Literal["case.expunged/1"] = "case.expunged/1"
    case: CaseId
    asked: Id
