"""From the body of a registration to a recipient; what may not be kept is refused (I-16)."""

import re
from typing import Annotated, Any, Final

import h3
from pydantic import Field, ValidationError

from homeward.formats import rosterfields
from homeward.formats.tables import BadRow
from homeward.geography.datum import cell_of
from homeward.http.bodies import Body, Flag, PlaceBody, Whole
from homeward.http.problems import (
    CellsMissing,
    CellTooFine,
    CellUnknown,
    Invalid,
    RecipientWrong,
)
from homeward.policies.attention import PER_DAY_MAX
from homeward.policies.duty import HOURS_CHARS_MAX
from homeward.ports import Contact, Recipient
from homeward.words import RES_VOLUNTEER_MAX, RecipientId, RecipientKind, Severity, Tier

CELLS_MAX: Final = 3
RES_EXACT: Final = 10
RES_PRIVATE: Final = 5
INBOX: Final = ((Contact("inbox"),),)
HOLDS_LINK: Final = frozenset({RecipientKind.VOLUNTEER, RecipientKind.CAMERA_OWNER})
"""Whoever registers them hands them their link; nobody at a hub or a desk holds one unasked."""
_CELL: Final = re.compile(r"[0-9a-f]{15}")


class Way(Body):
    """One channel to somebody."""

    channel: Annotated[str, Field(max_length=20)]
    address: Annotated[str, Field(max_length=500)] = ""


class Quiet(Body):
    """When somebody sleeps."""

    from_: Annotated[str, Field(alias="from", max_length=5)]
    to: Annotated[str, Field(max_length=5)]
    zone: Annotated[str, Field(max_length=60)] = ""


class RecipientBody(Body):
    """Somebody who wants to be told."""

    recipient: RecipientId | None = None
    kind: RecipientKind
    cells: Annotated[tuple[str, ...], Field(max_length=CELLS_MAX)] = ()
    places: Annotated[tuple[PlaceBody, ...], Field(max_length=CELLS_MAX)] = ()
    private: Flag = False
    lang: str = "zh-Hans"
    reach_km_max: Annotated[Whole, Field(ge=0, le=5_000)] = 0
    severity_min: Severity = Severity.MINOR
    active: Flag = True
    quiet: Quiet | None = None
    contacts: (
        Annotated[
            tuple[Annotated[tuple[Way, ...], Field(min_length=1, max_length=5)], ...],
            Field(max_length=5),
        ]
        | None
    ) = None
    hub_kind: Annotated[str, Field(max_length=40, pattern=r"^([a-z]+(-[a-z]+)*)?$")] = ""
    name: Annotated[str, Field(max_length=200)] | None = None
    level: Annotated[Whole, Field(ge=0, le=3)] = 0
    per_day: Annotated[
        Whole,
        Field(
            ge=0,
            le=PER_DAY_MAX,
            description="Of how many alerts a day they hear; 0: of as many as the policy says.",
        ),
    ] = 0
    tier: Annotated[
        Tier, Field(description="Of a volunteer; only whom an organisation knows is vetted.")
    ] = Tier.PUBLIC
    zone: Annotated[str, Field(max_length=60)] = ""
    hours: Annotated[str, Field(max_length=HOURS_CHARS_MAX)] = ""
    shifts: Annotated[
        tuple[Annotated[str, Field(max_length=HOURS_CHARS_MAX)], ...], Field(max_length=5)
    ] = ()


def res_max(kind: RecipientKind, *, private: bool) -> int:
    """Return the finest resolution that may be kept."""
    if kind is not RecipientKind.VOLUNTEER:
        return RES_EXACT
    return RES_PRIVATE if private else RES_VOLUNTEER_MAX


def body_of(raw: dict[str, Any], kind: RecipientKind | None = None) -> RecipientBody:
    """Return a row of a batch as a body. Raises Invalid."""
    try:
        return RecipientBody.model_validate({**({"kind": kind} if kind else {}), **raw})
    except ValidationError as wrong:
        first = wrong.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part)[:40] for part in first["loc"])
        raise Invalid(f"{where}: {first['msg']}"[:200]) from None


def recipient_of(body: RecipientBody, recipient_id: str) -> Recipient:
    """Return the recipient. Raises Refused."""
    quiet = body.quiet
    if body.kind is not RecipientKind.HUB and (body.hours or body.shifts):
        raise RecipientWrong("only a hub has hours and shifts")
    if body.kind is not RecipientKind.VOLUNTEER and body.tier is not Tier.PUBLIC:
        raise RecipientWrong("only a volunteer has a tier")
    try:
        contacts = _contacts(body)
        return Recipient(
            id=recipient_id,
            kind=body.kind,
            cells=_cells(body),
            lang=rosterfields.lang(body.lang),
            reach_km_max=body.reach_km_max,
            severity_min=body.severity_min,
            quiet_from_min=rosterfields.minutes(quiet.from_) if quiet else -1,
            quiet_to_min=rosterfields.minutes(quiet.to) if quiet else -1,
            zone=rosterfields.zone((quiet.zone if quiet else "") or body.zone),
            active=body.active,
            level=body.level if body.kind is RecipientKind.DESK else 0,
            per_day=body.per_day,
            tier=body.tier,
            hub_kind=body.hub_kind,
            contacts=contacts,
            name=_name(body),
            hours=rosterfields.hours(body.hours),
            shifts=rosterfields.shifts(body.shifts, len(contacts)),
        )
    except BadRow as wrong:
        raise RecipientWrong(str(wrong)) from None


def _name(body: RecipientBody) -> str | None:
    if body.name and body.kind in {RecipientKind.VOLUNTEER, RecipientKind.CAMERA_OWNER}:
        raise RecipientWrong("no name of a private person is kept")
    return body.name or None


def _contacts(body: RecipientBody) -> tuple[tuple[Contact, ...], ...]:
    if body.contacts is None:
        return INBOX if body.kind in HOLDS_LINK else ()
    return tuple(
        tuple(rosterfields.way(way.channel, way.address) for way in one) for one in body.contacts
    )


def _cells(body: RecipientBody) -> tuple[str, ...]:
    finest = res_max(body.kind, private=body.private)
    for cell in body.cells:
        if not _CELL.fullmatch(cell) or not h3.is_valid_cell(cell):
            raise CellUnknown
        if h3.get_resolution(cell) > finest:
            raise CellTooFine(f"res {finest} at most")
    made = (cell_of(place.place(), finest) for place in body.places)
    cells = tuple(dict.fromkeys((*body.cells, *made)))
    if len(cells) > CELLS_MAX or (not cells and body.kind is not RecipientKind.DESK):
        raise CellsMissing
    return cells
