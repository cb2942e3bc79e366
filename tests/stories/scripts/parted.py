"""Two girls are taken for one: one case goes on in the other, and by itself again."""

from typing import Final

from tests.stories.scripts.merged import SEEN as _SEEN
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

TOWN: Final = Town("parted", 33.0, -117.0)
PEOPLE: Final = TOWN.people(60)
SEEN: Final = {**_SEEN, "place": TOWN.place(0.02, 0.02)}

SCRIPT: Final = Script(
    "parted",
    (
        register("people", PEOPLE),
        register("hubs", TOWN.hubs(4)),
        raised(TOWN),
        verified(),
        *alerted("v1"),
        Ask("seen", "officer", "/v1/cases/{case}/sightings", SEEN, saves={"seen": "sighting"}),
        Ask("accept", "coordinator", "/v1/sightings/{seen}/accept", {}),
        raised(
            TOWN,
            name="raise-other",
            case="other",
            person={"name": "Invented Girl", "age_years": 3, "sex": "female"},
        ),
        verified("other", "verify-other"),
        *alerted("o1", "other"),
        Pass("some minutes", 6),
        Ask("merge", "officer", "/v1/cases/{case}/merge", {"into": "{other}"}),
        Pass("one search", 10),
        Ask("part", "officer", "/v1/cases/{case}/part", {}),
        Pass("two searches", 5),
        *over("other"),
        *alerted("v2"),
        Pass("the search goes on", 30),
        *over(),
    ),
)
