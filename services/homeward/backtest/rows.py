"""What a folder of histories says, in two halves: what may be known, and what really happened.

A `Report` and a `Claim` are all that a policy or a coordinator ever sees. `Truth` is the judge's.
Minutes count from the moment the person was last seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from homeward.geography.sphere import Floats
from homeward.words import AgeBand, Category, Mode, Sex


@dataclass(frozen=True, slots=True)
class Report:
    """A case as it was reported; places in WGS-84."""

    case: str
    category: Category
    age_band: AgeBand
    sex: Sex
    last_seen_hour: float
    """On the clock of the place."""
    lat_deg: float
    lon_deg: float
    accuracy_m: int
    """As claimed."""
    delay_min: float
    """From last seen to the report, as told."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A sighting as somebody reports it; nobody knows yet whether it is true."""

    id: str
    case: str
    seen_min: float
    received_min: float
    lat_deg: float
    lon_deg: float
    accuracy_m: int
    claimed_mode: str
    """As the witness says: foot, car, rail ..."""
    mode: Mode


@dataclass(frozen=True, slots=True)
class Track:
    """The way the person really went; between its rows they went straight and evenly."""

    minutes: Floats
    lat_deg: Floats
    lon_deg: Floats
    """Unwrapped: it may pass 180."""

    def at(self, minute: float) -> tuple[float, float]:
        """Return the place at a minute; before the first row and after the last: there."""
        lat = float(np.interp(minute, self.minutes, self.lat_deg))
        lon = float(np.interp(minute, self.minutes, self.lon_deg))
        return lat, (lon + 180.0) % 360.0 - 180.0


@dataclass(frozen=True, slots=True)
class Visit:
    """A hub that the person really used."""

    kind: str
    name: str
    lat_deg: float
    lon_deg: float
    arrive_min: float


@dataclass(frozen=True, slots=True)
class Truth:
    """How a case really was; for the judge alone."""

    case: str
    delay_min: float
    track: Track
    category: Category | None = None
    """None: the folder does not say; then the reported one is taken for right."""
    visits: tuple[Visit, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """A folder, read."""

    reports: Sequence[Report]
    claims: Mapping[str, tuple[Claim, ...]]
    """By case, as they came in."""
    truths: Mapping[str, Truth]
    true_claims: Mapping[str, bool] = field(default_factory=dict)
    """Whether a sighting is true, by its id; for the judge alone."""
