"""What is said of a case after its report, and by whom it goes straight in.

Until an officer has verified it a report is its reporter's. From then on a wrong category or way of
moving tells the wrong people, and two who fight over a child would each move the search: so what
outsiders say is a proposal. A guard (disputed custody, a protection order) goes in at once, from
anybody, and comes away only by an officer's word; that of the same officer who then alarms alone is
not enough (`alerts.word_is_enough`).
"""

from typing import Final

from homeward.case.corrections import Proposal, missing_since, takes_guard
from homeward.case.mergerefusals import OnlyANote
from homeward.case.merging import reporters
from homeward.case.persons import bands_of
from homeward.case.refusals import NoSuchProposal, ProposalJudged, ProposalsWaiting
from homeward.case.rules import DRAFTERS, OFFICERS, check_age, check_last_seen, check_seen, only
from homeward.case.state import Case
from homeward.facts import case as facts
from homeward.facts import correcting
from homeward.messages import Fact
from homeward.refusals import CaseOver, NothingSaid, NotYourReport, SamePerson
from homeward.requests import Request
from homeward.requests import case as requests
from homeward.requests.correcting import AcceptProposal, CorrectLastSeen, RefuseProposal
from homeward.words import Custody, Mode, Role

ADDING: Final = (
    requests.AddFacts,
    requests.IdentifyVehicle,
    requests.NoteSuspect,
    AcceptProposal,
    RefuseProposal,
    CorrectLastSeen,
)
"""Requests about the facts of a report."""
GUARDS: Final = frozenset({"custody", "protection_order"})
PROPOSALS_MAX: Final = 20
"""Proposals of a case that wait at once; with more of them somebody has to be called."""


def decide_adding(case: Case, request: Request) -> tuple[Fact, ...]:
    """Return what a request about the facts of a report makes true. Raises a Refused."""
    match request:
        case requests.AddFacts() | requests.IdentifyVehicle():
            return decide_addition(case, request)
        case AcceptProposal() | RefuseProposal():
            return decide_proposal(case, request)
        case CorrectLastSeen():
            return decide_last_seen(case, request)
        case requests.NoteSuspect():
            return _suspect(case, request)
        case _:
            raise TypeError(f"nothing about the facts of a report: {type(request).__name__}")


def decide_addition(
    case: Case, request: requests.AddFacts | requests.IdentifyVehicle
) -> tuple[Fact, ...]:
    """Return what is stated, what is proposed, or both. Raises a Refused."""
    if request.by.role is Role.REPORTER and request.by.id not in reporters(case):
        raise NotYourReport
    if isinstance(request, requests.AddFacts):
        if not _may_state(case, request):
            raise OnlyANote
        said = _stated(case, request)
    else:
        said = (_vehicle(case, request),)
    new = tuple(one for one in said if not _is_known(case, request, one))
    if not new:
        return ()
    if case.status.over:
        raise CaseOver(case.status.value)
    for one in new:
        if isinstance(one, correcting.FactsProposed):
            _check_proposals(case)
        elif isinstance(one, facts.FactsAdded):
            _check_settles(case, request, one.custody, order=one.protection_order)
    return new


def _may_state(case: Case, request: requests.AddFacts) -> bool:
    """Whether what is stated may be: of another's report a reporter neither changes nor holds it.

    Nor would they learn what is known of it, from what adds nothing.
    """
    stated = (request.category, request.mode, request.custody, request.protection_order)
    other = request.by.role is Role.REPORTER and request.by.id != case.reporter
    return not other or all(one is None for one in stated)


def _outside(case: Case, request: Request) -> bool:
    """Whether what somebody says of the search is only proposed."""
    return not case.unverified and request.by.role not in DRAFTERS


def _stated(case: Case, request: requests.AddFacts) -> tuple[Fact, ...]:
    """Return what goes straight in, then what is proposed; a note goes with the latter."""
    named = {one: getattr(request, one) for one in ("category", "mode", "custody")}
    named["protection_order"] = request.protection_order
    if all(one is None for one in named.values()) and request.note is None:
        raise NothingSaid
    if request.category is not None:
        check_age(request.category, *bands_of(case))
    news = {one: value for one, value in named.items() if _is_new(case, request, one, value)}
    proposed = {one: value for one, value in news.items() if _is_proposed(case, request, one)}
    said = {one: value for one, value in named.items() if one not in proposed}
    found: list[Fact] = []
    if any(one in said for one in news) or (request.note is not None and not proposed):
        note = None if proposed else request.note
        found.append(facts.FactsAdded(case=case.id, at=request.at, note=note, **said))
    if proposed:
        found.append(
            correcting.FactsProposed(case=case.id, at=request.at, note=request.note, **proposed)
        )
    return tuple(found)


def _is_new(case: Case, request: requests.AddFacts, name: str, value: object) -> bool:
    """Whether something stated is to be written down.

    What a reporter says of a guard always is, like or unlike what is known: else they would learn
    whether somebody else stated one, maybe against them.
    """
    if value is None:
        return False
    return value != getattr(case, name) or (name in GUARDS and request.by.role is Role.REPORTER)


def _is_proposed(case: Case, request: requests.AddFacts, name: str) -> bool:
    """Whether an officer decides about what is new of a field."""
    match name:
        case "custody":
            stays = request.custody is Custody.DISPUTED
        case "protection_order":
            stays = bool(request.protection_order)
        case _:
            return _outside(case, request)
    return not stays and request.by.role not in OFFICERS


def _vehicle(case: Case, request: requests.IdentifyVehicle) -> Fact:
    check_seen(request.seen_at, request.at, missing_since(case, request.by))
    kind = correcting.FactsProposed if _outside(case, request) else facts.VehicleIdentified
    return kind(
        case=case.id,
        at=request.at,
        seen_at=request.seen_at,
        vehicle=request.vehicle,
        licence_plate=request.licence_plate,
    )


def _is_known(case: Case, request: Request, fact: Fact) -> bool:
    """Whether the same person has said that already."""
    if not isinstance(fact, correcting.FactsProposed):
        return (request.by.id, fact) in case.said
    says = (fact.category, fact.mode, fact.custody, fact.protection_order, fact.seen_at)
    mine = [one for one in case.proposals if one.by == request.by.id and one.says == says]
    if any(one.at == fact.at for one in mine):
        return True
    worded = fact.note is not None or fact.vehicle is not None or fact.licence_plate is not None
    return not worded and any(one.accepted is None for one in mine)


def _suspect(case: Case, request: requests.NoteSuspect) -> tuple[Fact, ...]:
    only(OFFICERS, request)
    said = (request.suspect, request.relation, request.vehicle, request.licence_plate)
    if all(one is None for one in said):
        raise NothingSaid
    fact = facts.SuspectNoted(
        case=case.id,
        at=request.at,
        suspect=request.suspect,
        relation=request.relation,
        vehicle=request.vehicle,
        licence_plate=request.licence_plate,
    )
    if (request.by.id, fact) in case.said:
        return ()
    if case.status.over:
        raise CaseOver(case.status.value)
    return (fact,)


def _check_proposals(case: Case) -> None:
    if sum(one.accepted is None for one in case.proposals) >= PROPOSALS_MAX:
        raise ProposalsWaiting(str(PROPOSALS_MAX))


def _check_settles(
    case: Case, request: Request, custody: Custody | None, *, order: bool | None
) -> None:
    """Refuse that whoever has an alert out on their one word takes away what stands against it."""
    alert = case.alert
    alone = alert is not None and alert.people_max is not None and alert.by == request.by.id
    if alone and case.live(request.at) and takes_guard(case, custody, order=order):
        raise SamePerson


def decide_proposal(case: Case, request: AcceptProposal | RefuseProposal) -> tuple[Fact, ...]:
    """Return what an officer makes of what was proposed. Raises a Refused."""
    only(OFFICERS, request)
    proposal = next((one for one in case.proposals if one.id == request.proposal), None)
    if proposal is None:
        raise NoSuchProposal
    accepts = isinstance(request, AcceptProposal)
    if proposal.accepted is not None:
        if proposal.accepted is accepts:
            return ()
        raise ProposalJudged
    if case.status.over:
        raise CaseOver(case.status.value)
    if not accepts:
        return (correcting.ProposalRefused(case=case.id, at=request.at, proposal=proposal.id),)
    _check_settles(case, request, proposal.custody, order=proposal.protection_order)
    return (_accepted(case, proposal, request),)


def _accepted(case: Case, proposal: Proposal, request: Request) -> Fact:
    return correcting.ProposalAccepted(
        case=case.id,
        at=request.at,
        proposal=proposal.id,
        category=proposal.category,
        mode=Mode.VEHICLE if proposal.seen_at is not None else proposal.mode,
        custody=proposal.custody,
        protection_order=proposal.protection_order,
    )


def decide_last_seen(case: Case, request: CorrectLastSeen) -> tuple[Fact, ...]:
    """Return when and where the person was seen last. Raises a Refused."""
    only(OFFICERS, request)
    check_last_seen(request.seen_at, request.at)
    known = case.last_seen
    assert known is not None
    fact = correcting.LastSeenCorrected(
        case=case.id,
        at=request.at,
        cell=request.cell or known.cell,
        seen_at=request.seen_at,
        error_m=known.error_m if request.error_m is None else request.error_m,
        place=request.place,
        place_text=request.place_text,
        hubs=request.hubs,
    )
    same = (fact.cell, fact.seen_at, fact.error_m) == (known.cell, known.at, known.error_m)
    said = (request.by.id, fact.model_copy(update={"hubs": None}))
    if same and (fact.place_text is None or said in case.said):
        return ()
    if case.status.over:
        raise CaseOver(case.status.value)
    return (fact,)
