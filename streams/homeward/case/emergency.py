"""One supervisor alarms without a second person, and another one reviews it (SAFETY I-25).

The words and bounds are those of a draft, so what goes out is what somebody wrote down before; who
asks names its digest, and proves at the door that they are there. It opens a review, which keeps
the file from being sealed until somebody else has judged it.
"""

from homeward.case.alerts import check_draft, is_out, issued, proposed, widened, word_is_enough
from homeward.case.refusals import (
    EmergencyNeedless,
    EmergencyTooOften,
    NoSuchReview,
    ReviewedOtherwise,
)
from homeward.case.rules import SUPERVISORS, only
from homeward.case.state import Case
from homeward.facts.emergency import EmergencyReviewed, EmergencyUsed
from homeward.messages import Fact
from homeward.policies.approval import EMERGENCIES_MAX, REVIEWED_WITHIN
from homeward.refusals import SamePerson
from homeward.requests.emergency import ReviewEmergency, UseEmergency


def decide_emergency(case: Case, request: UseEmergency | ReviewEmergency) -> tuple[Fact, ...]:
    """Return what a request about an override makes true. Raises a Refused."""
    only(SUPERVISORS, request)
    if isinstance(request, UseEmergency):
        return _use(case, request)
    return _review(case, request)


def _use(case: Case, request: UseEmergency) -> tuple[Fact, ...]:
    if any(one.draft == request.draft for one in case.reviews):
        return ()
    known = proposed(case, request.draft)
    out = known is not None and is_out(case, known)
    if out and case.alert is not None and case.alert.widens is None:
        return ()  # two have approved what is out
    draft = check_draft(case, request.draft, request.at, request.digest, request.shown)
    if not out and draft.approved(request.at):
        raise EmergencyNeedless
    if request.used_before >= EMERGENCIES_MAX:
        raise EmergencyTooOften(str(EMERGENCIES_MAX))
    if draft.by == request.by.id and not word_is_enough(case, request.by.id):
        raise SamePerson  # of a guarded case two people stand behind whatever goes out
    used = EmergencyUsed(
        case=case.id,
        at=request.at,
        draft=draft.id,
        alert=draft.alert,
        version=draft.version,
        digest=request.digest,
        own_draft=draft.by == request.by.id,
        review_by=request.at + REVIEWED_WITHIN,
        reason=request.reason,
    )
    if out:
        return (used, widened(case, draft, request.at, request.hubs))
    return (used, issued(case, draft, request, whole=True))


def _review(case: Case, request: ReviewEmergency) -> tuple[Fact, ...]:
    review = next((one for one in case.reviews if one.id == request.review), None)
    if review is None:
        raise NoSuchReview
    if review.by == request.by.id:
        raise SamePerson
    if review.verdict is not None:
        if review.verdict is request.verdict:
            return ()
        raise ReviewedOtherwise(review.verdict.value)
    return (
        EmergencyReviewed(
            case=case.id,
            at=request.at,
            review=review.id,
            verdict=request.verdict,
            note=request.note,
        ),
    )
