"""Hubs: which visits had been ordered before the person came, and what was ordered for nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from homeward.backtest.believing import Hubs, known_of, moment
from homeward.backtest.crediting import accepted
from homeward.backtest.rows import Claim, Report, Truth, Visit
from homeward.geography.hubbook import Hub
from homeward.geography.sphere import distances_m, unit_of
from homeward.policies.known import Policy

STEP_MIN: Final = 5
STEP_MIN_MAX: Final = 30
STEP_PART: Final = 10
"""A look each time a tenth more time has passed, at least every half hour: as waves go out."""
LOOKED_MIN: Final = 360
"""Hubs are looked at for so long after the report: tracks reach that far."""
SAME_M: Final = 150.0
"""A visit is to the hub of its kind within so many metres."""


@dataclass(frozen=True, slots=True)
class Headed:
    """What became of a case's hubs under a policy."""

    before_report: int
    """Visits that were over before anybody asked: nobody could order them."""
    visits: int
    """Visits between the report and the last look."""
    in_time: int
    """Of these, ordered before the arrival."""
    ordered: int
    """Hubs that were ordered at all."""
    used: int
    """Of these, hubs that the person came to after the order."""
    unknown: int = 0
    """Visits to hubs that the file of hubs does not hold: they count as missed."""


def head_off(
    policy: Policy, report: Report, claims: Sequence[Claim], truth: Truth, hubs: Hubs, km: int
) -> Headed:
    """Ask a policy every few minutes which hubs lie ahead, and judge what it would have ordered.

    A hub is ordered when it lies ahead and its earliest arrival is no farther off than the policy's
    horizon; claims accepted by then count.
    """
    near = hubs.near(report, km)
    first_min = _first_orders(policy, report, claims, near, km)
    later = [one for one in truth.visits if one.arrive_min >= truth.delay_min]
    within = [one for one in later if one.arrive_min <= truth.delay_min + LOOKED_MIN]
    in_time, unknown = 0, 0
    used: set[int] = set()
    for one in within:
        row = _hub_of(one, near)
        if row is None:
            unknown += 1
        elif first_min[row] + truth.delay_min <= one.arrive_min:
            in_time += 1
            used.add(row)
    return Headed(
        before_report=len(truth.visits) - len(later),
        visits=len(within),
        in_time=in_time,
        ordered=int(np.isfinite(first_min).sum()),
        used=len(used),
        unknown=unknown,
    )


def _first_orders(
    policy: Policy, report: Report, claims: Sequence[Claim], near: Hubs, km: int
) -> NDArray[np.float64]:
    """Return the wave in minutes after the report that ordered each hub; infinite: none did."""
    first_min = np.full(len(near.hubs), np.inf)
    for wave_min in waves(report.delay_min):
        # Who was ordered once needs no second order: only the others are asked about.
        rows = np.flatnonzero(np.isinf(first_min))
        if not len(rows):
            break
        now_min = report.delay_min + wave_min
        known = known_of(report, accepted(report, claims, now_min), near, km)
        asked: list[Hub] = [near.hubs[row] for row in rows.tolist()]
        found = policy.arrivals(known, asked, moment(report, now_min))
        due = found.ahead & (found.earliest_s <= policy.horizon_s)
        first_min[rows[due]] = wave_min
    return first_min


def waves(delay_min: float) -> Iterator[float]:
    """Yield the minutes after the report at which hubs are looked at."""
    wave_min = 0.0
    while wave_min <= LOOKED_MIN:
        yield wave_min
        gone_min = delay_min + wave_min
        wave_min += min(max(STEP_MIN, gone_min / STEP_PART), STEP_MIN_MAX)


def _hub_of(visit: Visit, near: Hubs) -> int | None:
    """Return the row of the hub that was visited."""
    if not near.hubs:
        return None
    away_m = distances_m(near.points, unit_of(visit.lat_deg, visit.lon_deg))
    alike = np.array([one.kind == visit.kind for one in near.hubs])
    away_m = np.where(alike, away_m, np.inf)
    row = int(away_m.argmin())
    return row if away_m[row] <= SAME_M else None
