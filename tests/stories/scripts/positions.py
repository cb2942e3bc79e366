"""Who comes into a live area is told once, by their own word or by a coordinator's file."""

from typing import Final

from tests.stories.scripts.steps import (
    Move,
    Script,
    Town,
    alerted,
    over,
    raised,
    register,
    verified,
)

TOWN: Final = Town("positions", 33.0, -80.0)
AWAY: Final = Town("positions", 39.9, -79.0)
PEOPLE: Final = ("positions.ann", "positions.bob", "positions.cas")

SCRIPT: Final = Script(
    "positions",
    (
        register("far away", [AWAY.person(one.partition(".")[2]) for one in PEOPLE]),
        register("near", [TOWN.person("near")]),
        raised(TOWN),
        verified(),
        *alerted("v1"),
        Move("ann's own word", "hi:positions.ann", (("positions.ann", TOWN.cell()),)),
        Move("a file", "admin", (("positions.bob", TOWN.cell()),)),
        Move("ann away", "hi:positions.ann", (("positions.ann", AWAY.cell()),)),
        Move("ann again", "hi:positions.ann", (("positions.ann", TOWN.cell()),)),
        Move("cas", "hi:positions.cas", (("positions.cas", TOWN.cell()),)),
        *over(),
    ),
)
