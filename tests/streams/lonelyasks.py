"""What one person asks: each kind of request that a decider knows, as somebody would ask it.

Everything is asked under one account, in whatever role; what a form takes from anybody also under
accounts that the form made, which cost nothing.
"""

import importlib
import inspect
import pkgutil
from datetime import timedelta

import h3
import numpy as np
from tests.streams.lonelyworld import BOOK, HUBS, PEOPLE, cell_at, km_between

from homeward import requests
from homeward.facts.correcting import FactsProposed
from homeward.facts.emergency import EmergencyUsed
from homeward.facts.hub import WatchOrdered
from homeward.facts.sighting import SightingReported
from homeward.geography.cells import to_bytes
from homeward.policies.approval import ALONE_WITHIN, EMERGENCIES_WITHIN
from homeward.requests import (
    Request,
    attention,
    correcting,
    duty,
    emergency,
    hold,
    merging,
    persons,
    poster,
    ringzero,
)
from homeward.requests import answer as answers
from homeward.requests import asking as askings
from homeward.requests import case as cases
from homeward.requests import sighting as sightings
from homeward.requests import watch as watches
from homeward.testing import samples
from homeward.words import (
    Answer,
    CancelReason,
    Category,
    HubOnDuty,
    Mode,
    Outcome,
    Role,
    Severity,
    Verdict,
    derived_id,
)

ACCOUNT = "the-one"
WHY = "Nobody else is at the desk tonight"
DIGEST = {"digest": samples.DIGEST, "shown": samples.DIGEST}
GIVEN = to_bytes(np.unique(np.array([int(cell_at(km, 6), 16) for km in range(0, 150, 4)], "u8")))
"""All along the road."""
FOUND = Outcome.FOUND_SAFE


def every_request():
    """Return all requests that there are: a new one without a row here is not asked."""
    found = set()
    for one in pkgutil.iter_modules(requests.__path__):
        module = importlib.import_module(f"homeward.requests.{one.name}")
        found |= {
            kind
            for _, kind in inspect.getmembers(module, inspect.isclass)
            if issubclass(kind, Request) and kind.__module__ == module.__name__
        }
    return found


RAISING = (set(cases.RaiseCase.model_fields) & set(type(samples.RAISED).model_fields)) - {"at"}


def _draft(one, _, state):
    policy = one.chance.choice(["field", "field", "circles", "polygon"])
    hours = one.chance.choice([1, 5, 30])
    return (
        {
            "policy": policy,
            "severity": one.chance.choice(list(Severity)),
            "reach_km_max": one.chance.choice([10, 30, 31, 300, 5_000]),
            "expires_at": one.world.now + timedelta(hours=hours),
            "texts": samples.TEXTS,
            "retraction": samples.TEXTS,
            "given": GIVEN if policy == "polygon" else None,
            "changes_what_to_do": one.chance.random() < 0.6,
        },
    )


def _of_draft(**more):
    def make(one, _, state):
        found = one.draft(state)
        return found and ({"draft": found, **{k: v(one) for k, v in more.items()}},)

    return make


def _issue(one, name, state):
    found = one.draft(state)
    recent = {of for at, of in one.world.alone if at > one.world.now - ALONE_WITHIN}
    given = GIVEN if state.draft and state.draft.given_cells else None
    before = len(recent - {name})
    return found and ({"draft": found, "hubs": BOOK, "given": given, "alone_before": before},)


def _emergency(one, _, state):
    found = one.draft(state)
    given = GIVEN if state.draft and state.draft.given_cells else None
    used = sum(at > one.world.now - EMERGENCIES_WITHIN for at in one.world.emergencies)
    more = {**DIGEST, "reason": WHY, "hubs": BOOK, "given": given, "used_before": used}
    return found and ({"draft": found, "by": one.by(Role.SUPERVISOR), **more},)


def _report(one, name, _):
    km = one.chance.choice([4, 12, 25, 40, 70, 100, 145])
    seen_at = one.world.now - timedelta(minutes=one.chance.choice([0, 2, 20, 90]))
    return (
        {
            "by": one.by(form=True),
            "case": name,
            "sighting": derived_id("seen", one.chance.random()),
            "cell": cell_at(km),
            "seen_at": seen_at,
            "accuracy_m": one.chance.choice([50, 90_000]),
            "claimed_mode": one.chance.choice(list(Mode)),
            "place": samples.PLACE,
        },
    )


def _of_sighting(**more):
    def make(one, name, _):
        found = one.pick(
            fact.sighting
            for fact in (heard.fact for heard in one.world.facts[name])
            if isinstance(fact, SightingReported)
        )
        return found and ({key: value(one, name) for key, value in more.items()}, found)

    return make


def _another(one, name):
    seen = [
        heard.fact.sighting
        for heard in one.world.facts[name]
        if isinstance(heard.fact, SightingReported)
    ]
    return one.chance.choice(seen)


def _of_watch(**fields):
    def make(one, name, _):
        found = one.pick(
            heard.fact.watch
            for heard in one.world.facts[name]
            if isinstance(heard.fact, WatchOrdered)
        )
        return found and ({"by": one.by(Role.HUB), **fields}, found)

    return make


def _merge(one, name, _):
    others = [other for other in one.begun if other != name]
    if not others:
        return None
    other = one.chance.choice(others)
    state = one.world.state(other)
    while state.into:
        state = one.world.state(state.into)
    mine = one.world.state(name)
    return (
        {
            "into": state.id,
            "goes_on_in": mine.into or None,
            "status": state.status.value,
            "over": state.status.over,
            "held": state.held,
            "verified": not state.unverified,
            "live": state.live(one.world.now),
            "cases": len(state.joined),
        },
    )


def _part(one, _, state):
    other = one.world.state(state.into) if state.into else None
    more = {"status": other.status.value, "goes_on_in": other.into or None} if other else {}
    return (more,)


def _extend(one, _, state):
    until = state.alert.expires_at if state.alert else one.world.now
    return ({"expires_at": until + timedelta(hours=one.chance.choice([1, 6, 30]))},)


def _approve_extension(one, _, state):
    asked = state.extension
    return asked and ({"asked": asked.id, "expires_at": asked.expires_at},)


def _ring(one, _, state):
    here = h3.cell_to_latlng(state.raised.last_seen_cell)
    near = [name for name, place in HUBS.items() if km_between(here, place) < 2]
    return ({"hubs": tuple(HubOnDuty(hub=hub, contact=0) for hub in near)},)


def _open_asking(one, name, _):
    fields = {"quota": one.chance.choice([1, 5, 50]), "by_min": 60, "within_km": 100}
    return ({"case": name, "asking": derived_id("ask", one.chance.random()), **fields},)


def _close_asking(one, name, _):
    asking = one.pick(one.world.askings(name))
    return asking and ({"case": name, "asking": asking},)


def _change_asking(one, name, _):
    asking = one.pick(one.world.askings(name))
    return asking and ({"case": name, "asking": asking, "quota": one.chance.choice([2, 100])},)


def _answer(one, name, _):
    who = one.chance.choice(list(PEOPLE))
    answer = one.chance.choice(list(Answer))
    return ({"by": one.by(Role.VOLUNTEER), "case": name, "recipient": who, "answer": answer},)


def _review(one, name, state):
    used = [heard.id for heard in one.world.facts[name] if isinstance(heard.fact, EmergencyUsed)]
    return used and ({"review": used[-1], "verdict": one.chance.choice(list(Verdict))},)


def _expunge(one, _, state):
    return state.expunge and ({"asked": state.expunge.id},)


def _correct(one, *_):
    km, minutes = one.chance.choice([2, 40, 100, 140]), one.chance.choice([5, 60])
    seen_at = one.world.now - timedelta(minutes=minutes)
    return ({"seen_at": seen_at, "cell": cell_at(km), "error_m": 100, "hubs": BOOK},)


def _proposal(one, name, _):
    asked = [heard.id for heard in one.world.facts[name] if isinstance(heard.fact, FactsProposed)]
    return asked and ({"proposal": one.pick(asked)},)


def _plain(**fields):
    return lambda *_: (fields,)


def _custody(one, *_):
    mode, category = one.chance.choice(list(Mode)), one.chance.choice(list(Category))
    return ({"mode": mode, "category": category, "by": one.by(form=True)},)


MAKES = {
    cases.RaiseCase: lambda one, *_: one.raises(),
    cases.TakeUp: _plain(unit="county"),
    cases.AddFacts: _custody,
    cases.IdentifyVehicle: lambda one, *_: ({"seen_at": one.world.now, "vehicle": "a van"},),
    cases.Withdraw: _plain(),
    cases.Verify: _plain(unit="county"),
    cases.Reject: _plain(reason="hoax"),
    cases.DraftAlert: _draft,
    cases.ApproveAlert: _of_draft(hubs=lambda _: BOOK),
    cases.IssueAlert: _issue,
    cases.ExtendAlert: _extend,
    cases.ApproveExtension: _approve_extension,
    cases.CancelAlert: lambda one, *_: ({"reason": one.chance.choice(list(CancelReason))},),
    cases.ResolveCase: lambda one, *_: ({"outcome": one.chance.choice(list(Outcome))},),
    cases.CloseOut: _plain(texts=samples.TEXTS),
    cases.Reopen: _plain(reason="other-child"),
    cases.DePublish: _plain(partners=("radio",)),
    cases.ConfirmPartner: _plain(partner="radio"),
    cases.Seal: _plain(),
    cases.AskExpunge: _plain(reason="old"),
    cases.Expunge: _expunge,
    sightings.ReportSighting: _report,
    sightings.AcceptSighting: _of_sighting(
        credibility_ppm=lambda one, _: one.chance.choice([400_000, 800_000, 1_000_000]),
        hubs=lambda *_: BOOK,
    ),
    sightings.RejectSighting: _of_sighting(reason=lambda *_: "other-person"),
    sightings.MergeSighting: _of_sighting(into=_another),
    sightings.PartSighting: _of_sighting(),
    sightings.ReleaseSighting: _of_sighting(),
    sightings.WithholdSighting: _of_sighting(),
    watches.AcknowledgeWatch: _of_watch(),
    watches.StandDown: _of_watch(reason="not-here"),
    merging.MergeCase: _merge,
    merging.PartCase: _part,
    ringzero.AskRingZero: _ring,
    askings.OpenAsking: _open_asking,
    askings.CloseAsking: _close_asking,
    askings.ChangeAsking: _change_asking,
    attention.OverrideAttention: _of_draft(
        digest=lambda _: samples.DIGEST, shown=lambda _: samples.DIGEST, reason=lambda _: WHY
    ),
    attention.ApproveOverride: _of_draft(),
    emergency.UseEmergency: _emergency,
    emergency.ReviewEmergency: _review,
    answers.GiveAnswer: _answer,
    hold.LiftHold: _plain(reason=WHY),
    duty.HandOver: lambda one, *_: ({"cases": tuple(one.begun)},),
    duty.TakeOver: _plain(),
    correcting.CorrectLastSeen: _correct,
    correcting.AcceptProposal: _proposal,
    correcting.RefuseProposal: _proposal,
    persons.AddPerson: _plain(description=samples.RAISED.description),
    persons.FindPerson: lambda one, *_: ({"person": one.chance.randint(1, 2), "outcome": FOUND},),
    persons.MissPerson: lambda one, *_: ({"person": one.chance.randint(1, 2)},),
    poster.OpenPoster: lambda _, name, __: ({"case": name, "poster": derived_id(name, "p")},),
    poster.ClosePoster: lambda _, name, __: ({"case": name},),
}
BY_NAME = {"NoteSuspect": _plain(vehicle="a van")}
MAKES |= {kind: BY_NAME[kind.__name__] for kind in every_request() if kind.__name__ in BY_NAME}
OFTEN = {
    merging.PartCase: 3,
    cases.DraftAlert: 4,
    cases.ApproveAlert: 6,
    cases.ExtendAlert: 14,
    cases.CancelAlert: 10,
    sightings.ReportSighting: 16,
    sightings.AcceptSighting: 20,
    merging.MergeCase: 10,
    emergency.UseEmergency: 8,
    cases.TakeUp: 2,
    correcting.CorrectLastSeen: 6,
    ringzero.AskRingZero: 3,
}
"""Of what is asked besides the usual way; all others once."""
