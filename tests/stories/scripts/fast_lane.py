"""One officer's word goes out at once, near; a second person reads it, and it goes on."""

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

TOWN: Final = Town("fast-lane", 33.0, -150.0)
PEOPLE: Final = TOWN.people(80)
DRAFT, APPROVE, ISSUE = alerted("v1")
READ: Final = Ask("read", "supervisor", "/v1/cases/{case}/alerts/{draft-v1}", None, "GET")

SCRIPT: Final = Script(
    "fast_lane",
    (
        register("people", PEOPLE),
        register("stations", TOWN.hubs(9)),
        raised(TOWN),
        verified(),
        DRAFT,
        ISSUE,
        Pass("while somebody reads", 2),
        READ,
        APPROVE,
        Pass("the next circle", 30),
        *over(),
    ),
)
