"""What pages show of alarms without a second person: whether one may, and which wait for review."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from homeward.case import Case, Draft
from homeward.case.alerts import is_disputed, is_guarded, is_out, word_is_enough
from homeward.case.reviews import Review
from homeward.desk import emergencies_before
from homeward.http.auth import Caller
from homeward.http.authorisation import Action
from homeward.http.doors import Door
from homeward.http.pages.desk import WORDS, may
from homeward.http.pages.moments import elapsed, moment
from homeward.http.rooms import Rooms
from homeward.policies.approval import EMERGENCIES_MAX, REVIEWED_WITHIN
from homeward.timeline import CaseView
from homeward.words import case_code


@dataclass(frozen=True, slots=True)
class Alone:
    """What a draft's page shows to a supervisor who has no second person."""

    lead: Sequence[str]
    why_not: str
    """"": there is a form."""


async def alone_of(
    rooms: Rooms, door: Door, draft: Draft | None, now: datetime, lang: str
) -> Alone | None:
    """Return what is shown of the override of the second person; None: nothing of it."""
    d, state = WORDS[lang], door.state
    if draft is None or now >= draft.expires_at or not may(door, Action.EMERGENCY):
        return None
    whole = state.alert is not None and state.alert.widens is None
    if whole if is_out(state, draft) else draft.approved(now):
        return None
    used = await emergencies_before(rooms.log, door.by, now)
    own = draft.by == door.by.id
    why_not = ""
    if own and not word_is_enough(state, door.by.id):
        why_not = d[_against(state)]
    elif used >= EMERGENCIES_MAX:
        why_not = d["refused-emergency-too-often"]
    hours = int(REVIEWED_WITHIN.total_seconds()) // 3_600
    lead = [d["emergency-lead"].format(hours=hours)]
    lead += [d["emergency-used"].format(many=used, most=EMERGENCIES_MAX)]
    lead += [d["emergency-own"]] if own else []
    return Alone(lead, why_not)


def _against(state: Case) -> str:
    """Return the text of what stands against one person's word."""
    if is_disputed(state):
        return "emergency-disputed"
    return "emergency-order" if is_guarded(state) else "emergency-settled"


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One alarm that somebody gave alone, and how its review stands."""

    path: str
    """Of the page where it is judged; "" where whoever looks does not judge."""
    code: str
    says: str
    urgent: bool


def review_lines(
    caller: Caller | Door, cases: Iterable[Case], now: datetime, lang: str
) -> list[ReviewLine]:
    """Return the alarms of cases that were given alone and nobody judged, the oldest first."""
    if not may(caller, Action.REVIEW):
        return []
    waiting = [(one, case) for case in cases for one in case.reviews if one.verdict is None]
    waiting.sort(key=lambda found: (found[0].due, found[0].id))
    return [_line(caller, case, one, now, lang) for one, case in waiting]


def _line(caller: Caller | Door, case: Case, one: Review, now: datetime, lang: str) -> ReviewLine:
    own = one.by == caller.by.id
    return ReviewLine(
        path=f"/duty/cases/{case.id}/reviews/{one.id}",
        code=case_code(case.id),
        says=said_of(one, now, lang) + (WORDS[lang]["review-own"] if own else ""),
        urgent=now >= one.due and not own,
    )


def said_of(one: Review, now: datetime, lang: str) -> str:
    """Return how old an alarm without a second person is, and until when it is to be reviewed."""
    d = WORDS[lang]
    name = "review-overdue" if now >= one.due else "review-waits"
    age = elapsed(one.due - REVIEWED_WITHIN, now, lang)
    return d[name].format(elapsed=age, at=moment(one.due, lang))


def lane_of(view: CaseView) -> str:
    """Return how far the alert goes on whose word: ``fast``, ``whole``, or ``alone``."""
    alert = view.alert
    assert alert is not None
    alone = any((one.alert, one.version) == (alert.number, alert.version) for one in view.reviews)
    return "alone" if alone and alert.lane == "whole" else alert.lane
