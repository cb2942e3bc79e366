"""Drafts on the duty page: bounds are chosen, the exact words read, then issued or approved.

What is shown is what would be sent: the words as they are sealed in the log, about whom they would
reach, and the digest of both, which goes back with the approval.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, get_args

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from homeward import policies
from homeward.case import Draft, waiting
from homeward.facts.case import AlertDrafted
from homeward.http import alerts
from homeward.http.alerts import DraftPath
from homeward.http.answers import BlastOut
from homeward.http.asking import Keyed
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.bodies import ApproveBody
from homeward.http.doors import Door, enter
from homeward.http.drawing import DraftBody, Typed
from homeward.http.pages import forms
from homeward.http.pages.desk import WORDS, DeskRoute, Failed, act, at_case, home, may, notice, page
from homeward.http.pages.draftwords import sections, stands
from homeward.http.pages.dutyalone import alone_of
from homeward.http.pages.dutyareas import Looked, checked_area, look
from homeward.http.pages.landmarks import landmarks
from homeward.http.pages.language import language
from homeward.http.pages.moments import elapsed, moment
from homeward.http.pages.phrases import PHRASES
from homeward.http.rooms import Rooms
from homeward.http.sessions import form_of
from homeward.messages import Actor, Recorded
from homeward.policies.approval import APPROVAL_LASTS, PEOPLE_ALONE_MAX, REACH_KM_ALONE_MAX
from homeward.refusals import NoSuchDraft, Refused
from homeward.words import Severity, case_code

router = APIRouter(prefix="/duty/cases/{case}", tags=["duty"], route_class=DeskRoute)
REACH_KM: Final = 300
"""As a first draft begins: a day's drive of a van with a head start of hours."""
HOURS: Final = (1, 3, 6, 12, 24, 48, 72)
HOURS_FIRST: Final = 24
SEAT: Final = "seat."
TYPED: Final[tuple[str, ...]] = get_args(Typed)
SUFFIXES: Final = "县市区旗"
"""Of a county's name: who types it without is understood."""


class SameSeat(Refused):
    """The draft was made in the browser that would approve it."""

    code = "same-seat"
    status = 403
    mend = "Approve it in another session: another machine, or a telephone."


class NotConfirmed(Refused):
    """What was typed to confirm the approval names neither the case nor the place."""

    code = "not-confirmed"
    status = 422
    mend = "Type the case code or the name of the place, as the page shows them."


def place_of(door: Door) -> str:
    """Return the county seat nearest to the place last seen; "" where none is known."""
    assert door.state.last_seen is not None
    near = landmarks(door.state.last_seen.cell, 1)
    return near[0].label if near else ""


def confirms(door: Door, typed: str) -> bool:
    """Whether somebody typed the case's code, or the name of the place."""
    plain = "".join(typed.split()).upper().replace("-", "")
    place = place_of(door)
    named = bool(place) and plain in {place, place.rstrip(SUFFIXES) or place}
    return named or plain == case_code(door.case).replace("-", "")


def found_in(door: Door, draft_id: str) -> tuple[Recorded, AlertDrafted]:
    """Return a draft as it was recorded. Raises NoSuchDraft."""
    found = next((one for one in door.recorded if one.id == draft_id), None)
    if found is None or not isinstance(found.fact, AlertDrafted):
        raise NoSuchDraft
    return found, found.fact


def check_seat(by: Actor, drafted: Recorded) -> None:
    """Refuse the browser in which a draft was made, whoever has signed in since."""
    if by.auth.startswith(SEAT) and by.auth == drafted.by.auth:
        raise SameSeat


def _policies(lang: str) -> list[tuple[str, str]]:
    return [(one, WORDS[lang].get(f"policy-{one}", one)) for one in policies.ALL]


def typed_fields(lang: str) -> list[tuple[str, str]]:
    """Return what a draft can leave out, and how it is called."""
    place = PHRASES[lang]["place"]
    return [(one, WORDS[lang].get(f"person-{one}", place)) for one in TYPED]


@dataclass(frozen=True, slots=True)
class BoundsPage:
    """The form that drafts an alert."""

    request: Request
    rooms: Rooms
    door: Door

    async def show(self, failed: Failed | None = None, looked: Looked | None = None) -> Response:
        """Show the form: as the newest draft or alert was, or as most begin."""
        lang, state = language(self.request), self.door.state
        d, last = WORDS[lang], state.draft or state.alert
        begins = {
            "policy": last.policy if last else policies.DEFAULT,
            "severity": last.severity.value if last else Severity.EXTREME.value,
            "reach_km_max": str(last.reach_km_max if last else REACH_KM),
            "hours": str(HOURS_FIRST),
        }
        return page(
            self.request,
            "duty-bounds.html",
            failed.status if failed else 200,
            f"{home(self.door)}/draft",
            home=home(self.door),
            code=case_code(self.door.case),
            said={**begins, **(failed.said if failed else looked.said if looked else {})},
            policies=_policies(lang),
            looked=looked,
            districts=self.rooms.districts is not None,
            severities=[(one.value, d[f"severity-{one.value}"]) for one in reversed(Severity)],
            hours=[(str(one), d["hours"].format(hours=one)) for one in HOURS],
            update=state.alert is not None,
            typed=typed_fields(lang),
            alone_km=REACH_KM_ALONE_MAX,
            alone_people=PEOPLE_ALONE_MAX,
            failed=failed,
        )


@router.get("/draft")
async def bounds(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.DRAFT))]
) -> Response:
    """Show the form that drafts an alert."""
    return await BoundsPage(request, rooms, door).show()


@router.post("/draft", status_code=303)
async def draft(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.DRAFT))]
) -> Response:
    """Draft an alert, and lead to its exact words; a typed area is shown back once before."""
    typed, shown = forms.fields(await form_of(request)), BoundsPage(request, rooms, door)
    if looked := await look(rooms, door, typed, language(request)):
        return await shown.show(looked=looked)

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> str:
        body = DraftBody.model_validate(
            {
                "policy": said.get("policy"),
                "severity": said.get("severity"),
                "reach_km_max": _whole(said.get("reach_km_max", "")),
                "expires_in_s": (_whole(said.get("hours", "")) or 0) * 3_600,
                "area": await checked_area(rooms, said),
                "changes_what_to_do": not said.get("same"),
                "leave_out": [one for one in TYPED if said.get(f"without-{one}")],
            }
        )
        made = await alerts.draft(body, Response(), rooms, door, keyed)
        return f"{home(door)}/drafts/{made.draft}"

    return await act(request, "draft", doing, None, shown.show)


def _whole(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdecimal() else None


@dataclass(frozen=True, slots=True)
class Standing:
    """What may be decided about a draft, by whom, and why not by who asks."""

    waits: bool
    out: bool
    """It is out on one officer's word."""
    approved: bool
    left: str
    """How long the approval still holds."""
    approve: bool
    issue: bool
    why_not: str


def standing(
    door: Door, drafted: Recorded, draft: Draft | None, now: datetime, lang: str
) -> Standing:
    """Return how a draft stands for who looks at it."""
    alert = door.state.alert
    out = alert is not None and alert.draft == drafted.id
    approved = draft is not None and not out and draft.approved(now)
    until = draft.approved_at + APPROVAL_LASTS if draft and draft.approved_at else now
    open_ = draft is not None and now < draft.expires_at
    wants = open_ and not approved
    d, why = WORDS[lang], ""
    if wants and drafted.by.id == door.by.id:
        why = d["somebody-else"]
    elif wants and drafted.by.auth == door.by.auth:
        why = d["another-seat"]
    elif wants and not may(door, Action.APPROVE):
        why = d["no-approver"]
    return Standing(
        waits=draft is not None,
        out=out,
        approved=approved,
        left=elapsed(now, until, lang) if approved else "",
        approve=wants and not why,
        issue=open_ and not out and may(door, Action.ISSUE),
        why_not=why,
    )


def _blast(blast: BlastOut | None, lang: str, *, live: bool) -> str:
    d = WORDS[lang]
    if blast is None:
        return ""
    return d["blast"].format(
        world=d["world-live" if live else "world-drill"],
        people=blast.people,
        hubs=blast.hubs,
        km=blast.reach_km_max,
        km2=f"{blast.area_km2:,}",
    )


@dataclass(frozen=True, slots=True)
class DraftPage:
    """The exact words of a draft and what may be decided about it."""

    request: Request
    rooms: Rooms
    door: Door
    draft_id: str

    async def show(self, failed: Failed | None = None) -> Response:
        """Show a draft as it would be sent; reading it is recorded."""
        rooms, door, lang = self.rooms, self.door, language(self.request)
        drafted, fact = found_in(door, self.draft_id)
        now, live = rooms.clock.now(), rooms.world == "live"
        read = await alerts.read_draft(self.request, self.draft_id, rooms, door, "approval")
        d, draft = WORDS[lang], waiting(door.state, self.draft_id)
        blast = read.blast
        return page(
            self.request,
            "duty-draft.html",
            failed.status if failed else 200,
            f"{home(door)}/drafts/{self.draft_id}",
            home=home(door),
            draft_id=self.draft_id,
            code=case_code(door.case),
            place=place_of(door),
            read=read,
            sections=sections(read, lang),
            stands=stands(door.state.alert, draft, self.draft_id, lang),
            standing=standing(door, drafted, draft, now, lang),
            alone=await alone_of(rooms, door, draft, now, lang),
            bounds=d["bounds"].format(
                policy=d.get(f"policy-{fact.policy}", fact.policy),
                severity=d[f"severity-{fact.severity.value}"],
                km=fact.reach_km_max,
                at=moment(fact.expires_at, lang),
            ),
            by=d["drafted-by"].format(account=drafted.by.id, at=moment(fact.at, lang)),
            whole=_blast(blast.whole if blast else None, lang, live=live),
            fast=_blast(blast.fast if blast else None, lang, live=live),
            policy="" if fact.policy in policies.TAKE_GIVEN else fact.policy,
            sees_map=may(door, Action.FIELD),
            failed=failed,
            notice=notice(self.request),
        )


@router.get("/drafts/{draft_id}")
async def see(
    request: Request,
    draft_id: DraftPath,
    rooms: InRooms,
    door: Annotated[Door, Depends(at_case(Action.READ_DRAFT))],
) -> Response:
    """Show the exact words of a draft, about whom they would reach, and its digest."""
    return await DraftPage(request, rooms, door, draft_id).show()


@dataclass(frozen=True, slots=True)
class Again:
    """The page of a draft once more, as the case is by now."""

    request: Request
    rooms: Rooms
    door: Door
    draft_id: str

    async def show(self, failed: Failed) -> Response:
        fresh = await enter(self.rooms, self.door.caller, self.door.case)
        return await DraftPage(self.request, self.rooms, fresh, self.draft_id).show(failed)


@router.post("/drafts/{draft_id}/approve", status_code=303)
async def approve(
    request: Request,
    draft_id: DraftPath,
    rooms: InRooms,
    door: Annotated[Door, Depends(at_case(Action.APPROVE))],
) -> Response:
    """Approve what was read, after its place or case was typed: another person, another browser."""
    drafted, _ = found_in(door, draft_id)

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        if drafted.by.id != door.by.id:  # else the desk says so itself
            check_seat(door.by, drafted)
        if not confirms(door, said.get("confirm", "")):
            raise NotConfirmed
        body = ApproveBody.model_validate({"digest": said.get("digest")})
        await alerts.approve(draft_id, body, Response(), rooms, door, keyed)

    again = Again(request, rooms, door, draft_id)
    to = f"{home(door)}/drafts/{draft_id}"
    return await act(request, f"{draft_id} approve", doing, to, again.show)


@router.post("/drafts/{draft_id}/issue", status_code=303)
async def issue(
    request: Request,
    draft_id: DraftPath,
    rooms: InRooms,
    door: Annotated[Door, Depends(at_case(Action.ISSUE))],
) -> Response:
    """Make the draft live: as a whole when it was approved, else on the fast lane."""
    found_in(door, draft_id)

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        del said
        await alerts.issue(draft_id, Response(), rooms, door, keyed)

    again = Again(request, rooms, door, draft_id)
    return await act(request, f"{draft_id} issue", doing, home(door), again.show)
