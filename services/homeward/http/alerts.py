"""Alerts: drafted with the exact words, approved, issued, and closed out."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi import Request as HttpRequest

from homeward.case import Alert, Case, waiting
from homeward.case.persons import missing
from homeward.desk import Asking, Receipt, alone_before, digest_of, noted_alone
from homeward.facts.case import AlertDrafted, AlertIssued, AlertUpdated
from homeward.formats import texts, wordings
from homeward.formats.wordings import without
from homeward.http.answers import (
    DraftedOut,
    DraftTexts,
    IssuedOut,
    ReceiptOut,
    WordingOut,
    receipt_fields,
    receipt_out,
)
from homeward.http.asking import WithKey, tag
from homeward.http.auth import InRooms
from homeward.http.authorisation import CLEARANCE, Action, Class, scope_of
from homeward.http.bodies import ApproveBody, ExtendBody
from homeward.http.deciding import decide_prepared
from homeward.http.doors import Door, opened
from homeward.http.drawing import DraftBody
from homeward.http.givens import as_texts, draft_cells, given_for
from homeward.http.personal import SUSPECT, person
from homeward.http.previews import blasts
from homeward.http.problems import ExpiryMissing
from homeward.http.rooms import Rooms
from homeward.http.strict import StrictRoute
from homeward.http.suspects import checked, vouched
from homeward.messages import Recorded
from homeward.picture.field import focus_of
from homeward.record.envelope import read
from homeward.refusals import NoSuchDraft
from homeward.requests import Request
from homeward.requests import case as requests
from homeward.words import Description, Id, ReasonCode, case_code

router = APIRouter(prefix="/v1/cases", tags=["alerts"], route_class=StrictRoute)
WORDS_FROM = ("description", "place_text", *SUSPECT)
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


def _described(state: Case, known: Mapping[str, Any]) -> list[Description]:
    """Return what those look like who are missing now; who was found is told of no more."""
    said = {one["person"]: one.get("description") for one in known["others"]}
    said[1] = known["description"]
    return [Description.model_validate(said.get(one.number) or {}) for one in missing(state)]


async def _subject(
    rooms: Rooms, door: Door, expires_at: datetime, left_out: Sequence[str], reading: str
) -> texts.Subject:
    """Return whom the alert is about; the access is recorded, once for the same request.

    Raises SuspectInPublic.
    """
    sealed = await rooms.reader.open_case(
        door.case, door.by, purpose="alert-draft", fields=WORDS_FROM, reading=reading
    )
    known = person(door.recorded, sealed)
    assert door.state.last_seen is not None
    first, *others = _described(door.state, known)
    subject = texts.Subject(
        description=first,
        others=tuple(others),
        category=door.state.category,
        last_seen_at=door.state.last_seen.at,
        expires_at=expires_at,
        place_text=known["place_text"],
        **vouched(door.recorded, sealed),
    )
    return checked(without(subject, left_out), door.recorded, sealed)


@router.post("/{case}/alerts", status_code=201)
async def draft(
    body: DraftBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.DRAFT))],
    keyed: WithKey,
) -> DraftedOut:
    """Propose the exact alert: the server makes its words and those of its retraction.

    Under ``polygon`` the draft takes its area from the body; under ``district`` too, or else the
    district that the place last seen lies in. Approved and issued is that area and no other.
    """
    now = rooms.clock.now()
    expires_at = expiry(body, now)
    asking = keyed.asking(door.by)
    given, district = await given_for(rooms, body.policy, body.area, door.state)
    reading = rooms.desk.new_id(asking, "draft")
    subject = await _subject(rooms, door, expires_at, body.leave_out, reading)

    async def prepare(state: Case, _: Sequence[Recorded]) -> Request:
        version = state.alert.version + 1 if state.alert else 1
        head = frame(rooms, door.case, version)
        said = wordings.drafted(head, subject)
        return requests.DraftAlert(
            at=now,
            by=door.by,
            policy=body.policy,
            severity=body.severity,
            reach_km_max=body.reach_km_max,
            expires_at=expires_at,
            texts=said.texts,
            worded=said.worded,
            worded_suspect=said.worded_suspect,
            retraction=texts.retraction(head),
            given=given,
            changes_what_to_do=body.changes_what_to_do,
        )

    receipt = await decide_prepared(rooms, door.case, asking, prepare)
    tag(response, receipt)
    known = [one for one, kind in receipt.facts if kind == "case.alert-drafted/1"]
    newest = known[0] if known else door.state.draft and door.state.draft.id
    return DraftedOut(
        **receipt_fields(door.case, receipt),
        draft=newest or "",
        digest=await digest_of(rooms.log, newest) if newest else None,
        district=district,
    )


def expiry(body: DraftBody | ExtendBody, now: datetime) -> datetime:
    """Return the moment that a body names in one of two ways. Raises ExpiryMissing."""
    if body.expires_at is not None and body.expires_in_s is None:
        return body.expires_at
    if body.expires_in_s is not None and body.expires_at is None:
        return now + timedelta(seconds=body.expires_in_s)
    raise ExpiryMissing


@router.get("/{case}/alerts/{draft_id}")
async def read_draft(
    request: HttpRequest,
    draft_id: DraftPath,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.READ_DRAFT))],
    purpose: Annotated[ReasonCode, Query(description="The access is recorded.")] = "approval",
) -> DraftTexts:
    """Return the exact words of a draft, as they would be sent, and about whom they would reach."""
    found = next((one for one in door.recorded if one.id == draft_id), None)
    if found is None or not isinstance(found.fact, AlertDrafted):
        raise NoSuchDraft
    reading = f"{draft_id} {rooms.clock.real().isoformat()}"
    sealed = await rooms.reader.open_case(
        door.case, door.by, purpose=purpose, fields=_drafted_for(door), reading=reading
    )
    look = f"{reading} blast"
    waits = waiting(door.state, draft_id) if scope_of(door.by.role, Action.PREVIEW) else None
    seen = Asking(door.by, look, look.encode())
    words = sealed.get(draft_id, {})
    return DraftTexts(
        draft=draft_id,
        digest=await digest_of(rooms.log, draft_id),
        alert=found.fact.alert,
        version=found.fact.version,
        changes_what_to_do=found.fact.changes_what_to_do is not False,
        texts=list(words.get("texts", ())),
        wordings=[
            WordingOut.model_validate({**one, "approved": name == "worded_suspect"})
            for name in ("worded", "worded_suspect")
            for one in words.get(name, ())
        ],
        retraction=list(words.get("retraction", ())),
        cells=await as_texts(rooms, draft_id),
        blast=await blasts(request, rooms, door, waits, seen) if waits else None,
    )


def _drafted_for(door: Door) -> Sequence[str]:
    """Return the texts of a draft that somebody may read: of a suspect the police alone."""
    police = CLEARANCE[door.by.role] >= Class.POLICE
    return ("texts", "retraction", "worded", *(["worded_suspect"] if police else []))


@router.post("/{case}/alerts/{draft_id}/approve")
async def approve(
    draft_id: DraftPath,
    body: ApproveBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.APPROVE))],
    keyed: WithKey,
) -> ReceiptOut:
    """Approve a draft, and so its exact words and bounds; never one's own.

    The body names the digest that was read beside them. Before it is issued an approval holds for
    ten minutes; of what is out on the fast lane it lets the same version go on to its whole bound.
    """

    async def prepare(state: Case, recorded: Sequence[Recorded]) -> Request:
        out = state.alert is not None and state.alert.draft == draft_id
        return requests.ApproveAlert(
            at=rooms.clock.now(),
            by=door.by,
            draft=draft_id,
            digest=body.digest,
            shown=await digest_of(rooms.log, draft_id),
            hubs=await hubs_around(rooms, state, recorded) if out else None,
        )

    receipt = await decide_prepared(rooms, door.case, keyed.asking(door.by), prepare)
    tag(response, receipt)
    return receipt_out(door.case, receipt)


async def hubs_around(rooms: Rooms, state: Case, recorded: Sequence[Recorded]) -> bytes:
    """Return the hubs around the newest credible place and the last seen.

    Around the second, too: the sighting can be false, and then they are ahead from there.
    """
    newest = focus_of(recorded, rooms.clock.now())
    assert state.raised is not None
    assert state.last_seen is not None
    assert newest is not None
    # Around the report's place, too: on one person's word who moved it, the search is there.
    return await rooms.books.around(newest, state.last_seen.cell, state.raised.last_seen_cell)


@router.post("/{case}/alerts/{draft_id}/issue")
async def issue(
    draft_id: DraftPath,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.ISSUE))],
    keyed: WithKey,
) -> IssuedOut:
    """Make the draft live; hubs are noted, around the newest credible place and the last seen.

    Approved by a second person it goes to its whole bound. Else it goes out on the fast lane, at
    once: within 30 km, to the nearest 5,000. A second person's approval then lets it go on. One
    officer has three alerts out alone in 24 hours, and no more.
    """
    if door.state.draft and door.state.draft.id == draft_id:
        rooms.issuing(draft_id)

    async def prepare(state: Case, recorded: Sequence[Recorded]) -> Request:
        now = rooms.clock.now()
        return requests.IssueAlert(
            at=now,
            by=door.by,
            draft=draft_id,
            hubs=await hubs_around(rooms, state, recorded),
            given=await draft_cells(rooms, state, draft_id),
            alone_before=await alone_before(rooms.log, door.by, door.case, now),
        )

    beside = noted_alone(rooms.log, door.by)
    receipt = await decide_prepared(rooms, door.case, keyed.asking(door.by), prepare, beside)
    tag(response, receipt)
    return await _issued_out(rooms, door, receipt)


async def _issued_out(rooms: Rooms, door: Door, receipt: Receipt) -> IssuedOut:
    """Return what an issue is answered: the same each time, by what it made true."""
    row = await rooms.log.by_id(receipt.facts[0][0]) if receipt.facts else None
    out = door.state.alert if row is None else read(row).fact
    assert isinstance(out, Alert | AlertIssued | AlertUpdated)
    return IssuedOut(
        **receipt_fields(door.case, receipt),
        lane="whole" if out.people_max is None else "fast",
        reach_km_max=out.reach_km_max,
        people_max=out.people_max,
        widens=None if out.people_max is None else out.draft,
    )


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
        several = len(missing(state)) > 1
        words = texts.close_out(frame(rooms, door.case, version), several=several)
        return requests.CloseOut(at=rooms.clock.now(), by=door.by, texts=words)

    receipt = await decide_prepared(rooms, door.case, keyed.asking(door.by), prepare)
    tag(response, receipt)
    return receipt_out(door.case, receipt)
