"""Letting the version that is out live longer, with the same words and bounds.

One approval covers policy, bound and expiry. So what two persons approved lives on only when one
asks and another agrees; on the fast lane one officer's word carries for a day from the issue. Who
agrees names the expiry that they read: it is all that an asking holds.
"""

from datetime import datetime, timedelta
from typing import Final

from homeward.case.alerts import word_is_enough
from homeward.case.refusals import ExtensionDiffers, ExtensionImpossible, NoSuchAsking
from homeward.case.rules import EXPIRY_MAX, OFFICERS, only
from homeward.case.state import Alert, Case
from homeward.facts import case as facts
from homeward.messages import Fact
from homeward.policies.approval import ALONE_LASTS
from homeward.refusals import AlertNotLive, CaseOver, SamePerson
from homeward.requests import case as requests

BEFORE_EXPIRY: Final = timedelta(minutes=1)
"""Of the case clock: an alert is extended before that. Hubs are released and latecomers forgotten
at the expiry itself, and whoever does that hears of an extension a moment later."""


def decide_extension(
    case: Case, request: requests.ExtendAlert | requests.ApproveExtension
) -> tuple[Fact, ...]:
    """Return what a request about an extension makes true. Raises a Refused."""
    only(OFFICERS, request)
    if isinstance(request, requests.ExtendAlert):
        return _extend(case, request)
    return _approve(case, request)


def _live(case: Case, at: datetime) -> Alert:
    if case.status.over:
        raise CaseOver(case.status.value)
    if case.alert is None or not case.live(at):
        raise AlertNotLive
    return case.alert


def _extend(case: Case, request: requests.ExtendAlert) -> tuple[Fact, ...]:
    alert, until = _live(case, request.at), request.expires_at
    asked = case.extension
    if until == alert.expires_at or (
        asked and (asked.by, asked.expires_at) == (request.by.id, until)
    ):
        return ()
    _check(alert, request.at, until)
    alone = alert.people_max is not None and alert.issued_at is not None
    alone = alone and word_is_enough(case, request.by.id)
    if alone and alert.issued_at and until <= alert.issued_at + ALONE_LASTS:
        return (_extended(case, alert, request.at, until),)
    return (
        facts.ExtensionAsked(
            case=case.id,
            at=request.at,
            alert=alert.number,
            version=alert.version,
            expires_at=until,
        ),
    )


def _approve(case: Case, request: requests.ApproveExtension) -> tuple[Fact, ...]:
    alert, asked = _live(case, request.at), case.extension
    if alert.extended_on == request.asked:
        return ()
    if asked is None or asked.id != request.asked:
        raise NoSuchAsking
    if asked.by == request.by.id:
        raise SamePerson
    if asked.expires_at != request.expires_at:
        raise ExtensionDiffers
    _check(alert, request.at, request.expires_at)
    return (_extended(case, alert, request.at, request.expires_at, asked.id),)


def _check(alert: Alert, at: datetime, until: datetime) -> None:
    soon = at + BEFORE_EXPIRY > alert.expires_at
    if soon or until <= alert.expires_at or until > at + EXPIRY_MAX:
        raise ExtensionImpossible


def _extended(
    case: Case, alert: Alert, at: datetime, until: datetime, asked: str | None = None
) -> Fact:
    return facts.AlertExtended(
        case=case.id,
        at=at,
        alert=alert.number,
        version=alert.version,
        expires_at=until,
        draft=alert.draft,
        asked=asked,
    )
