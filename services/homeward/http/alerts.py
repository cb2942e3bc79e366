"""Alerts: drafted with the exact words, approved, issued, and closed out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from homeward.case import Case
from homeward.facts.case import AlertDrafted
from homeward.facts.sighting import SightingAccepted
from homeward.formats import texts
from homeward.http.answers import (
    DraftedOut,
    DraftTexts,
    ReceiptOut,
    receipt_fields,
    receipt_out,
)
from homeward.http.asking import WithKey, tag
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.bodies import DraftBody
from homeward.http.deciding import decide_case, decide_prepared
from homeward.http.doors import Door, opened
from homeward.http.personal import person
from homeward.http.problems import ExpiryMissing
from homeward.http.rooms import Rooms
from homeward.http.strict import StrictRoute
from homeward.messages import Recorded
from homeward.refusals import NoSuchDraft
from homeward.requests import Request
from homeward.requests import case as requests
from homeward.words import Description, Id, ReasonCode, case_code

router = APIRouter(prefix="/v1/cases", tags=["alerts"], route_class=StrictRoute)
WORDS_FROM = ("description", "place_text", "vehicle", "licence_plate")
"""The sealed fields that an alert's words are made of."""
DraftPath = Annotated[Id, Path(description="The id of the draft.")]


def frame(rooms: Rooms, case: str, version: int) -> texts.Frame:
    """Return what stands in every message of a case."""
    return texts.Frame(
        code=case_code(case),
        version=version,
        authority=rooms.settings.authority,
        drill=rooms.world != "live",
    )


async def _subject(rooms: Rooms, door: Door, expires_at: datetime, reading: str) -> texts.Subject:
    """Return whom the alert is about; the access is recorded, once for the same request."""
    sealed = await rooms.reader.open_case(
        door.case, door.by, purpose="alert-draft", fields=WORDS_FROM, reading=reading
    )
    known = person(door.recorded, sealed)
    vehicles: list[dict[str, Any]] = known["vehicles"]
    newest = vehicles[-1] if vehicles else {}
    assert door.state.raised is not None
    return texts.Subject(
        description=Description.model_validate(known["description"] or {}),
        category=door.state.category,
        last_seen_at=door.state.raised.last_seen_at,
        expires_at=expires_at,
        place_text=known["place_text"],
        vehicle=newest.get("vehicle"),
        licence_plate=newest.get("licence_plate"),
    )


@router.post("/{case}/alerts", status_code=201)
async def draft(
    body: DraftBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.DRAFT))],
    keyed: WithKey,
) -> DraftedOut:
    """Propose the exact alert: the server makes its words and those of its retraction."""
    now = rooms.clock.now()
    expires_at = _expiry(body, now)
    asking = keyed.asking(door.by)
    subject = await _subject(rooms, door, expires_at, rooms.desk.new_id(asking, "draft"))

    async def prepare(state: Case, _: Sequence[Recorded]) -> Request:
        version = state.alert.version + 1 if state.alert else 1
        head = frame(rooms, door.case, version)
        return requests.DraftAlert(
            at=now,
            by=door.by,
            policy=body.policy,
            severity=body.severity,
            reach_km_max=body.reach_km_max,
            expires_at=expires_at,
            texts=(texts.alert if version == 1 else texts.update)(head, subject),
            retraction=texts.retraction(head),
        )

    receipt = await decide_prepared(rooms, door.case, asking, prepare)
    tag(response, receipt)
    known = [one for one, kind in receipt.facts if kind == "case.alert-drafted/1"]
    newest = known[0] if known else door.state.draft and door.state.draft.id
    return DraftedOut(**receipt_fields(door.case, receipt), draft=newest or "")


def _expiry(body: DraftBody, now: datetime) -> datetime:
    if body.expires_at is not None and body.expires_in_s is None:
        return body.expires_at
    if body.expires_in_s is not None and body.expires_at is None:
        return now + timedelta(seconds=body.expires_in_s)
    raise ExpiryMissing


@router.get("/{case}/alerts/{draft_id}")
async def read_draft(
    draft_id: DraftPath,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.READ_DRAFT))],
    purpose: Annotated[ReasonCode, Query(description="The access is recorded.")] = "approval",
) -> DraftTexts:
    """Return the exact words of a draft, as they would be sent."""
    found = next((one for one in door.recorded if one.id == draft_id), None)
    if found is None or not isinstance(found.fact, AlertDrafted):
        raise NoSuchDraft
    sealed = await rooms.reader.open_case(
        door.case,
        door.by,
        purpose=purpose,
        fields=("texts", "retraction"),
        reading=f"{draft_id} {rooms.clock.real().isoformat()}",
    )
    words = sealed.get(draft_id, {})
    return DraftTexts(
        draft=draft_id,
        alert=found.fact.alert,
        version=found.fact.version,
        texts=list(words.get("texts", ())),
        retraction=list(words.get("retraction", ())),
    )


@router.post("/{case}/alerts/{draft_id}/approve")
async def approve(
    draft_id: DraftPath,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.APPROVE))],
    keyed: WithKey,
) -> ReceiptOut:
    """Approve a draft, and so its exact words and bounds; never one's own."""
    request = requests.ApproveAlert(at=rooms.clock.now(), by=door.by, draft=draft_id)
    receipt = await decide_case(rooms, door.case, keyed.asking(door.by), request)
    tag(response, receipt)
    return receipt_out(door.case, receipt)


@router.post("/{case}/alerts/{draft_id}/issue")
async def issue(
    draft_id: DraftPath,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.ISSUE))],
    keyed: WithKey,
) -> ReceiptOut:
    """Make the draft live; the hubs around the newest credible place are noted."""
    if door.state.draft and door.state.draft.id == draft_id:
        rooms.issuing(draft_id)

    async def prepare(state: Case, recorded: Sequence[Recorded]) -> Request:
        return requests.IssueAlert(
            at=rooms.clock.now(),
            by=door.by,
            draft=draft_id,
            hubs=await rooms.books.around(focus(state, recorded)),
        )

    receipt = await decide_prepared(rooms, door.case, keyed.asking(door.by), prepare)
    tag(response, receipt)
    return receipt_out(door.case, receipt)


def focus(state: Case, recorded: Sequence[Recorded]) -> str:
    """Return the cell of the newest credible place."""
    assert state.raised is not None
    seen = [(state.raised.last_seen_at, state.raised.last_seen_cell)]
    seen += [
        (one.fact.seen_at, one.fact.cell)
        for one in recorded
        if isinstance(one.fact, SightingAccepted)
    ]
    return max(seen)[1]


@router.post("/{case}/close-out")
async def close_out(
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.RESOLVE))],
    keyed: WithKey,
) -> ReceiptOut:
    """Tell exactly those who were told that it is over."""

    async def prepare(state: Case, _: Sequence[Recorded]) -> Request:
        version = state.alert.version if state.alert else 1
        words = texts.close_out(frame(rooms, door.case, version))
        return requests.CloseOut(at=rooms.clock.now(), by=door.by, texts=words)

    receipt = await decide_prepared(rooms, door.case, keyed.asking(door.by), prepare)
    tag(response, receipt)
    return receipt_out(door.case, receipt)
