"""Judges all cases of a history, on as many processors as it may."""

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from homeward.backtest.believing import Hubs, known_of, moment
from homeward.backtest.crediting import Accepted, accepted
from homeward.backtest.heading import Headed, head_off
from homeward.backtest.judging import Ground, Judged, Outcome, circle, judge
from homeward.backtest.people import People
from homeward.backtest.rows import Claim, History, Report, Truth
from homeward.policies import policy_of

CHUNK: Final = 25
"""Cases that a processor is handed at once."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is judged and how; the same for all cases."""

    policies: tuple[str, ...]
    minutes: int
    """After the report."""
    reach_km: int
    people: People
    hubs: Hubs
    head_off: bool = True
    """Whether hubs are judged, too."""


@dataclass(frozen=True, slots=True)
class File:
    """Everything about one case, in its two halves."""

    report: Report
    claims: tuple[Claim, ...]
    truth: Truth
    true_claims: dict[str, bool]


def files(history: History) -> list[File]:
    """Return a history case by case."""
    return [
        File(
            one,
            claims := history.claims.get(one.case, ()),
            history.truths[one.case],
            {each.id: history.true_claims.get(each.id, False) for each in claims},
        )
        for one in history.reports
    ]


def judge_case(plan: Plan, file: File) -> Outcome:
    """Judge one case; a policy sees its report and accepted claims, and nothing else."""
    report, truth = file.report, file.truth
    now_min = report.delay_min + plan.minutes
    found = accepted(report, file.claims, now_min)
    ground = Ground(
        (report.lat_deg, report.lon_deg), truth.track.at(truth.delay_min + plan.minutes)
    )
    circled, circle_need = circle(plan.people, ground, plan.reach_km)
    ground = replace(ground, circle_need=circle_need)
    near = plan.hubs.near(report, plan.reach_km)

    def ask(name: str, sightings: Sequence[Accepted]) -> Judged:
        known = known_of(report, sightings, near, plan.reach_km)
        return judge(policy_of(name), known, moment(report, now_min), plan.people, ground)

    judged = {name: ask(name, ()) for name in plan.policies}
    # Without an accepted sighting the answer is the same, and is not asked for twice.
    sighted = {name: ask(name, found) for name in plan.policies} if found else judged
    heard = [one for one in file.claims if one.received_min <= now_min]
    taken = {one.claim.id for one in found}
    kept = [(one.id in taken, file.true_claims[one.id]) for one in heard]
    return Outcome(
        case=report.case,
        reported=report.category,
        category=truth.category or report.category,
        elapsed_min=now_min,
        delay_min=report.delay_min,
        error_km=report.accuracy_m / 1_000,
        circled=circled,
        judged=judged,
        sighted=sighted,
        claims=tuple(kept),
        headed=_headed(plan, file) if plan.head_off and plan.hubs.hubs else {},
    )


def _headed(plan: Plan, file: File) -> dict[str, Headed]:
    return {
        name: head_off(
            policy_of(name), file.report, file.claims, file.truth, plan.hubs, plan.reach_km
        )
        for name in plan.policies
    }


def judge_all(
    plan: Plan, cases: Sequence[File], processes: int, done: Callable[[int], None]
) -> list[Outcome]:
    """Judge all cases, in their order whatever the processors do; ``done`` hears of each case."""
    found: list[Outcome] = []
    for one in _each(plan, cases, processes):
        found.append(one)
        done(len(found))
    return found


def _each(plan: Plan, cases: Sequence[File], processes: int) -> Iterator[Outcome]:
    if processes <= 1 or len(cases) <= CHUNK:
        yield from (judge_case(plan, one) for one in cases)
        return
    # Started anew, not forked: a fork would take the threads' locks of a progress bar with it.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, context, initializer=_begin, initargs=(plan,))
    try:
        yield from pool.map(_judge, cases, chunksize=CHUNK)
    finally:
        with suppress(KeyboardInterrupt):
            pool.shutdown(wait=True, cancel_futures=True)


_PLAN: list[Plan] = []
"""Of this process, when it is one of the pool's: handed over once, not with each case."""


def _begin(plan: Plan) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started us ends us
    _PLAN.append(plan)


def _judge(file: File) -> Outcome:
    return judge_case(_PLAN[0], file)
