"""Two previews, which are recorded, and the alert that follows them."""

from typing import Final

from tests.stories.scripts.steps import Ask, Script, Town, alerted, over, raised, register, verified

TOWN: Final = Town("map", 33.0, -40.0)
DISK: Final = {"type": "disk", "lat": TOWN.lat, "lon": TOWN.lon, "radius_km": 60.0}

SCRIPT: Final = Script(
    "live_map",
    (
        register("people", TOWN.people(60)),
        raised(TOWN),
        verified(),
        Ask("a disk", "officer", "/v1/areas/preview", {"area": DISK}),
        Ask(
            "the case",
            "officer",
            "/v1/cases/{case}/alerts/preview?policy=circles",
            method="GET",
        ),
        *alerted("map"),
        *over(),
    ),
)
