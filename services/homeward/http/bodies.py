"""What people may send, as models with no room for what nobody declared."""

import math
from datetime import datetime
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from homeward.geography.datum import cell_of, place_from
from homeward.http.problems import PlaceImpossible
from homeward.words import (
    PERSONS_MAX,
    RES_PUBLIC_MAX,
    Answer,
    CancelReason,
    Category,
    Contact,
    Custody,
    Datum,
    Description,
    Digest,
    Id,
    Instant,
    Line,
    Mode,
    Note,
    Outcome,
    Place,
    Ppm,
    ReasonCode,
    Relation,
    Role,
)

ACCURACY_M: Final = 100
ACCURACY_M_MAX: Final = 100_000


def _is_text(value: object) -> object:
    """Times are texts: a bare number would be read as seconds since 1970."""
    if not isinstance(value, str | datetime):
        raise ValueError("must be a text like 2026-03-01T10:30:00+08:00")  # noqa: TRY004 - pydantic
    return value


Moment = Annotated[Instant, BeforeValidator(_is_text)]
Degrees = Annotated[float, Field(strict=True)]
Whole = Annotated[int, Field(strict=True)]
Flag = Annotated[bool, Field(strict=True)]


class Body(BaseModel):
    """A body, or a part of one."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class PlaceBody(Body):
    """A point as a device gives it."""

    lat: Degrees
    lon: Degrees
    datum: Datum
    accuracy_m: Annotated[Whole, Field(ge=0, le=ACCURACY_M_MAX)] = ACCURACY_M

    def place(self) -> Place:
        """Return the point as given and as WGS-84. Raises PlaceImpossible."""
        return place_of(self.lat, self.lon, self.datum, self.accuracy_m)


def place_of(lat_deg: float, lon_deg: float, datum: Datum, accuracy_m: int) -> Place:
    """Return a place. Raises PlaceImpossible."""
    if not (math.isfinite(lat_deg) and math.isfinite(lon_deg)):
        raise PlaceImpossible
    try:
        return place_from(lat_deg, lon_deg, datum, accuracy_m)
    except ValueError:
        raise PlaceImpossible from None


def public_cell(place: Place) -> str:
    """Return the finest cell that may stand in clear."""
    return cell_of(place, RES_PUBLIC_MAX)


class LastSeen(Body):
    """When and where the person was seen last."""

    at: Moment
    place: PlaceBody
    text: Line | None = None


class RaiseBody(Body):
    """A report."""

    category: Category
    mode: Mode = Mode.UNKNOWN
    last_seen: LastSeen
    custody: Custody
    protection_order: Flag
    person: Description = Description()
    others: Annotated[
        tuple[Description, ...],
        Field(max_length=PERSONS_MAX - 1, description="Who is missing together with them."),
    ] = ()
    reporter: Contact | None = None
    note: Note | None = None


class UnitBody(Body):
    """Which unit has the case."""

    unit: Annotated[str, Field(min_length=1, max_length=200)]


class FactsBody(Body):
    """What more is known."""

    category: Category | None = None
    mode: Mode | None = None
    custody: Custody | None = None
    protection_order: Flag | None = None
    note: Note | None = None


class CorrectBody(Body):
    """When, and where, the person was really seen last."""

    at: Moment
    place: PlaceBody | None = None
    """None: where it was said."""
    text: Line | None = None


class VehicleBody(Body):
    """Which vehicle the person is in."""

    seen_at: Moment
    vehicle: Line | None = None
    licence_plate: Line | None = None


class SuspectBody(Body):
    """What is known of a suspect; an empty word takes back what was noted before."""

    suspect: Annotated[Line | None, Field(description="What they look like; never a name.")] = None
    relation: Relation | None = None
    vehicle: Line | None = None
    licence_plate: Line | None = None


class NoteBody(Body):
    """A note, or nothing."""

    note: Note | None = None


class RejectBody(Body):
    """Why a report is turned down."""

    reason: ReasonCode
    note: Note | None = None


class ResolveBody(Body):
    """What became of the person."""

    outcome: Outcome
    helped_by: Annotated[tuple[Id, ...], Field(max_length=50)] = ()


class PersonBody(Body):
    """Who is missing, too."""

    person: Description = Description()


class ApproveBody(Body):
    """What is approved."""

    digest: Annotated[Digest, Field(description="As it stands beside the draft's words.")]


class CancelBody(Body):
    """Why an alert is taken back."""

    reason: CancelReason


class ExtendBody(Body):
    """Until when an alert lives on: at a moment, or so long from now."""

    expires_at: Moment | None = None
    expires_in_s: Annotated[Whole, Field(ge=1, le=604_800)] | None = None


class AgreeBody(Body):
    """What is agreed to: the expiry as it was read."""

    expires_at: Moment


class IntoBody(Body):
    """In which case one goes on."""

    into: Annotated[str, Field(max_length=36, description="Its id, or its code.")]


class PartnersBody(Body):
    """Which other systems hold a copy."""

    partners: Annotated[tuple[ReasonCode, ...], Field(max_length=50)] = ()


class PartnerBody(Body):
    """Which partner has taken its copy down."""

    partner: ReasonCode


class ExpungeBody(Body):
    """What is agreed to."""

    asked: Id


class SightingBody(Body):
    """Where and when somebody saw the person."""

    seen_at: Moment
    place: PlaceBody
    mode: Mode = Mode.UNKNOWN
    note: Note | None = None
    contact: Line | None = None


class AcceptBody(Body):
    """How credible a sighting is."""

    mode: Mode | None = None
    credibility_ppm: Annotated[Ppm, Field(strict=True)] = 800_000


class ReasonBody(Body):
    """Why."""

    reason: ReasonCode


class MergeBody(Body):
    """Which other sighting it is one and the same as."""

    into: Id


class AnswerBody(Body):
    """What a volunteer answers."""

    answer: Answer
    minutes: Annotated[Whole, Field(ge=0, le=1_440)] | None = None


class KeyBody(Body):
    """Whom a new API key speaks for."""

    role: Role
    account: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$")]
    org: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$|^-$")] = "-"
