"""Reaching those whom an alert lets sleep: one officer asks, and a second one decides.

What people asked for (a pause, milder alerts, nothing from so far) nobody overrides. It is of one
version: what comes next is asked for anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from homeward.case.rules import OFFICERS, only
from homeward.facts.attention import AttentionOverridden, AttentionOverrideAsked
from homeward.refusals import (
    AlertNotLive,
    DraftDiffers,
    OverrideNotAsked,
    SamePerson,
)
from homeward.requests.attention import ApproveOverride, OverrideAttention

if TYPE_CHECKING:
    from homeward.case.state import Alert, Case
    from homeward.messages import Fact, Recorded
    from homeward.requests import Request


@dataclass(frozen=True, slots=True)
class Override:
    """What was asked for a version, and whether it holds."""

    asked: str
    """The fact that asked."""
    by: str
    alert: int
    version: int
    approved: bool = False


def decide_override(case: Case, request: Request) -> tuple[Fact, ...]:
    """Return what a request about an override makes true. Raises a Refused."""
    only(OFFICERS, request)
    match request:
        case OverrideAttention():
            return _asked(case, request)
        case ApproveOverride():
            return _approved(case, request)
        case _:
            raise TypeError(f"no decision of a case: {type(request).__name__}")


def _live(case: Case, request: OverrideAttention | ApproveOverride) -> Alert:
    if case.alert is None or case.alert.draft != request.draft or not case.live(request.at):
        raise AlertNotLive
    return case.alert


def of_version(case: Case, alert: Alert) -> Override | None:
    """Return what was asked for a version."""
    known = case.override
    same = known is not None and (known.alert, known.version) == (alert.number, alert.version)
    return known if same else None


def _asked(case: Case, request: OverrideAttention) -> tuple[Fact, ...]:
    alert = _live(case, request)
    if request.digest != request.shown:
        raise DraftDiffers
    if of_version(case, alert) is not None:
        return ()
    return (
        AttentionOverrideAsked(
            case=case.id,
            at=request.at,
            draft=request.draft,
            alert=alert.number,
            version=alert.version,
            digest=request.digest,
            reason=request.reason,
        ),
    )


def _approved(case: Case, request: ApproveOverride) -> tuple[Fact, ...]:
    alert = _live(case, request)
    known = of_version(case, alert)
    if known is None:
        raise OverrideNotAsked
    if known.approved:
        return ()
    if known.by == request.by.id:
        raise SamePerson
    return (
        AttentionOverridden(
            case=case.id,
            at=request.at,
            draft=request.draft,
            alert=alert.number,
            version=alert.version,
            asked=known.asked,
        ),
    )


def override_changes(heard: Recorded) -> dict[str, Any]:
    """Return the fields of a case that a fact about an override changes."""
    match heard.fact:
        case AttentionOverrideAsked(alert=alert, version=version):
            return {"override": Override(heard.id, heard.by.id, alert, version)}
        case AttentionOverridden(asked=asked, alert=alert, version=version):
            return {"override": Override(asked, heard.by.id, alert, version, approved=True)}
        case _:
            return {}
