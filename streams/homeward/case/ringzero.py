"""Ring 0: an unverified report is told to a few who can be trusted with it (SAFETY I-28)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homeward.case.persons import missing
from homeward.case.refusals import NotTakenUp, OwnReport, RingZeroUnsafe
from homeward.case.rules import TRIAGE, only
from homeward.facts.ringzero import Companion, RingZeroAsked
from homeward.geography.cells import to_bytes
from homeward.policies import ringzero as policy
from homeward.policies.figures import together
from homeward.refusals import AlreadyVerified, CaseOver

if TYPE_CHECKING:
    from homeward.case.state import Case
    from homeward.messages import Recorded
    from homeward.requests.ringzero import AskRingZero


def decide_ring_zero(case: Case, request: AskRingZero) -> tuple[RingZeroAsked, ...]:
    """Return that ring 0 is asked for; nothing when it was. Raises a Refused.

    Never on the word of whoever reported: somebody else has taken the report up, and asks.
    """
    only(TRIAGE, request)
    raised = case.raised
    assert raised is not None
    if request.by.id == case.reporter:
        raise OwnReport
    if case.ring_zero is not None:
        return ()
    if case.status.over:
        raise CaseOver(case.status.value)
    if not case.unverified:
        raise AlreadyVerified
    if not case.unit:
        raise NotTakenUp
    order = raised.protection_order
    persons = missing(case)
    if any(
        policy.may_be_hunted(case.category, one.age_band, raised.custody, protection_order=order)
        for one in persons
    ):
        raise RingZeroUnsafe
    band = together({one.age_band for one in persons})
    cells = policy.ring_cells(raised.last_seen_cell, band)
    others = tuple(Companion(age_band=one.age_band, sex=one.sex) for one in persons[1:])
    return (
        RingZeroAsked(
            case=case.id,
            at=request.at,
            category=case.category,
            age_band=persons[0].age_band,
            sex=persons[0].sex,
            others=others or None,
            last_seen_at=raised.last_seen_at,
            focus=raised.last_seen_cell,
            radius_m=round(policy.radius_km(band) * 1_000),
            people_max=policy.PEOPLE_MAX,
            expires_at=request.at + policy.LASTS,
            hubs=request.hubs,
            cell_count=len(cells),
            cells=to_bytes(cells),
        ),
    )


def ring_changes(heard: Recorded) -> dict[str, Any]:
    """Return the field of a case that ring 0 changes."""
    fact = heard.fact
    return {"ring_zero": fact.expires_at} if isinstance(fact, RingZeroAsked) else {}
