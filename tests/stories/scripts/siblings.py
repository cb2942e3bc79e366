"""Two siblings are reported by their mother at once: one is found, and the search goes on."""

from typing import Final

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

TOWN: Final = Town("siblings", 47.0, -122.0)
PEOPLE: Final = TOWN.people(60)
SISTER: Final = {"name": "Invented Sister", "age_years": 8, "sex": "female", "height_cm": 128}

SCRIPT: Final = Script(
    "siblings",
    (
        register("people", PEOPLE),
        register("hubs", TOWN.hubs(3)),
        raised(TOWN, "reporter", others=[SISTER]),
        verified(),
        *alerted("v1"),
        Pass("some minutes", 6),
        Ask("found", "officer", "/v1/cases/{case}/persons/2/found", {"outcome": "found-safe"}),
        Pass("what is out goes on", 30),
        *alerted("v2"),
        Pass("the search for the other", 15),
        *over(outcome="returned"),
    ),
)
