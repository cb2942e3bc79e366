"""More of the samples: one of every fact about what is rare and is watched closely."""

from collections.abc import Callable
from datetime import datetime

from homeward.facts.access import EmergencyNoted, ProtectedLoaded, ReadingAlarmed
from homeward.facts.emergency import EmergencyReviewed, EmergencyUsed, ReviewOverdue
from homeward.facts.hold import HoldLifted, HoldPlaced
from homeward.facts.reporting import ReportClaimed
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
    )
