"""An alert to a drawn area reaches whoever is inside, and nobody else, whatever time passes."""

from typing import Any, Final

from tests.stories.scripts.steps import (
    Ask,
    Pass,
    Script,
    Town,
    alerted,
    over,
    raised,
    register,
    verified,
)

TOWN: Final = Town("given-areas", 33.0, -120.0)
INSIDE: Final = [TOWN.person(f"in-{number}", -0.04 + number / 100) for number in range(9)]
OUTSIDE: Final = [TOWN.person(f"out-{number}", 0.3 + number / 50) for number in range(9)]


def square(half_deg: float) -> dict[str, Any]:
    """Return a polygon around the middle of the town."""
    west, east = TOWN.lon - half_deg, TOWN.lon + half_deg
    south, north = TOWN.lat - half_deg, TOWN.lat + half_deg
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


SCRIPT: Final = Script(
    "given_areas",
    (
        register("people", [*INSIDE, *OUTSIDE]),
        register("stations", TOWN.hubs(3)),
        raised(TOWN),
        verified(),
        *alerted("v1", policy="polygon", area=square(0.06)),
        Pass("hours in which circles would have grown", 200),
        Ask("see the area", "supervisor", "/v1/cases/{case}/alerts/{draft-v1}", None, "GET"),
        *over(),
    ),
)
