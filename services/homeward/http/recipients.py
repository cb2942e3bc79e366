"""Recipients and hubs: registered, counted, removed. No answer leads from a person to a place."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

import h3
from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, Field

from homeward.desk import Asking, IdempotencyKeyReused
from homeward.dispatch.links import PageLinks
from homeward.facts.roster import RosterLoaded
from homeward.geography.hubbook import Duty
from homeward.http.asking import Limit, WithKey
from homeward.http.auth import Caller, InRooms, guarded
from homeward.http.authorisation import Action, Scope, scope_of
from homeward.http.bodies import Body, place_of
from homeward.http.enrolling import RecipientBody, body_of, recipient_of
from homeward.http.problems import (
    DuplicateRecipient,
    NoSuchRecipient,
    OtherKind,
    PlaceImpossible,
    RecipientKnown,
)
from homeward.http.rooms import Rooms
from homeward.http.strict import StrictRoute
from homeward.messages import Actor
from homeward.ports import Idempotency, Recipient, Unit
from homeward.refusals import NotForRole, Refused
from homeward.timeline.views import bucket
from homeward.words import Datum, RecipientId, RecipientKind, Role, derived_id

router = APIRouter(prefix="/v1", tags=["recipients"], route_class=StrictRoute)
BATCH_MAX: Final = 1_000
POLICE_KINDS: Final = frozenset({RecipientKind.HUB, RecipientKind.DESK})
WITHIN_KM_MAX: Final = 1_000


class EnrolledOut(BaseModel):
    """A recipient, and the link of their page."""

    recipient: str
    kind: str
    cells: list[str]
    inbox: str
    token: str


class LineOut(BaseModel):
    """A recipient of a batch, and the link of their page."""

    recipient: str
    inbox: str
    token: str


class RefusedRow(BaseModel):
    """A row that was left out, and why."""

    row: Annotated[int, Field(description="Counted from 0.")]
    code: str
    detail: str


class BatchOut(BaseModel):
    """What became of a batch."""

    kept: int
    unreachable: int
    recipients: list[LineOut]
    refused: list[RefusedRow]


Rows = Annotated[
    list[dict[str, Any]],
    Field(max_length=BATCH_MAX, description="Bodies as `POST /v1/recipients` takes them."),
]


class BatchBody(Body):
    """Recipients."""

    recipients: Rows


class HubsBody(Body):
    """Hubs; `kind` may be left out."""

    hubs: Rows


@dataclass(slots=True)
class Batch:
    """Rows, sorted into good and bad."""

    good: list[Recipient] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    seen: Counter[RecipientKind] = field(default_factory=Counter)
    ids: set[str] = field(default_factory=set)

    def see(self, said: object) -> None:
        """Count a row of a kind, good or bad."""
        self.seen.update(kind for kind in RecipientKind if kind == said)

    def keep(self, one: Recipient) -> None:
        """Keep a good row. Raises DuplicateRecipient: kept twice it would count as two."""
        if one.id in self.ids:
            raise DuplicateRecipient
        self.ids.add(one.id)
        self.good.append(one)


def _may(by: Actor, kind: RecipientKind) -> None:
    if kind in POLICE_KINDS and scope_of(by.role, Action.ENROL_HUBS) is None:
        raise NotForRole(f"{by.role.value} may not {Action.ENROL_HUBS.value}")


async def _not_others(rooms: Rooms, asking: Asking, one: Recipient) -> None:
    """Refuse to take over somebody who is registered: to an NGO anybody, to the police people.

    The answer holds the link of the recipient's page; and an answer that depended on what is
    registered would tell whoever guesses where that person lives.
    """
    police = scope_of(asking.by.role, Action.ENROL_HUBS) is not None
    if asking.by.role is Role.ADMIN or await _known(rooms, asking):
        return
    known = await rooms.roster.get(one.id)
    if known is None or (police and known.recipient.kind in POLICE_KINDS):
        return
    raise OtherKind if known.recipient.kind in POLICE_KINDS else RecipientKnown


async def _known(rooms: Rooms, asking: Asking) -> bool:
    """Whether this request was answered before. Raises IdempotencyKeyReused."""
    kept = await rooms.log.answered(_request_id(rooms, asking))
    if kept is not None and kept.request_hash != asking.request_hash:
        raise IdempotencyKeyReused
    return kept is not None


def _request_id(rooms: Rooms, asking: Asking) -> str:
    return derived_id(rooms.log.origin, asking.by.id, asking.key, "request")


def _token(rooms: Rooms, recipient: str) -> tuple[str, str]:
    """Return (link, token) of a recipient's page."""
    link = PageLinks(rooms.ring, rooms.public_url).inbox(recipient)
    return link, link.rpartition("/")[2]


@router.post("/recipients", status_code=201)
async def enrol(
    body: RecipientBody,
    rooms: InRooms,
    caller: Annotated[Caller, Depends(guarded(Action.ENROL))],
    keyed: WithKey,
) -> EnrolledOut:
    """Register somebody who wants to be told; a known id is replaced."""
    _may(caller.by, body.kind)
    asking = keyed.asking(caller.by)
    one = recipient_of(body, body.recipient or rooms.desk.new_id(asking, "recipient"))
    await _not_others(rooms, asking, one)
    if not await _known(rooms, asking):
        await rooms.roster.register([one])
        kept = Idempotency(_request_id(rooms, asking), asking.request_hash, "{}")
        await rooms.log.append([Unit((), kept)])
    link, token = _token(rooms, one.id)
    return EnrolledOut(
        recipient=one.id, kind=one.kind.value, cells=list(one.cells), inbox=link, token=token
    )


@router.post("/recipients/batch")
async def enrol_batch(
    body: BatchBody,
    rooms: InRooms,
    caller: Annotated[Caller, Depends(guarded(Action.ENROL))],
    keyed: WithKey,
) -> BatchOut:
    """Register up to a thousand; what is bad is listed, the rest is kept."""
    return await _batch(rooms, keyed.asking(caller.by), body.recipients, None)


@router.post("/hubs/batch")
async def enrol_hubs(
    body: HubsBody,
    rooms: InRooms,
    caller: Annotated[Caller, Depends(guarded(Action.ENROL_HUBS))],
    keyed: WithKey,
) -> BatchOut:
    """Register up to a thousand hubs."""
    return await _batch(rooms, keyed.asking(caller.by), body.hubs, RecipientKind.HUB)


async def _batch(
    rooms: Rooms, asking: Asking, rows: Sequence[dict[str, Any]], kind: RecipientKind | None
) -> BatchOut:
    batch = Batch()
    for number, raw in enumerate(rows):
        try:
            batch.see(kind or raw.get("kind"))
            body = body_of(raw, kind)
            _may(asking.by, body.kind)
            said = body.recipient or rooms.desk.new_id(asking, f"recipient {number}")
            one = recipient_of(body, said)
            await _not_others(rooms, asking, one)
            batch.keep(one)
        except Refused as why:
            code = type(why).code
            batch.refused.append(RefusedRow(row=number, code=code, detail=why.detail))
    if not await _known(rooms, asking):
        await rooms.roster.register(batch.good)
        facts = _loaded(rooms, asking, batch)
        await rooms.desk.submit("roster-files", asking, _nothing, lambda _: facts)
    lines = []
    for one in batch.good:
        link, token = _token(rooms, one.id)
        lines.append(LineOut(recipient=one.id, inbox=link, token=token))
    unreachable = sum(not any(one.contacts) for one in batch.good)
    return BatchOut(
        kept=len(batch.good), unreachable=unreachable, recipients=lines, refused=batch.refused
    )


async def _nothing() -> Sequence[Any]:
    return ()


def _loaded(rooms: Rooms, asking: Asking, batch: Batch) -> tuple[RosterLoaded, ...]:
    """Return one fact a kind; who stands in the roster is no fact."""
    kept = Counter(one.kind for one in batch.good)
    silent = Counter(one.kind for one in batch.good if not any(one.contacts))
    return tuple(
        RosterLoaded(
            at=rooms.clock.now(),
            of=kind,
            file=asking.request_hash.hex(),
            rows=rows,
            kept=kept[kind],
            refused=rows - kept[kind],
            unreachable=silent[kind],
        )
        for kind, rows in sorted(batch.seen.items())
    )


@router.get("/recipients")
async def count(
    rooms: InRooms,
    caller: Annotated[Caller, Depends(guarded(Action.COUNT_RECIPIENTS))],
) -> dict[str, dict[str, int | str]]:
    """Return how many recipients there are of each kind."""
    counts = await rooms.roster.count()
    exact = caller.by.role is Role.ADMIN
    return {"counts": {kind.value: one if exact else bucket(one) for kind, one in counts.items()}}


@router.delete("/recipients/{recipient}", status_code=204)
async def remove(
    recipient: Annotated[RecipientId, Path()],
    rooms: InRooms,
    caller: Annotated[Caller, Depends(guarded(Action.REMOVE))],
) -> Response:
    """Forget a recipient and their messages; their link opens nothing any more."""
    if caller.scope is Scope.OWN and recipient != caller.by.id:
        raise NoSuchRecipient
    known = await rooms.roster.get(recipient)
    if known is None:
        raise NoSuchRecipient
    if caller.scope is not Scope.OWN:
        _may(caller.by, known.recipient.kind)
    await forget(rooms, recipient)
    return Response(status_code=204)


async def forget(rooms: Rooms, recipient: str) -> None:
    """Forget a recipient and their messages; what a crash in between leaves, asking again ends."""
    await rooms.inbox.forget(recipient)
    await rooms.roster.remove(recipient)
    await rooms.inbox.forget(recipient)  # what was put there while the roster still had them


class HubOut(BaseModel):
    """A hub; hubs are public places."""

    hub: str
    kind: str
    name: str | None
    lat: float
    lon: float
    away_km: float
    contacts: int
    zone: str
    hours: Annotated[str, Field(description="When it is open, in its zone; empty: always.")]
    shifts: Annotated[list[str], Field(description="When each contact is on duty; empty: always.")]


class HubList(BaseModel):
    """Hubs, nearest first."""

    items: list[HubOut]


@router.get("/hubs", dependencies=[Depends(guarded(Action.LIST_HUBS))])
async def hubs_near(
    rooms: InRooms,
    near: Annotated[
        str,
        Query(
            max_length=60,
            pattern=r"^[+-]?\d{1,3}(\.\d{1,15})?,\s*[+-]?\d{1,3}(\.\d{1,15})?$",
            description="lat,lon in degrees",
        ),
    ],
    within_km: Annotated[float, Query(gt=0, le=WITHIN_KM_MAX, allow_inf_nan=False)] = 30.0,
    datum: Annotated[Datum, Query()] = Datum.WGS84,
    limit: Limit = 50,
) -> HubList:
    """List the hubs around a place, nearest first."""
    lat, _, lon = near.partition(",")
    try:
        place = place_of(float(lat), float(lon), datum, 0)
    except ValueError:
        raise PlaceImpossible from None
    here = place.lat_deg, place.lon_deg
    found = await rooms.roster.hubs_near(*here, within_km * 1_000, limit)
    items = []
    for one in found:
        known = await rooms.roster.get(one.id)
        duty = one.duty or Duty(known.recipient.zone if known else "")
        away_km = h3.great_circle_distance(here, (one.lat_deg, one.lon_deg), unit="km")
        items.append(
            HubOut(
                hub=one.id,
                kind=one.kind,
                name=known.recipient.name if known else None,
                lat=round(one.lat_deg, 6),
                lon=round(one.lon_deg, 6),
                away_km=round(away_km, 3),
                contacts=one.contacts,
                zone=duty.zone,
                hours=duty.hours,
                shifts=list(duty.shifts),
            )
        )
    return HubList(items=items)
