"""More of the samples: what is rare and is watched closely, and what becomes of a file."""

from collections.abc import Callable
from datetime import datetime

from homeward.facts import case as facts
from homeward.facts.access import EmergencyNoted, ProtectedLoaded, ReadingAlarmed
from homeward.facts.emergency import EmergencyReviewed, EmergencyUsed, ReviewOverdue
from homeward.facts.hold import HoldLifted, HoldPlaced
from homeward.facts.reporting import ReportClaimed
from homeward.facts.watch import ReportLapsed
from homeward.messages import Fact
from homeward.words import Verdict


def rare(case: str, draft: str, review: str, at: Callable[[int], datetime]) -> tuple[Fact, ...]:
    """Return them; ``at`` counts minutes from noon of the invented day."""
    return (
        EmergencyUsed(
            case=case,
            at=at(28),
            draft=draft,
            alert=1,
            version=1,
            digest="0" * 64,
            own_draft=False,
            review_by=at(28 + 24 * 60),
            reason="Nobody else is at the desk, and the van is on the motorway",
        ),
        EmergencyReviewed(
            case=case,
            at=at(29 + 24 * 60),
            review=review,
            verdict=Verdict.JUSTIFIED,
            note="The second officer was at the river",
        ),
        ReviewOverdue(
            case=case,
            at=at(28 + 24 * 60),
            review=review,
            alert=1,
            version=1,
            waiting_s=24 * 3_600,
        ),
        EmergencyNoted(case=case, at=at(28), draft=draft, alert=1),
        HoldPlaced(case=case, at=at(20)),
        HoldLifted(case=case, at=at(25), reason="The shelter says that it is not her"),
        ReportClaimed(case=case, at=at(20)),
        ReadingAlarmed(at=at(90), cases=21),
        ProtectedLoaded(at=at(-60), digests=312, whole=True),
        *_filed(case, draft, review, at),
    )


def _filed(case: str, draft: str, asked: str, at: Callable[[int], datetime]) -> tuple[Fact, ...]:
    """Return what lets an alert live longer, and what becomes of a file."""
    return (
        facts.ExtensionAsked(case=case, at=at(70), alert=1, version=1, expires_at=at(36 * 60)),
        facts.AlertExtended(
            case=case,
            at=at(71),
            alert=1,
            version=1,
            expires_at=at(36 * 60),
            draft=draft,
            asked=asked,
        ),
        facts.CaseReopened(case=case, at=at(99), reason="other-child"),
        facts.CaseDePublished(case=case, at=at(100), partners=("neighbours", "radio")),
        facts.PartnerConfirmed(case=case, at=at(101), partner="radio"),
        facts.CaseSealed(case=case, at=at(102)),
        facts.ExpungeAsked(case=case, at=at(103), reason="kept-long-enough"),
        facts.CaseExpunged(case=case, at=at(104), asked=asked),
        ReportLapsed(case=case, at=at(20 + 72 * 60), waiting_s=72 * 3_600),
    )
