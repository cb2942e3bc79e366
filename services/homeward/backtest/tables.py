"""The tables of a backtest, from what was found out case by case.

Circles are scaled as the field's threshold is: one number for all cases, as large as needed for a
share of the cases to have the person inside. What is best for the circles is taken.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from homeward.backtest.chance import Paired, paired
from homeward.backtest.judging import LOG_KM, LOG_SCORES, Judged, Outcome
from homeward.geography.sphere import Floats
from homeward.policies.circles import Circles, ring_km
from homeward.words import Category

BUDGETS: Final = (10_000, 100_000, 1_000_000, 10_000_000)
ALL: Final = "all"
CONTAINMENTS: Final = (0.90, 0.95)
SPEED_QUANTILES: Final = (0.50, 0.80, 0.90, 0.95)
"""A category's speed is this quantile of its cases' own speeds: the best of them is taken."""
TUANYUAN_CONTAINMENT: Final = 0.995
TUANYUAN_DELAY_MIN: Final = 60.0
_ELAPSED_MIN: Final = 1.0

Pick = Callable[[Outcome], Judged]


@dataclass(frozen=True, slots=True)
class Budgeted:
    """Table (a) and (c): how often the person is among the people told, by budget."""

    category: str
    cases: int
    policy: tuple[float, ...]
    circle: tuple[float, ...]
    pairs: tuple[Paired, ...]
    """Policy left, circle right: whether the difference is beyond chance."""


@dataclass(frozen=True, slots=True)
class Equal:
    """Table (b): mean people a case at one containment."""

    against: str
    containment: float
    circle_people: float
    policy_people: float
    note: str = ""

    @property
    def times(self) -> float:
        """How many times as many people the circles tell."""
        return self.circle_people / self.policy_people if self.policy_people else math.inf


@dataclass(frozen=True, slots=True)
class Sighted:
    """Table (c): with and without the accepted sightings, over the cases that have one."""

    cases: int
    budgets_with: tuple[float, ...]
    budgets_without: tuple[float, ...]
    people: tuple[tuple[float, float, float], ...]
    """Containment, mean people with and without."""
    only_false: int
    """Cases in which everything accepted is false ..."""
    only_false_with: tuple[float, ...]
    only_false_without: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class HubFigures:
    """Table (d): hubs headed off."""

    before_report: int
    visits: int
    in_time: int
    unknown: int
    ordered: int
    used: int
    cases: int

    @property
    def share(self) -> float:
        """Of the visits after the report, ordered before the arrival."""
        return self.in_time / self.visits if self.visits else math.nan

    @property
    def for_nothing(self) -> int:
        """Hubs that were ordered and not used after the order."""
        return self.ordered - self.used


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything that is printed about one policy."""

    policy: str
    cases: int
    minutes: int
    budgets: tuple[Budgeted, ...]
    budgets_sighted: tuple[Budgeted, ...]
    equal: tuple[Equal, ...]
    sighted: Sighted
    hubs: HubFigures | None
    never: int
    """Cases in which the person was outside of all of the policy's cells."""

    def shown(self) -> dict[str, Any]:
        """Return them as JSON values; what no number of people would do is null."""
        found = asdict(self)
        for row, one in zip(found["equal"], self.equal, strict=True):
            row["times"] = one.times
        for name in ("budgets", "budgets_sighted"):
            for row, each in zip(found[name], getattr(self, name), strict=True):
                row["pairs"] = [pair.shown(self.policy) for pair in each.pairs]
        if self.hubs is not None:
            found["hubs"] |= {"share": self.hubs.share, "for_nothing": self.hubs.for_nothing}
        return {name: _finite(value) for name, value in found.items()}


def claims_judged(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Return how many claims were accepted and put aside, true and false."""
    counts = Counter(claim for one in outcomes for claim in one.claims)
    return {
        f"{'accepted' if taken else 'put aside'}, {'true' if true else 'false'}": counts[
            taken, true
        ]
        for taken in (True, False)
        for true in (True, False)
    }


def tables(policy: str, minutes: int, outcomes: Sequence[Outcome]) -> Tables:
    """Return a policy's tables; there is at least one outcome."""
    alone, sighted = _alone(policy), _sighted(policy)
    with_one = [one for one in outcomes if any(taken for taken, _ in one.claims)]
    return Tables(
        policy=policy,
        cases=len(outcomes),
        minutes=minutes,
        budgets=_by_category(outcomes, alone),
        budgets_sighted=_by_category(outcomes, sighted),
        equal=() if policy == Circles.name else _equal(outcomes, alone),
        sighted=_with_sightings(with_one, alone, sighted),
        hubs=_hubs(policy, outcomes),
        never=sum(math.isinf(alone(one).need) for one in outcomes),
    )


def contained(outcomes: Sequence[Outcome], pick: Pick) -> tuple[float, ...]:
    """Return the share of cases with the person among those told, by budget."""
    return _within([pick(one).need for one in outcomes])


def people_at(judged: Sequence[Judged], containment: float) -> float:
    """Return the mean people of one threshold for all cases that holds so many of them.

    Infinite when more cases than that lie outside of all cells.
    """
    log_score = _smallest_holding([-one.log_score for one in judged], containment)
    if math.isinf(log_score):
        return math.inf
    return _mean_above(np.stack([one.curve for one in judged]), -log_score)


def circle_people_at(
    outcomes: Sequence[Outcome], base_km: Floats, error_km: Floats, containment: float
) -> float:
    """Return the mean people in circles of factor x base + error that hold so many of the cases."""
    factor = _smallest_holding(factors_of(outcomes, base_km, error_km).tolist(), containment)
    return circle_people(outcomes, factor * base_km + error_km)


def circle_people(outcomes: Sequence[Outcome], radius_km: Floats) -> float:
    """Return the mean people in circles, one radius a case."""
    curves = np.stack([one.circled.curve for one in outcomes])
    place = np.interp(np.log(np.maximum(radius_km, 1e-3)), LOG_KM, np.arange(len(LOG_KM)))
    # Rounded up by a hundred-thousandth, so that the cell on the rim counts as inside.
    place = np.minimum(place + 1e-5, len(LOG_KM) - 1)
    low = np.floor(place).astype(np.int64)
    high = np.minimum(low + 1, len(LOG_KM) - 1)
    rows, part = np.arange(len(curves)), place - low
    people = curves[rows, low] * (1 - part) + curves[rows, high] * part
    return float(people.mean())


def factors_of(outcomes: Sequence[Outcome], base_km: Floats, error_km: Floats) -> Floats:
    """Return the factor with which each case's circle just holds the person."""
    away_km = np.array([one.circled.away_km for one in outcomes])
    found: Floats = np.maximum(away_km - error_km, 0.0) / base_km
    return found


def _finite(value: object) -> object:
    """Return a value without what JSON has no word for."""
    match value:
        case dict():
            return {name: _finite(one) for name, one in value.items()}
        case list() | tuple():
            return [_finite(one) for one in value]
        case float() if not math.isfinite(value):
            return None
        case _:
            return value


def _alone(policy: str) -> Pick:
    return lambda one: one.judged[policy]


def _sighted(policy: str) -> Pick:
    return lambda one: one.sighted[policy]


def _by_category(outcomes: Sequence[Outcome], pick: Pick) -> tuple[Budgeted, ...]:
    found = []
    for name, many in groups(outcomes).items():
        needs = [pick(one).need for one in many]
        circle_needs = [pick(one).circle_need for one in many]
        pairs = tuple(
            paired([one <= budget for one in needs], [one <= budget for one in circle_needs])
            for budget in BUDGETS
        )
        found.append(Budgeted(name, len(many), _within(needs), _within(circle_needs), pairs))
    return tuple(found)


def groups(outcomes: Sequence[Outcome]) -> Mapping[str, Sequence[Outcome]]:
    """Return the cases by reported category, then all of them; and those reported wrongly."""
    found: dict[str, Sequence[Outcome]] = {}
    for category in Category:
        some = [one for one in outcomes if one.reported is category]
        if some:
            found[category.value] = some
    wrong = [one for one in outcomes if one.reported is not one.category]
    if wrong:
        found["reported wrongly"] = wrong
    return found | {ALL: outcomes}


def _within(needs: Sequence[float]) -> tuple[float, ...]:
    return tuple(float(np.mean(np.array(needs) <= budget)) for budget in BUDGETS)


def _smallest_holding(values: Sequence[float], containment: float) -> float:
    """Return the smallest of the values that is no smaller than a share of them."""
    count = max(1, math.ceil(containment * len(values) - 1e-9))
    return float(np.sort(np.array(values))[count - 1])


def _mean_above(curves: Floats, log_score: float) -> float:
    """Return the mean people of cells of at least a score; between two thresholds: in between."""
    place = float(np.interp(log_score, LOG_SCORES, np.arange(len(LOG_SCORES))))
    low = math.floor(place)
    high = min(low + 1, len(LOG_SCORES) - 1)
    part = place - low
    return float((curves[:, low] * (1 - part) + curves[:, high] * part).mean())


def _equal(outcomes: Sequence[Outcome], pick: Pick) -> tuple[Equal, ...]:
    elapsed_h = np.array([max(one.elapsed_min, _ELAPSED_MIN) for one in outcomes]) / 60
    error_km = np.array([one.error_km for one in outcomes])
    judged = [pick(one) for one in outcomes]
    found = []
    for containment in CONTAINMENTS:
        people = people_at(judged, containment)
        one_speed = circle_people_at(outcomes, elapsed_h, error_km, containment)
        found.append(Equal("circles, one speed", containment, one_speed, people))
        best, quantile = min(
            (
                circle_people_at(
                    outcomes, elapsed_h * _speeds(outcomes, quantile), error_km, containment
                ),
                quantile,
            )
            for quantile in SPEED_QUANTILES
        )
        note = f"speeds: {quantile:.0%} quantile of each category's own"
        found.append(Equal("circles, a speed per category", containment, best, people, note))
    return (*found, *_tuanyuan(outcomes, pick))


def _speeds(outcomes: Sequence[Outcome], quantile: float) -> Floats:
    """Return each case's speed, that of its reported category, km/h."""
    own = np.array([one.circled.away_km / max(one.elapsed_min, 1.0) * 60 for one in outcomes])
    reported = np.array([one.reported.value for one in outcomes])
    speeds = np.zeros(len(own))
    for category in np.unique(reported):
        rows = reported == category
        speeds[rows] = max(float(np.quantile(own[rows], quantile)), 0.01)
    return speeds


def _tuanyuan(outcomes: Sequence[Outcome], pick: Pick) -> tuple[Equal, ...]:
    """Compare with Tuanyuan's rings for early reports: as they are, and scaled to 99.5 %.

    As they are they hold nearly all; a policy that is to hold 99.5 % is held against that, too.
    """
    early = [one for one in outcomes if one.delay_min <= TUANYUAN_DELAY_MIN]
    if not early:
        return ()
    rings_km = np.array([float(ring_km(one.elapsed_min * 60)) for one in early])
    nothing = np.zeros(len(early))
    factors = factors_of(early, rings_km, nothing)
    judged = [pick(one) for one in early]
    holds = float((factors <= 1).mean())
    scale = _smallest_holding(factors.tolist(), TUANYUAN_CONTAINMENT)
    as_they_are, asked = "Tuanyuan's circles as they are", people_at(judged, TUANYUAN_CONTAINMENT)
    people, cases = circle_people(early, rings_km), f"{len(early)} cases reported within an hour"
    found = [Equal(as_they_are, holds, people, people_at(judged, holds) if holds else 0.0, cases)]
    if holds > TUANYUAN_CONTAINMENT:
        found.append(
            Equal(as_they_are, TUANYUAN_CONTAINMENT, people, asked, f"they hold {holds:.1%}")
        )
    scaled = circle_people_at(early, rings_km, nothing, TUANYUAN_CONTAINMENT)
    note = f"radius times {scale:.2f}"
    found.append(Equal("Tuanyuan's circles, scaled", TUANYUAN_CONTAINMENT, scaled, asked, note))
    return tuple(found)


def _with_sightings(some: Sequence[Outcome], alone: Pick, sighted: Pick) -> Sighted:
    false = [one for one in some if not any(taken and true for taken, true in one.claims)]
    people = tuple(
        (
            containment,
            people_at([sighted(one) for one in some], containment),
            people_at([alone(one) for one in some], containment),
        )
        for containment in (CONTAINMENTS if some else ())
    )
    return Sighted(
        cases=len(some),
        budgets_with=contained(some, sighted) if some else (),
        budgets_without=contained(some, alone) if some else (),
        people=people,
        only_false=len(false),
        only_false_with=contained(false, sighted) if false else (),
        only_false_without=contained(false, alone) if false else (),
    )


def _hubs(policy: str, outcomes: Sequence[Outcome]) -> HubFigures | None:
    headed = [one.headed[policy] for one in outcomes if policy in one.headed]
    if not headed:
        return None
    return HubFigures(
        before_report=sum(one.before_report for one in headed),
        visits=sum(one.visits for one in headed),
        in_time=sum(one.in_time for one in headed),
        unknown=sum(one.unknown for one in headed),
        ordered=sum(one.ordered for one in headed),
        used=sum(one.used for one in headed),
        cases=len(headed),
    )
