"""From the facts of a case to how it stands: what the API, the CLI and the pages show."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from homeward.case import Case
from homeward.case import fold as fold_case
from homeward.case.state import Status
from homeward.facts.answer import AnswerGiven
from homeward.facts.callout import ChunksCut
from homeward.facts.handover import HandoverAttempted
from homeward.facts.hub import HubUnreachable
from homeward.facts.reach import ReachWidened
from homeward.facts.watch import ClockLapsed
from homeward.messages import Recorded
from homeward.sighting import fold_all as fold_sightings
from homeward.timeline.entries import in_order
from homeward.timeline.views import (
    AlertView,
    CaseView,
    DraftView,
    ExtensionView,
    PersonView,
    ProposalView,
    ReviewView,
    SightingView,
    Told,
    WatchView,
    WaveView,
)
from homeward.watch import Watch
from homeward.watch import evolve as evolve_watch
from homeward.words import case_code


def status_of(recorded: Iterable[Recorded], at: datetime | None = None) -> CaseView:
    """Return how the case stands after these facts.

    ``at`` decides what has expired; without it the last fact's own time does, so that the answer
    follows from the facts alone.
    """
    heard = in_order(recorded)
    case = fold_case(heard)
    if not heard or case.raised is None:
        return CaseView("", "", Status.NONE, 0, heard[-1].log_index if heard else -1)
    now = at or max(one.at for one in heard)
    return CaseView(
        case=case.id,
        code=case_code(case.id),
        status=case.status,
        version=case.version,
        log_index=heard[-1].log_index,
        at=now,
        raised_at=case.raised.at,
        last_seen_at=case.last_seen.at if case.last_seen else None,
        category=case.category.value,
        mode=case.mode.value,
        unit=case.unit,
        waiting=case.status is Status.PROVISIONAL,
        clock_level=max(
            (o.fact.level for o in heard if isinstance(o.fact, ClockLapsed)), default=0
        ),
        outcome=_outcome(case),
        alert=_alert(case, now),
        draft=_draft(case, now),
        extension=_extension(case),
        reviews=_reviews(case, now),
        proposals=_proposals(case),
        held=case.held,
        partners={one: one in case.confirmed for one in sorted(case.partners)},
        expunge_asked=case.expunge.id if case.expunge else None,
        into=case.into or None,
        joined=tuple(one.case for one in case.joined),
        persons=_persons(case),
        waves=_waves(heard),
        watches=_watches(heard),
        hubs_unreachable=tuple(
            sorted({one.fact.hub for one in heard if isinstance(one.fact, HubUnreachable)})
        ),
        sightings=_sightings(heard),
        told=_told(heard),
        answers=_answers(heard),
    )


def _outcome(case: Case) -> str:
    ended = case.ended
    said = getattr(ended, "outcome", None) or getattr(ended, "reason", None)
    return str(said) if said else ""


def _persons(case: Case) -> tuple[PersonView, ...]:
    """Return whom it is about; what a case was resolved with became of all who were missing."""
    rest = getattr(case.ended, "outcome", None)
    return tuple(
        PersonView(
            one.number,
            one.age_band.value,
            one.sex.value,
            found.value if (found := one.outcome or rest) else "",
        )
        for one in case.persons
    )


def _alert(case: Case, at: datetime) -> AlertView | None:
    alert = case.alert
    if alert is None:
        return None
    state = "live" if case.live(at) else "expired"
    state = alert.closed or state
    return AlertView(
        alert.number,
        alert.version,
        alert.policy,
        alert.severity.value,
        alert.reach_km_max,
        alert.expires_at,
        state,
        "whole" if alert.people_max is None else "fast",
        alert.people_max,
        alert.draft,
    )


def _draft(case: Case, at: datetime) -> DraftView | None:
    draft, alert = case.draft, case.alert
    if draft is None or case.status.over:
        return None
    out = alert is not None and alert.draft == draft.id
    if out and (alert is None or not alert.alone):
        return None
    return DraftView(
        draft.id,
        draft.alert,
        draft.version,
        draft.reach_km_max,
        draft.expires_at,
        not draft.approved(at),
        draft.approved(at),
        out,
    )


def _extension(case: Case) -> ExtensionView | None:
    asked = case.extension
    if asked is None or asked.expires_at is None or case.status.over:
        return None
    return ExtensionView(asked.id, asked.version, asked.expires_at)


def _reviews(case: Case, at: datetime) -> tuple[ReviewView, ...]:
    return tuple(
        ReviewView(
            one.id,
            one.draft,
            one.alert,
            one.version,
            one.own_draft,
            one.due,
            one.verdict.value if one.verdict else "overdue" if at >= one.due else "open",
        )
        for one in case.reviews
    )


def _proposals(case: Case) -> tuple[ProposalView, ...]:
    states = {None: "open", True: "accepted", False: "refused"}
    return tuple(
        ProposalView(
            one.id,
            one.role.value,
            one.at,
            one.category and one.category.value,
            one.mode and one.mode.value,
            one.custody and one.custody.value,
            one.protection_order,
            one.seen_at,
            states[one.accepted],
        )
        for one in case.proposals
    )


def _waves(heard: Sequence[Recorded]) -> tuple[WaveView, ...]:
    return tuple(
        WaveView(fact.version, fact.wave, fact.at, fact.cell_count, fact.radius_m)
        for one in heard
        if isinstance(fact := one.fact, ReachWidened)
    )


def _watches(heard: Sequence[Recorded]) -> tuple[WatchView, ...]:
    found: dict[str, Watch] = {}
    for one in heard:
        watch = getattr(one.fact, "watch", None)
        if isinstance(watch, str):
            found[watch] = evolve_watch(found.get(watch, Watch()), one)
    views = [
        WatchView(
            name,
            order.hub,
            order.hub_kind,
            order.rank,
            watch.status.value,
            order.window_from,
            order.window_to,
            order.acknowledge_by,
            watch.to_desk,
        )
        for name, watch in found.items()
        if (order := watch.ordered) is not None
    ]
    return tuple(sorted(views, key=lambda view: (view.window_from, view.rank, view.watch)))


def _sightings(heard: Sequence[Recorded]) -> tuple[SightingView, ...]:
    return tuple(
        SightingView(name, state.status.value, said.at, said.seen_at, said.cell, state.released)
        for name, state in fold_sightings(heard).items()
        if (said := state.reported) is not None
    )


def _told(heard: Sequence[Recorded]) -> dict[str, Told]:
    counts: dict[str, Counter[str]] = {}
    for one in heard:
        if isinstance(one.fact, ChunksCut):
            names: tuple[str, ...] = ("people", "already_told", "suppressed", "unreachable")
        elif isinstance(one.fact, HandoverAttempted):
            names = ("accepted", "failed", "expired")
        else:
            continue
        tally = counts.setdefault(one.fact.purpose.value, Counter())
        tally.update({name: getattr(one.fact, name) for name in names})
        over = one.fact.passed_over if isinstance(one.fact, ChunksCut) else None
        reasons = over.model_dump() if over else {}
        tally.update({f"over_{reason}": people for reason, people in reasons.items()})
    return {purpose: Told(**counts[purpose]) for purpose in sorted(counts)}


def _answers(heard: Sequence[Recorded]) -> dict[str, int]:
    newest = {
        one.fact.recipient: one.fact.answer for one in heard if isinstance(one.fact, AnswerGiven)
    }
    counted = Counter(answer.value for answer in newest.values())
    return {answer: counted[answer] for answer in sorted(counted)}
