"""What a request makes true of a case: facts, nothing when it is true already, or a refusal."""

from homeward.case.adding import ADDING, decide_adding
from homeward.case.alerts import decide_alert
from homeward.case.attention import decide_override
from homeward.case.emergency import decide_emergency
from homeward.case.extending import decide_extension
from homeward.case.filing import FILING, decide_file
from homeward.case.holding import check_hold
from homeward.case.mergerefusals import OthersGoOnInIt
from homeward.case.merging import decide_merging, unmerged
from homeward.case.persons import added, bands_of, check_outcome, decide_person, same
from homeward.case.ringzero import decide_ring_zero
from homeward.case.rules import (
    OFFICERS,
    TRIAGE,
    check_age,
    check_last_seen,
    check_texts,
    only,
)
from homeward.case.sealing import unsealed
from homeward.case.state import Case, Status
from homeward.facts import case as facts
from homeward.facts.watch import ReportLapsed
from homeward.messages import Fact
from homeward.refusals import (
    AlertIsOut,
    AlreadyRaised,
    AlreadyVerified,
    CaseOver,
    NoSuchCase,
    NotResolved,
    NotYourReport,
    OtherOutcome,
)
from homeward.requests import Request
from homeward.requests import case as requests
from homeward.requests.attention import ApproveOverride, OverrideAttention
from homeward.requests.emergency import ReviewEmergency, UseEmergency
from homeward.requests.merging import MergeCase, PartCase
from homeward.requests.persons import AddPerson, FindPerson, MissPerson
from homeward.requests.ringzero import AskRingZero
from homeward.words import AgeBand


def decide(case: Case, request: Request) -> tuple[Fact, ...]:
    """Return the facts this request makes true; none when they are true already.

    Raises a Refused.
    """
    if isinstance(request, requests.RaiseCase):
        return _raise(case, request)
    if case.raised is None:
        raise NoSuchCase
    if isinstance(request, FILING):
        return decide_file(case, request)
    unsealed(case)
    check_hold(case, request)
    if isinstance(request, MergeCase | PartCase):
        return decide_merging(case, request)
    if not isinstance(request, ReviewEmergency):  # what was done alone is judged, merged or not
        unmerged(case)
    if isinstance(request, ADDING):
        return decide_adding(case, request)
    match request:
        case requests.TakeUp() | requests.Verify() | requests.Reject():
            return _judge(case, request)
        case requests.Withdraw():
            return _withdraw(case, request)
        case requests.ResolveCase():
            return _resolve(case, request)
        case requests.CloseOut():
            return _close_out(case, request)
        case AskRingZero():
            return decide_ring_zero(case, request)
        case _:
            return _of_persons_and_alert(case, request)


def _of_persons_and_alert(case: Case, request: Request) -> tuple[Fact, ...]:
    match request:
        case AddPerson() | FindPerson() | MissPerson():
            return decide_person(case, request)
        case OverrideAttention() | ApproveOverride():
            return decide_override(case, request)
        case UseEmergency() | ReviewEmergency():
            return decide_emergency(case, request)
        case requests.ExtendAlert() | requests.ApproveExtension():
            return decide_extension(case, request)
        case _:
            return decide_alert(case, request)


def _raise(case: Case, request: requests.RaiseCase) -> tuple[Fact, ...]:
    band = AgeBand.of(request.description.age_years)
    fact = facts.CaseRaised(
        case=request.case,
        at=request.at,
        raised_by=request.by.role,
        category=request.category,
        age_band=band,
        sex=request.description.sex,
        mode=request.mode,
        last_seen_cell=request.last_seen_cell,
        last_seen_at=request.last_seen_at,
        error_m=request.error_m,
        custody=request.custody,
        protection_order=request.protection_order,
        description=request.description,
        place=request.place,
        place_text=request.place_text,
        reporter=request.reporter,
        note=request.note,
    )
    if case.raised is not None:
        unsealed(case)
        said = case.raised == fact.without_personal() and case.reporter == request.by.id
        if said and same(case, request.others):
            return ()
        raise AlreadyRaised
    check_last_seen(request.last_seen_at, request.at)
    others = added(request.case, request.at, 1, request.others)
    check_age(request.category, band, *(one.age_band for one in others))
    return (fact, *others)


def _judge(
    case: Case, request: requests.TakeUp | requests.Verify | requests.Reject
) -> tuple[Fact, ...]:
    only(TRIAGE if isinstance(request, requests.TakeUp) else OFFICERS, request)
    match request, case.ended:
        case requests.Reject(), facts.CaseRejected(reason=given) if given == request.reason:
            return ()
        case requests.Verify(), None if not case.unverified:
            return ()
        case requests.TakeUp(), None if case.unit == request.unit:
            return ()
        case requests.Reject(), None if case.alert is not None:
            raise AlertIsOut
        case requests.Verify(), ReportLapsed():
            return (facts.CaseVerified(case=case.id, at=request.at, unit=request.unit),)
        case requests.TakeUp(), None:
            return (facts.CaseTakenUp(case=case.id, at=request.at, unit=request.unit),)
        case requests.Verify(), None:
            return (facts.CaseVerified(case=case.id, at=request.at, unit=request.unit),)
        case requests.Reject(), None | ReportLapsed():
            return (
                facts.CaseRejected(
                    case=case.id, at=request.at, reason=request.reason, note=request.note
                ),
            )
        case _:
            raise CaseOver(case.status.value)


def _withdraw(case: Case, request: requests.Withdraw) -> tuple[Fact, ...]:
    if request.by.id != case.reporter:
        raise NotYourReport
    if case.status is Status.WITHDRAWN:
        return ()
    if case.status.over:
        raise CaseOver(case.status.value)
    if not case.unverified:
        raise AlreadyVerified
    if case.joined:
        raise OthersGoOnInIt
    return (facts.CaseWithdrawn(case=case.id, at=request.at, note=request.note),)


def _resolve(case: Case, request: requests.ResolveCase) -> tuple[Fact, ...]:
    only(OFFICERS, request)
    ends = _still_believed(case)
    match case.ended:
        case None:
            check_outcome(case, request.outcome, bands_of(case))
            return (
                facts.CaseResolved(
                    case=case.id,
                    at=request.at,
                    outcome=request.outcome,
                    helped_by=request.helped_by,
                    alert=ends[0],
                    version=ends[1],
                ),
            )
        case facts.CaseResolved(outcome=outcome, helped_by=helped_by):
            if outcome is request.outcome and set(helped_by) == set(request.helped_by):
                return ()
            raise OtherOutcome(outcome.value)
        case _:
            raise CaseOver(case.status.value)


def _still_believed(case: Case) -> tuple[int, int] | tuple[None, None]:
    """Return number and version of the alert that those told hold for true; none: there is none.

    Of a case that was opened again they were told that it is over, unless a new version went out.
    """
    alert = case.alert
    return (None, None) if alert is None or alert.told_over else (alert.number, alert.version)


def _close_out(case: Case, request: requests.CloseOut) -> tuple[Fact, ...]:
    only(OFFICERS, request)
    if case.status is Status.CLOSED_OUT:
        return ()
    if case.status is not Status.RESOLVED:
        raise CaseOver(case.status.value) if case.status.over else NotResolved
    check_texts(request.texts)
    alert, version = _still_believed(case)
    return (
        facts.CaseClosedOut(
            case=case.id,
            at=request.at,
            alert=alert,
            version=version,
            texts=request.texts,
        ),
    )
