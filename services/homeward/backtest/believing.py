"""A report as a policy is asked about it: nothing here can see the end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import h3
import numpy as np

from homeward.backtest.crediting import Accepted
from homeward.backtest.rows import Report
from homeward.geography.hubbook import Hub, boarding_cells, degrees
from homeward.geography.sphere import Floats, distances_m, unit_of, units
from homeward.policies.known import Known, Source
from homeward.words import RES_PUBLIC_MAX, Mode

DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""All cases begin on one invented day."""
_DEG_AN_HOUR: Final = 15.0


@dataclass(frozen=True, slots=True)
class Hubs:
    """All hubs, or some, with what is asked of them again and again."""

    hubs: tuple[Hub, ...]
    points: Floats

    @classmethod
    def of(cls, hubs: Sequence[Hub]) -> "Hubs":
        """Place hubs."""
        return cls(tuple(hubs), units(*degrees(hubs)))

    def near(self, report: Report, km: float) -> "Hubs":
        """Return the hubs within a distance of the place last seen."""
        away_m = distances_m(self.points, unit_of(report.lat_deg, report.lon_deg))
        rows = np.flatnonzero(away_m <= km * 1_000)
        some = tuple(self.hubs[row] for row in rows.tolist())
        return Hubs(some, self.points[rows])


def last_seen_at(report: Report) -> datetime:
    """Return the moment the person was last seen, in the place's own zone by its longitude."""
    zone_h = round(report.lon_deg / _DEG_AN_HOUR)
    return DAY + timedelta(hours=report.last_seen_hour - zone_h)


def moment(report: Report, minute: float) -> datetime:
    """Return the moment so many minutes after the person was last seen, as told."""
    return last_seen_at(report) + timedelta(minutes=minute)


def known_of(report: Report, sightings: Sequence[Accepted], hubs: Hubs, reach_km_max: int) -> Known:
    """Return what a policy is told: the report and what was accepted, places as cells."""
    first = Source(_cell(report.lat_deg, report.lon_deg), last_seen_at(report), report.accuracy_m)
    seen = [
        Source(
            cell=_cell(one.claim.lat_deg, one.claim.lon_deg),
            seen_at=moment(report, one.claim.seen_min),
            error_m=one.claim.accuracy_m,
            mode=one.claim.mode,
            credibility_ppm=one.credibility_ppm,
        )
        for one in sightings
    ]
    return Known(
        category=report.category,
        age_band=report.age_band,
        mode=Mode.UNKNOWN,
        sources=(first, *seen),
        reach_km_max=reach_km_max,
        hubs=boarding_cells(hubs.hubs),
    )


def _cell(lat_deg: float, lon_deg: float) -> str:
    return str(h3.latlng_to_cell(lat_deg, lon_deg, RES_PUBLIC_MAX))
