"""Ring 0: an unverified report is told to a few who can be trusted with it (SAFETY I-28)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from homeward.case.persons import band_of, missing
from homeward.case.refusals import NotTakenUp, OwnReport, RingZeroUnsafe
from homeward.case.rules import TRIAGE, only
from homeward.facts.ringzero import Companion, RingZeroAsked
from homeward.geography.cells import to_bytes
from homeward.policies import ringzero as policy
from homeward.refusals import AlreadyVerified, CaseOver

if TYPE_CHECKING:
    from homeward.case.corrections import LastSeen
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
    persons, order = missing(case), case.protection_order
    if request.by.id in case.settled_by or any(
        policy.may_be_hunted(case.category, one.age_band, case.custody, protection_order=order)
        for one in persons
    ):
        raise RingZeroUnsafe
    seen, band = ring_place(case, request.by.id), band_of(case)
    cells = policy.ring_cells(seen.cell, band)
    others = tuple(Companion(age_band=one.age_band, sex=one.sex) for one in persons[1:])
    return (
        RingZeroAsked(
            case=case.id,
            at=request.at,
            category=case.category,
            age_band=persons[0].age_band,
            sex=persons[0].sex,
            others=others or None,
            last_seen_at=seen.at,
            focus=seen.cell,
            radius_m=round(policy.radius_km(band) * 1_000),
            people_max=policy.PEOPLE_MAX,
            expires_at=request.at + policy.LASTS,
            hubs=request.hubs,
            cell_count=len(cells),
            cells=to_bytes(cells),
        ),
    )


def ring_place(case: Case, by: str) -> LastSeen:
    """Return where the ring lies: who moved the place does not alone move the ring with it."""
    seen = case.last_seen
    assert seen is not None
    assert case.raised is not None
    return replace(seen, cell=case.raised.last_seen_cell) if seen.by == by else seen


def ring_changes(heard: Recorded) -> dict[str, Any]:
    """Return the field of a case that ring 0 changes."""
    fact = heard.fact
    return {"ring_zero": fact.expires_at} if isinstance(fact, RingZeroAsked) else {}
