"""An invented country: counties on a crooked grid, their towns, and stations along two railways."""

import math
import random
from typing import Final, NamedTuple

COUNTIES_ACROSS: Final = 9
COUNTY_KM: Final = 55.0
SOUTH_DEG, WEST_DEG = 31.0, 112.0
KM_A_DEG: Final = 111.2
_CROOKED: Final = 0.25
_RURAL_PER_KM2: Final = (40.0, 600.0)
"""A county's density is drawn between these, evenly by logarithm."""
_URBAN: Final = (0.25, 0.75)
_STATIONS_EVERY_KM: Final = 45.0


class Spot(NamedTuple):
    """A place in degrees, WGS-84."""

    lat: float
    lon: float

    def km_to(self, other: "Spot") -> float:
        """Return about how far it is; good enough for a few hundred kilometres."""
        flat = math.cos(math.radians((self.lat + other.lat) / 2))
        return KM_A_DEG * math.hypot(self.lat - other.lat, (self.lon - other.lon) * flat)

    def moved(self, north_km: float, east_km: float) -> "Spot":
        """Return the place so far from here."""
        flat = math.cos(math.radians(self.lat))
        return Spot(self.lat + north_km / KM_A_DEG, self.lon + east_km / KM_A_DEG / flat)

    def towards(self, other: "Spot", part: float) -> "Spot":
        """Return the place that part of the way."""
        return Spot(
            self.lat + (other.lat - self.lat) * part, self.lon + (other.lon - self.lon) * part
        )


class District(NamedTuple):
    """A county of the invented country."""

    code: str
    people: int
    urban_share: float
    area_km2: float
    middle: Spot
    seat: Spot


class Station(NamedTuple):
    """A railway station, or a coach station, in a county's town."""

    kind: str
    name: str
    spot: Spot


class Land(NamedTuple):
    """The country."""

    districts: tuple[District, ...]
    railways: tuple[tuple[Station, ...], ...]
    """Stations in the order in which trains call."""
    coaches: tuple[Station, ...]


def make_land(draw: random.Random) -> Land:
    """Return a country of some 80 counties and 500 km across."""
    districts = []
    for row in range(COUNTIES_ACROSS):
        for column in range(COUNTIES_ACROSS):
            crooked = [draw.uniform(-_CROOKED, _CROOKED) * COUNTY_KM for _ in range(4)]
            base = Spot(SOUTH_DEG, WEST_DEG).moved(row * COUNTY_KM, column * COUNTY_KM)
            middle = base.moved(*crooked[:2])
            area_km2 = COUNTY_KM**2 * draw.uniform(0.8, 1.1)
            low, high = (math.log(one) for one in _RURAL_PER_KM2)
            people = round(area_km2 * math.exp(draw.uniform(low, high)))
            districts.append(
                District(
                    code=f"99{row + 1:02}{column + 1:02}",
                    people=people,
                    urban_share=round(draw.uniform(*_URBAN), 2),
                    area_km2=round(area_km2, 1),
                    middle=middle,
                    seat=middle.moved(crooked[2] / 2, crooked[3] / 2),
                )
            )
    across, down = COUNTIES_ACROSS * (COUNTIES_ACROSS // 2), COUNTIES_ACROSS // 2
    lines = (districts[across : across + COUNTIES_ACROSS], districts[down::COUNTIES_ACROSS])
    railways = tuple(_railway(number, line) for number, line in enumerate(lines, 1))
    coaches = tuple(
        Station("road_terminal", f"Coach station {one.code} (invented)", one.seat.moved(1.0, 1.0))
        for one in districts
    )
    return Land(tuple(districts), railways, coaches)


def _railway(number: int, line: list[District]) -> tuple[Station, ...]:
    return tuple(
        Station("rail", f"Station {number}-{place} (invented)", one.seat.moved(-1.5, 0.5))
        for place, one in enumerate(line, 1)
    )
