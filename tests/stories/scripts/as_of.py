"""The timeline as of every position: waves, watches, a sighting that moves the search, the end."""

from typing import Final

from tests.stories.scripts.steps import (
    Ago,
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

TOWN: Final = Town("as-of", 33.0, -150.0)
SIGHTING: Final = {
    "seen_at": Ago(2),
    "mode": "vehicle",
    "place": {**TOWN.place(0.1, 0.1), "datum": "gcj02", "accuracy_m": 200},
}

SCRIPT: Final = Script(
    "as_of",
    (
        register("people", [*TOWN.people(60), *TOWN.hubs(6)]),
        raised(TOWN),
        verified(),
        *alerted("v1", policy="field"),
        Pass("a few minutes", 4),
        Ask(
            "seen",
            "officer",
            "/v1/cases/{case}/sightings",
            SIGHTING,
            saves={"sighting": "sighting"},
        ),
        Ask("accept", "officer", "/v1/sightings/{sighting}/accept", {}),
        *over(),
    ),
)
