"""What is refused of a case's later life: extending, reopening, and its file."""

from homeward.refusals import Refused


class CaseSealed(Refused):
    """The case is sealed: nothing is added to it any more."""

    code = "case-sealed"
    mend = "If the person is missing again, raise a new case. Of this one only supervision reads."


class CaseExpunged(Refused):
    """The case was expunged: only that there was one is kept, and its id is never used again."""

    code = "case-expunged"
    status = 410
    mend = "If the person is missing again, raise a new case under a new Idempotency-Key."


class DePublished(Refused):
    """The case was de-published: of it is only shown that it is over."""

    code = "case-de-published"
    status = 410
    mend = "Read its timeline; pictures of where the person could be are not made any more."


class NotOver(Refused):
    """The case is not over."""

    code = "case-not-over"
    mend = "Resolve it, or cancel its alert; nothing has to be reopened."


class NotClosedOut(Refused):
    """The case is not closed out: whoever was told may still believe that it goes on."""

    code = "case-not-closed-out"
    mend = "Resolve the case and close it out, or cancel its alert; then it can be de-published."


class NotDePublished(Refused):
    """What was published of the case has not been taken down."""

    code = "case-not-de-published"
    mend = "De-publish the case first, and name the partners who hold a copy."


class PartnersMissing(Refused):
    """A partner has not confirmed that its copy is taken down."""

    code = "partners-missing"
    mend = "Ask the partners that the detail names, and record each confirmation."


class NoSuchPartner(Refused):
    """That partner was not named when the case was de-published."""

    code = "partner-not-found"
    status = 404
    mend = "Name it in a further de-publication of the case, then confirm it."


class NoSuchAsking(Refused):
    """Nobody asks for that, or something newer took its place."""

    code = "asking-not-found"
    status = 404
    mend = "Read the case, and take the id of what is asked for now."


class NotSealed(Refused):
    """Only a sealed case can be expunged."""

    code = "case-not-sealed"
    mend = "Seal the case first: until then somebody may still need what it holds."


class ExtensionImpossible(Refused):
    """The alert does not live on from now to then without a break, or for too long."""

    code = "extension-impossible"
    status = 422
    mend = (
        "Extend it at least a minute before it expires, to a later moment within seven days. "
        "Of one that has expired issue the next version."
    )


class ExtensionDiffers(Refused):
    """What is approved must be what was asked for."""

    code = "extension-differs"
    mend = "Read the case, and approve with the expiry that stands beside the asking."


class EmergencyNeedless(Refused):
    """Somebody has approved the draft: it goes to its whole bound without an override."""

    code = "emergency-needless"
    mend = "Issue it, within ten minutes of the approval."


class EmergencyTooOften(Refused):
    """You alarmed twice without a second person within 24 hours."""

    code = "emergency-too-often"
    mend = "Issue it on the fast lane, and ask anybody of the police to approve it."


class NoSuchReview(Refused):
    """There is no such review in this case."""

    code = "review-not-found"
    status = 404
    mend = "Take its id from the case, below reviews."


class ReviewedOtherwise(Refused):
    """Somebody has reviewed it, and said otherwise."""

    code = "reviewed-otherwise"
    mend = "Read the case; what a second supervisor has said of it stays."


class ReviewOpen(Refused):
    """An alarm without a second person was not reviewed yet, so the file stays open."""

    code = "review-open"
    mend = "Let a supervisor who did not give it review it, then seal the case."


class NotTakenUp(Refused):
    """Nobody looks into the report yet, so nobody else is told of it."""

    code = "case-not-taken-up"
    mend = "Take the case up first."


class OwnReport(Refused):
    """Whoever reported it does not decide who hears of it unverified."""

    code = "own-report"
    status = 403
    mend = "Let somebody else take the case up and ask."


class RingZeroUnsafe(Refused):
    """The person may be hiding from whoever reports, so nobody is told before it is verified."""

    code = "ring-zero-unsafe"
    mend = "Let an officer verify it; then an alert can go out."


class CaseOnHold(Refused):
    """The case is on hold."""

    code = "case-on-hold"
    mend = "A supervisor looks at it; nothing else can be said."


class NotOnHold(Refused):
    """The case is not on hold."""

    code = "case-not-on-hold"
    mend = "Go on with it as with any other."


class CustodyDisputed(Refused):
    """It is disputed who keeps the child, so one person alone issues nothing."""

    code = "custody-disputed"
    mend = "Have the draft approved by a second person, however near it reaches."


class OrderStated(Refused):
    """There is an order of protection, so one person alone issues nothing."""

    code = "order-stated"
    mend = "Have the draft approved by a second person, however near it reaches."


class SettledAlone(Refused):
    """You took away what stands against one person's word, so yours alone issues nothing."""

    code = "settled-alone"
    mend = "Have the draft approved by a second person, or let somebody else issue it."


class NoSuchProposal(Refused):
    """Nobody proposed that in this case."""

    code = "proposal-not-found"
    status = 404
    mend = "Take its id from the case, below proposals."


class ProposalJudged(Refused):
    """Somebody has decided otherwise about what was proposed."""

    code = "proposal-judged"
    mend = "Read the case, and state the fact itself if it is to be another one."


class ProposalsWaiting(Refused):
    """So many proposals of this case wait that no more are taken."""

    code = "proposals-waiting"
    status = 429
    mend = "Say it in a note, which always goes in, and call the desk that has the case."
