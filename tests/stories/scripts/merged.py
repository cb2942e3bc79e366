"""A neighbour and a mother report one child: one case goes on in the other, until it is over."""

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

TOWN: Final = Town("merged", 47.0, -110.0)
PEOPLE: Final = TOWN.people(60)
LATE: Final = "came-after-the-merge"
SEEN: Final = {
    "seen_at": Ago(10),
    "place": TOWN.place(0.02, 0.02),
    "mode": "foot",
    "note": "by a fountain that was made up",
}

SCRIPT: Final = Script(
    "merged",
    (
        register("people", PEOPLE),
        register("hubs", TOWN.hubs(4)),
        raised(TOWN),
        verified(),
        *alerted("v1"),
        raised(
            TOWN,
            name="raise-mother",
            case="mother",
            mode="foot",
            person={"name": "Invented Child", "age_years": 2, "sex": "male"},
        ),
        verified("mother", "verify-mother"),
        *alerted("m1", "mother", reach_km_max=20),
        Ask(
            "seen",
            "officer",
            "/v1/cases/{case}/sightings",
            SEEN,
            saves={"seen": "sighting"},
        ),
        Ask("accept", "coordinator", "/v1/sightings/{seen}/accept", {}),
        Pass("some minutes", 6),
        Ask("merge", "officer", "/v1/cases/{case}/merge", {"into": "{mother}"}),
        Pass("the first one is silent", 5),
        register("somebody comes far away", [TOWN.person(LATE, 0.39)]),
        Pass("and is told of nothing", 5),
        Ask(
            "seen again", "officer", "/v1/cases/{case}/sightings", SEEN, saves={"more": "sighting"}
        ),
        Ask("accept again", "coordinator", "/v1/sightings/{more}/accept", {}),
        Pass("it goes on", 20),
        *over("mother"),
    ),
)
