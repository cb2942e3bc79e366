"""What waits on the queue of the duty page, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request

from homeward.desk import Queue
from homeward.http.auth import Caller
from homeward.http.authorisation import Scope
from homeward.http.doors import HOLD_SEEN
from homeward.http.pages.desk import WORDS
from homeward.http.pages.moments import elapsed, moment
from homeward.http.pages.phrases import PHRASES
from homeward.processors.escalation import CLOCK_LEVELS
from homeward.timeline.duties import Line, Open, Wait, Waits
from homeward.words import Category, Role, case_code, instant_text


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that a case waits for, in words."""

    what: str
    says: str
    urgent: bool
    id: str
    """What tells it from what was on the queue before: a new one sounds."""


@dataclass(frozen=True, slots=True)
class Row:
    """One open case, in words."""

    case: str
    code: str
    category: str
    state: str
    age: str
    at: str
    urgent: bool
    waits: Sequence[Waiting]


def queue_of(request: Request) -> Queue:
    """Return this process's board of open cases."""
    queue = request.app.state.queue
    assert isinstance(queue, Queue)
    return queue


async def open_lines(request: Request, caller: Caller, now: datetime) -> list[Line]:
    """Return the queue that somebody may see, its head first. Raises LogUnavailable."""
    return (await parted_lines(request, caller, now))[0]


async def parted_lines(
    request: Request, caller: Caller, now: datetime
) -> tuple[list[Line], list[str]]:
    """Return the queue that somebody may see, and the cases of which they see no more than a hold.

    The latter by their codes: any other order would say what waits longer. Raises LogUnavailable.
    """
    board = await queue_of(request).board()
    lines = board.lines(now)
    if caller.scope is Scope.DESK:
        lines = [one for one in lines if _is_theirs(caller, board.open[one.case.id])]
    if caller.by.role in HOLD_SEEN:
        return lines, []
    held = [one.case.id for one in lines if one.case.held]
    return [one for one in lines if not one.case.held], sorted(held, key=case_code)


def _is_theirs(caller: Caller, found: Open) -> bool:
    """Whether a desk of an organisation sees a case, as `doors.desk_sees` says it."""
    case, by = found.case, caller.by
    return case.unverified or case.reporter == by.id or (by.org != "-" and found.org == by.org)


def waits_in_words(line: Line, now: datetime, lang: str) -> list[Waiting]:
    """Return what a case waits for, in words."""
    code = case_code(line.case.id)
    return [
        Waiting(
            one.what.value,
            _says(line, one, now, lang),
            one.urgent,
            f"{code}.{one.what.value}.{int(one.since.timestamp())}.{one.many}.{line.level}",
        )
        for one in line.waits
    ]


def _says(line: Line, wait: Wait, now: datetime, lang: str) -> str:
    d = WORDS[lang]
    said = d[f"waits-{wait.what.value}"].format(
        many=wait.many,
        elapsed=elapsed(wait.since, now, lang),
        left="" if wait.until is None else elapsed(now, wait.until, lang),
    )
    if wait.what is Waits.REPORT:
        said += d["and"] + _escalated(line, lang)
    elif wait.what is Waits.ISSUE and wait.until is not None:
        said += d["and"] + d["runs-out"].format(left=elapsed(now, wait.until, lang))
    return said


def _escalated(line: Line, lang: str) -> str:
    """Return who was told of an unanswered report, and who is told next and when."""
    d, raised = WORDS[lang], line.case.raised
    assert raised is not None
    told = d[f"level-{line.level}"]
    if raised.raised_by is not Role.REPORTER or line.level >= len(CLOCK_LEVELS):
        return told
    due = moment(raised.at + CLOCK_LEVELS[line.level], lang)
    return told + d["and"] + d["next-level"].format(when=due, level=d[f"to-{line.level + 1}"])


def row_of(line: Line, now: datetime, lang: str) -> Row:
    """Return a line of the queue in words."""
    case, t = line.case, PHRASES[lang]
    assert case.raised is not None
    category = case.category
    return Row(
        case=case.id,
        code=case_code(case.id),
        category=t["unsure" if category is Category.OTHER else category.value],
        state=t[f"staff-{case.status.value}"],
        age=elapsed(case.raised.at, now, lang),
        at=instant_text(case.raised.at),
        urgent=line.urgent,
        waits=waits_in_words(line, now, lang),
    )
