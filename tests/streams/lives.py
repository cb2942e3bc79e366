"""One invented case at every point of its life, and a request of each kind with its answers."""

from homeward.case import Status
from homeward.facts import case as facts
from homeward.facts.correcting import FactsProposed
from homeward.facts.merging import CaseMerged
from homeward.facts.watch import ReportLapsed
from homeward.requests import answer as answers
from homeward.requests import case as cases
from homeward.requests import merging, persons
from homeward.requests import sighting as sightings
from homeward.requests.correcting import AcceptProposal, CorrectLastSeen, RefuseProposal
from homeward.requests.ringzero import AskRingZero
from homeward.testing import samples
from homeward.testing.given import (
    COORDINATOR,
    OFFICER,
    OTHER_OFFICER,
    REPORTER,
    SUPERVISOR,
    VOLUNTEER,
    id_of,
)
from homeward.testing.samples import CASE, DRAFTED, RAISED, TAKEN_UP, VERIFIED, at
from homeward.words import Answer, CancelReason, Description, Mode, Outcome

S = Status
LAPSE = ReportLapsed(case=CASE, at=at(20 + 72 * 60), waiting_s=72 * 3_600)
SEEN = samples.SEEN
DRAFT, LATER = id_of(2), at(30 * 60)
"""The drafts below are the third fact."""
PROPOSED = FactsProposed(case=CASE, at=at(30), mode=Mode.RAIL)
OUT = (RAISED, VERIFIED, DRAFTED, samples.issued(DRAFT), SEEN, PROPOSED)
GONE = (
    *OUT,
    samples.OTHERS[4].model_copy(update={"alert": 1, "version": 1}),
    samples.OTHERS[5],
)
OFF = (*GONE, facts.CaseDePublished(case=CASE, at=at(100), partners=("radio",)))
CONFIRMED = (*OFF, facts.PartnerConfirmed(case=CASE, at=at(101), partner="radio"))
SHUT = (*CONFIRMED, facts.CaseSealed(case=CASE, at=at(102)))
ASKED = id_of(len(SHUT))
ASKS = (*SHUT, (SUPERVISOR, facts.ExpungeAsked(case=CASE, at=at(103), reason="old")))
HISTORIES = {
    Status.NONE: (),
    Status.PROVISIONAL: (RAISED,),
    Status.VERIFYING: (RAISED, TAKEN_UP),
    Status.VERIFIED: (RAISED, VERIFIED, DRAFTED, SEEN),
    Status.ALERTED: OUT,
    Status.LAPSED: (RAISED, LAPSE),
    Status.WITHDRAWN: (RAISED, samples.OTHERS[0]),
    Status.REJECTED: (RAISED, samples.OTHERS[1]),
    Status.CANCELLED: (*OUT, samples.OTHERS[3].model_copy(update={"draft": DRAFT})),
    Status.RESOLVED: GONE[:-1],
    Status.CLOSED_OUT: GONE,
    Status.DE_PUBLISHED: OFF,
    Status.MERGED: (*OUT, CaseMerged(case=CASE, at=at(60), into=samples.OTHER_CASE)),
    Status.SEALED: ASKS,
    Status.EXPUNGED: (*ASKS, facts.CaseExpunged(case=CASE, at=at(104), asked=ASKED)),
}
RAISER = {"by", "others"}
"""Of a raising what its first fact has no room for."""
RAISING = {
    name: getattr(RAISED, name) for name in cases.RaiseCase.model_fields if name not in RAISER
}
RAISING["at"] = LATER
OK, SAID = "ok", "true already"
"""A fact follows; or none, for it is so."""
OPEN = (S.PROVISIONAL, S.VERIFYING, S.VERIFIED, S.ALERTED)
ALL_OVER = (
    S.LAPSED,
    S.WITHDRAWN,
    S.REJECTED,
    S.CANCELLED,
    S.RESOLVED,
    S.CLOSED_OUT,
    S.DE_PUBLISHED,
)
SEALED = {S.SEALED: "case-sealed", S.EXPUNGED: "case-expunged"}
MISSING = {S.NONE: "case-not-found"}
MERGED = {S.MERGED: "case-merged"}


def row(**said):
    """Return what each status answers; who is not named is over, sealed, expunged or not there."""
    named = {Status[name]: answer for name, answer in said.items()}
    over = dict.fromkeys(ALL_OVER, "case-over")
    return MISSING | dict.fromkeys(OPEN, OK) | over | MERGED | SEALED | named


def unseen(**said):
    """Return the row of a request about a sighting, which cases that lapsed early have none of."""
    few = (S.PROVISIONAL, S.VERIFYING, S.LAPSED, S.WITHDRAWN, S.REJECTED)
    return row(**{one.name: "sighting-not-found" for one in few} | said)


def unproposed():
    """Return the row of a request about a proposal, of which only cases with an alert have one."""
    few = (S.PROVISIONAL, S.VERIFYING, S.VERIFIED, S.LAPSED, S.WITHDRAWN, S.REJECTED)
    return row(**{one.name: "proposal-not-found" for one in few})


def same(code, **said):
    """Return the row of a request that most cases refuse alike."""
    return row(**{one.name: code for one in (*OPEN, *ALL_OVER, S.MERGED)} | said)


NOT_OVER = dict.fromkeys(("PROVISIONAL", "VERIFYING", "VERIFIED", "ALERTED"), "case-not-over")
UNCLOSED = dict.fromkeys(
    ("PROVISIONAL", "VERIFYING", "VERIFIED", "ALERTED", "RESOLVED"), "case-not-closed-out"
)
UNTAKEN = "case-not-de-published"
REPORT = {
    name: getattr(SEEN, name)
    for name in sightings.ReportSighting.model_fields
    if name not in {"by", "missing_since"}
}
REPORT |= {"at": LATER, "sighting": samples.OTHER_SIGHTING}
TABLE = {
    cases.RaiseCase(**RAISING, by=OFFICER): same("case-exists", NONE=OK),
    cases.TakeUp(at=LATER, by=OFFICER, unit="another desk"): row(),
    AskRingZero(at=LATER, by=OFFICER): row(
        PROVISIONAL="case-not-taken-up", VERIFIED="case-verified", ALERTED="case-verified"
    ),
    cases.AddFacts(at=LATER, by=REPORTER, mode=Mode.VEHICLE): row(),
    cases.IdentifyVehicle(at=LATER, by=OFFICER, seen_at=at(30)): row(),
    cases.NoteSuspect(at=LATER, by=OFFICER, suspect="a black cap"): row(),
    AcceptProposal(at=LATER, by=OFFICER, proposal=id_of(5)): unproposed(),
    RefuseProposal(at=LATER, by=OFFICER, proposal=id_of(5)): unproposed(),
    CorrectLastSeen(at=LATER, by=OFFICER, seen_at=at(-5)): row(),
    cases.Withdraw(at=LATER, by=REPORTER): row(
        VERIFIED="case-verified", ALERTED="case-verified", WITHDRAWN=SAID
    ),
    cases.Verify(at=LATER, by=OFFICER, unit="county desk"): row(
        VERIFIED=SAID, ALERTED=SAID, LAPSED=OK
    ),
    cases.Reject(at=LATER, by=OFFICER, reason="hoax"): row(ALERTED="alert-issued", LAPSED=OK),
    cases.DraftAlert(
        at=at(60),
        by=OFFICER,
        policy="field",
        severity=DRAFTED.severity,
        reach_km_max=10,
        expires_at=at(600),
        texts=samples.TEXTS,
        retraction=samples.TEXTS,
    ): row(PROVISIONAL="case-not-verified", VERIFYING="case-not-verified"),
    cases.ApproveAlert(at=at(60), by=OTHER_OFFICER, draft=DRAFT): row(
        PROVISIONAL="case-not-verified",
        VERIFYING="case-not-verified",
        ALERTED=SAID,
        CANCELLED=SAID,  # two have approved what was out
        RESOLVED=SAID,
        CLOSED_OUT=SAID,
        DE_PUBLISHED=SAID,
    ),
    cases.IssueAlert(at=at(60), by=OFFICER, draft=DRAFT): row(
        PROVISIONAL="case-not-verified", VERIFYING="case-not-verified", ALERTED=SAID
    ),
    cases.ExtendAlert(at=at(60), by=OFFICER, expires_at=at(40 * 60)): row(
        PROVISIONAL="alert-not-live", VERIFYING="alert-not-live", VERIFIED="alert-not-live"
    ),
    cases.ApproveExtension(at=at(60), by=OFFICER, asked=id_of(1), expires_at=at(2_000)): row(
        PROVISIONAL="alert-not-live",
        VERIFYING="alert-not-live",
        VERIFIED="alert-not-live",
        ALERTED="asking-not-found",
    ),
    cases.CancelAlert(at=at(60), by=OFFICER, reason=CancelReason.HOAX): row(
        PROVISIONAL="alert-not-live", VERIFYING="alert-not-live", VERIFIED="alert-not-live"
    ),
    cases.ResolveCase(at=LATER, by=OFFICER, outcome=Outcome.RETURNED): row(
        RESOLVED="case-resolved-otherwise",
        CLOSED_OUT="case-resolved-otherwise",
        DE_PUBLISHED="case-resolved-otherwise",
    ),
    cases.CloseOut(at=LATER, by=OFFICER, texts=samples.TEXTS): row(
        **{one.name: "case-not-resolved" for one in OPEN}, RESOLVED=OK, CLOSED_OUT=SAID
    ),
    cases.Reopen(at=LATER, by=OFFICER, reason="other-child"): row(
        **NOT_OVER, CANCELLED=OK, RESOLVED=OK, CLOSED_OUT=OK, DE_PUBLISHED=OK
    ),
    cases.DePublish(at=LATER, by=OFFICER, partners=("press",)): row(
        **UNCLOSED, CANCELLED=OK, CLOSED_OUT=OK, DE_PUBLISHED=OK, MERGED=OK
    ),
    cases.ConfirmPartner(at=LATER, by=COORDINATOR, partner="radio"): same(UNTAKEN, DE_PUBLISHED=OK),
    cases.Seal(at=LATER, by=SUPERVISOR): same(
        UNTAKEN,
        LAPSED=OK,
        WITHDRAWN=OK,
        REJECTED=OK,
        DE_PUBLISHED="partners-missing",
        SEALED=SAID,
    ),
    cases.AskExpunge(at=LATER, by=SUPERVISOR, reason="older"): same("case-not-sealed", SEALED=OK),
    cases.Expunge(at=LATER, by=OFFICER, asked=ASKED): same(
        "case-not-sealed", SEALED=OK, EXPUNGED=SAID
    ),
    merging.MergeCase(
        at=LATER,
        by=OFFICER,
        into=samples.OTHER_CASE,
        status="alerted",
        verified=True,
        live=True,
    ): row(MERGED=SAID),
    merging.PartCase(at=LATER, by=OFFICER, status="alerted"): same("case-not-merged", MERGED=OK),
    persons.AddPerson(at=LATER, by=OFFICER, description=Description(age_years=8)): row(),
    persons.FindPerson(at=LATER, by=OFFICER, person=1, outcome=Outcome.FOUND_SAFE): row(
        **{one.name: "last-person" for one in OPEN}
    ),
    persons.MissPerson(at=LATER, by=OFFICER, person=1): same(SAID, MERGED="case-merged"),
    sightings.ReportSighting(**REPORT, by=VOLUNTEER): row(),
    sightings.AcceptSighting(at=LATER, by=COORDINATOR): unseen(),
    sightings.RejectSighting(at=LATER, by=COORDINATOR, reason="hoax"): unseen(),
    sightings.MergeSighting(at=LATER, by=COORDINATOR, into=samples.OTHER_SIGHTING): unseen(
        **{
            one.name: "sighting-not-found"
            for one in (*OPEN, S.CANCELLED, S.RESOLVED, S.CLOSED_OUT, S.DE_PUBLISHED)
        }
    ),
    sightings.PartSighting(at=LATER, by=COORDINATOR): unseen(
        **dict.fromkeys(
            ("VERIFIED", "ALERTED", "CANCELLED", "RESOLVED", "CLOSED_OUT", "DE_PUBLISHED"), SAID
        )
    ),
    sightings.ReleaseSighting(at=LATER, by=COORDINATOR): unseen(),
    sightings.WithholdSighting(at=LATER, by=COORDINATOR): unseen(
        **dict.fromkeys(
            ("VERIFIED", "ALERTED", "CANCELLED", "RESOLVED", "CLOSED_OUT", "DE_PUBLISHED"), SAID
        )
    ),
    answers.GiveAnswer(
        at=at(60), by=VOLUNTEER, case=CASE, recipient="v-1", answer=Answer.LATER
    ): row(PROVISIONAL="alert-not-live", VERIFYING="alert-not-live", VERIFIED="alert-not-live"),
}
ASKED_FOR = {type(one): (one, answers_) for one, answers_ in TABLE.items()}
