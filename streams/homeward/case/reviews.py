"""What is open because one supervisor alarmed without a second person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from homeward.facts.emergency import EmergencyReviewed, EmergencyUsed

if TYPE_CHECKING:
    from homeward.case.state import Case
    from homeward.messages import Recorded
    from homeward.words import Instant, Verdict


@dataclass(frozen=True, slots=True)
class Review:
    """One use of the override; open until another supervisor has judged it."""

    id: str
    by: str
    """Who used it."""
    draft: str
    alert: int
    version: int
    due: Instant
    own_draft: bool
    verdict: Verdict | None = None
    """None: it is open."""


def review_changes(case: Case, heard: Recorded) -> dict[str, Any]:
    """Return the fields of a case that a fact about an override of the second person changes."""
    match heard.fact:
        case EmergencyUsed() as used:
            fresh = Review(
                id=heard.id,
                by=heard.by.id,
                draft=used.draft,
                alert=used.alert,
                version=used.version,
                due=used.review_by,
                own_draft=used.own_draft,
            )
            return {"reviews": (*case.reviews, fresh)}
        case EmergencyReviewed() as said:
            return {
                "reviews": tuple(
                    replace(one, verdict=said.verdict) if one.id == said.review else one
                    for one in case.reviews
                )
            }
        case _:
            return {}
