"""Everything a decider may answer instead of facts: one class, one stable code each.

A class's docstring is the message that people read; `mend` says what they can do about it. Both
stand in docs/REFUSALS.md. Neither a message nor a code ever carries what somebody said.
"""

import inspect
from typing import ClassVar


class Refused(Exception):
    """The request was understood and is refused."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    mend: ClassVar[str] = "Read what has become of it, then ask again."

    def __init__(self, detail: str = "") -> None:
        """``detail`` may name an id, a status or a limit; nothing personal."""
        super().__init__(self.message())
        self.detail = detail

    @classmethod
    def message(cls) -> str:
        """Return what the class says: its docstring on one line."""
        return " ".join((inspect.getdoc(cls) or cls.code).split())


def every(of: type[Refused] = Refused) -> tuple[type[Refused], ...]:
    """Return every refusal that is loaded, sorted by code; the base class is none."""
    found: dict[str, type[Refused]] = {}
    for one in of.__subclasses__():
        found |= {sub.code: sub for sub in every(one)}
        if "code" in vars(one):
            found[one.code] = one
    return tuple(found[code] for code in sorted(found))


# --- nothing there -------------------------------------------------------------------------------


class NoSuchCase(Refused):
    """There is no such case, or it is not open to you."""

    code = "case-not-found"
    status = 404
    mend = "Check the code: eight letters or digits, without 0, O, 1 and I."


class NoSuchSighting(Refused):
    """There is no such sighting in this case."""

    code = "sighting-not-found"
    status = 404
    mend = "List the sightings of the case and take an id from there."


class AskingUnknown(Refused):
    """There is no such asking in this case."""

    code = "asking-unknown"
    status = 404
    mend = "List the askings of the case and take an id from there."


class NoSuchWatch(Refused):
    """There is no such watch in this case."""

    code = "watch-not-found"
    status = 404
    mend = "List the watches of the case and take an id from there."


class NoSuchDraft(Refused):
    """There is no such draft in this case."""

    code = "draft-not-found"
    status = 404
    mend = "Draft the alert first, or take the id of the newest draft from the case."


# --- who may -------------------------------------------------------------------------------------


class NotForRole(Refused):
    """Your role may not decide that."""

    code = "role-not-allowed"
    status = 403
    mend = "Ask somebody whose role it is (docs/GLOSSARY.md, roles)."


class NotYourReport(Refused):
    """Only who made the report can take it back or add to it as reporter."""

    code = "not-your-report"
    status = 403
    mend = "Use the secret link that was shown when the report was made."


class SamePerson(Refused):
    """Nobody approves what they drafted or asked for themselves."""

    code = "approver-is-drafter"
    status = 403
    mend = "A second officer or a supervisor must approve it."


class ApprovalMissing(Refused):
    """Two approved the alert that is out, and one alone would pull its reach back to 30 km."""

    code = "approval-missing"
    mend = (
        "Have the newest draft approved by a second officer, or draft a smaller reach on purpose."
    )


class AloneTooOften(Refused):
    """You issued three alerts alone within 24 hours, and nobody has approved one of them since."""

    code = "alone-too-often"
    mend = "Ask a second person to approve this draft, or one of the alerts that are out."


class NotOnDuty(Refused):
    """Only who is on duty at the desk signs over to the next."""

    code = "not-on-duty"
    status = 403
    mend = "Take over first; who is on duty stands at the head of the queue."


# --- too late, or not yet ------------------------------------------------------------------------


class AlreadyRaised(Refused):
    """The case exists already and says something else."""

    code = "case-exists"
    mend = "Add facts to the case, or raise another one under a new Idempotency-Key."


class CaseOver(Refused):
    """The case is over, and what was decided is not edited again."""

    code = "case-over"
    mend = "If the person is missing again, raise a new case; if it was a mistake, reopen this one."


class AlreadyVerified(Refused):
    """The report was verified, so it can no longer be taken back."""

    code = "case-verified"
    mend = "Tell the officer who has the case; they can resolve it or cancel its alert."


class NotVerified(Refused):
    """The report is not verified yet, so no alert can be made of it."""

    code = "case-not-verified"
    mend = "Verify the case first."


class AlertIsOut(Refused):
    """An alert of this case was issued, so the report cannot simply be turned down."""

    code = "alert-issued"
    mend = "Cancel the alert: everybody who was told is then told so."


class OverrideNotAsked(Refused):
    """Nobody has asked that this version reaches those who sleep or whose day is spent."""

    code = "override-not-asked"
    mend = "Ask for it with a reason; a second officer then approves it."


class AskingOpen(Refused):
    """Helpers are being asked for this case already."""

    code = "asking-open"
    mend = "Close the one that is open, or wait until its time is over."


class AskingOver(Refused):
    """Nobody is asked in that asking any more, so its number cannot be changed."""

    code = "asking-over"
    mend = "Ask anew; whoever comes keeps their place."


class AlertNotLive(Refused):
    """The case has no live alert."""

    code = "alert-not-live"
    mend = "Look at the case: its alert was never issued, has expired, or is over."


class DraftOutdated(Refused):
    """A newer draft or an issued alert has taken this draft's place."""

    code = "draft-outdated"
    mend = "Read the newest draft, then approve or issue that one."


class DraftDiffers(Refused):
    """What is approved must be what was read, and the digest is not this draft's."""

    code = "draft-differs"
    mend = "Read the draft (GET), and approve it with the digest that stands beside its words."


class DraftExpired(Refused):
    """The draft's expiry has passed, so it would be over before it began."""

    code = "draft-expired"
    mend = "Draft again with a later expiry."


class OtherOutcome(Refused):
    """The case was resolved with another outcome."""

    code = "case-resolved-otherwise"
    mend = "The first outcome stands; write a correction into the file of the case."


class NotResolved(Refused):
    """The case is not resolved, so there is nothing to close out."""

    code = "case-not-resolved"
    mend = "Resolve the case first. A cancelled alert needs no close-out: it tells by itself."


class SightingDecided(Refused):
    """Somebody has decided about this sighting otherwise, and that stands."""

    code = "sighting-decided"
    mend = "Report a new sighting if more is known."


class MergedAlready(Refused):
    """The sighting is held for one and the same as another, and is decided with that one."""

    code = "sighting-merged"
    mend = "Decide about the other one; or part them first, if they are two after all."


class MergedWithItself(Refused):
    """A sighting cannot be merged with itself."""

    code = "sighting-is-itself"
    status = 422
    mend = "Name the other sighting as 'into'."


class SightingExists(Refused):
    """The sighting exists already and says something else."""

    code = "sighting-exists"
    mend = "Report another one under a new Idempotency-Key."


class HandoverGone(Refused):
    """Somebody else took over meanwhile, or another hand-over was written."""

    code = "handover-gone"
    mend = "Read who is on duty now, and what they signed over."


class WatchOver(Refused):
    """The watch is over: it was stood down or released."""

    code = "watch-over"
    mend = "Nothing is left to do. Thank you for watching."


# --- what cannot be ------------------------------------------------------------------------------


class SeenInFuture(Refused):
    """The time of seeing lies in the future."""

    code = "seen-in-future"
    status = 422
    mend = "Check date, time and time zone; five minutes of a wrong clock are forgiven."


class SeenTooLongAgo(Refused):
    """The person was last seen too long ago for an alert by reach."""

    code = "seen-too-long-ago"
    status = 422
    mend = "Call the police: a search after more than 30 days goes other ways."


class SeenBeforeMissing(Refused):
    """The sighting is from long before the person went missing."""

    code = "seen-before-missing"
    status = 422
    mend = "Check date, time and time zone: at most 24 hours before the person was last seen."


class AgeContradicts(Refused):
    """The age does not fit the category."""

    code = "age-contradicts-category"
    status = 422
    mend = "Correct the age or choose another category; 'other' fits everybody."


class NothingSaid(Refused):
    """The request says nothing."""

    code = "nothing-said"
    status = 422
    mend = "Give at least one of its fields."


class ExpiryImpossible(Refused):
    """The alert's expiry is not between five minutes and seven days from now."""

    code = "expiry-impossible"
    status = 422
    mend = "Choose an expiry in that range; a live alert can be prolonged by an update."


class PolicyUnknown(Refused):
    """No reach policy has that name."""

    code = "policy-unknown"
    status = 422
    mend = "Use 'field' (the default), 'circles', 'district' or 'polygon'."


class AreaMissing(Refused):
    """The policy takes an area that somebody gives, and none was given."""

    code = "area-missing"
    status = 422
    mend = "Draw one: a disk, a ring, polygons or cells, as 'area' of the draft."


class AreaUnused(Refused):
    """The policy makes its own area, and would not use the one that was drawn."""

    code = "area-unused"
    status = 422
    mend = "Leave the area out, or use 'polygon' or 'district', which take it as it is."


class AreaBeyondBound(Refused):
    """The area goes further from the place last seen than the alert may reach."""

    code = "area-beyond-bound"
    status = 422
    mend = "Draw less, or raise reach_km_max to what the detail says; wide alerts take two people."


class TextsIncomplete(Refused):
    """The texts are not whole: alert and retraction need the same languages, each once."""

    code = "texts-incomplete"
    status = 422
    mend = "Give each language once, in the alert and in its retraction, zh-Hans among them."
