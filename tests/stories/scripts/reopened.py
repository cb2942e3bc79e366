"""Cancelled by mistake, opened again, told anew, extended, closed for good, and expunged."""

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

TOWN: Final = Town("reopened", 43.0, -120.0)
PEOPLE: Final = TOWN.people(60)
LATE: Final = ("came-while-over", "came-after-the-first-expiry")
PATH: Final = "/v1/cases/{case}"
EXTEND: Final = f"{PATH}/alerts/extend"

SCRIPT: Final = Script(
    "reopened",
    (
        register("people", PEOPLE),
        register("hubs", TOWN.hubs(3)),
        raised(TOWN),
        verified(),
        *alerted("v1"),
        Pass("some minutes", 6),
        Ask("cancel", "officer", f"{PATH}/cancel", {"reason": "false"}),
        Pass("nobody is told", 5),
        register("somebody comes while it is over", [TOWN.person(LATE[0])]),
        Ask("reopen", "officer", f"{PATH}/reopen", {"reason": "other-child"}),
        Pass("still nobody is told", 5),
        *alerted("v2", expires_in_s=3_600),
        Pass("it goes on", 10),
        Ask(
            "extend",
            "officer",
            EXTEND,
            {"expires_in_s": 4 * 3_600},
            saves={"asked": "asked", "until": "expires_at"},
        ),
        Ask("agree", "supervisor", f"{EXTEND}/{{asked}}/approve", {"expires_at": "{until}"}),
        Pass("beyond the first expiry", 90),
        register("somebody comes after the first expiry", [TOWN.person(LATE[1])]),
        Pass("a moment", 1),
        *over(),
        Ask("de-publish", "officer", f"{PATH}/de-publish", {"partners": ["radio"]}),
        Ask("confirm", "coordinator", f"{PATH}/confirm-partner", {"partner": "radio"}),
        Ask("seal", "supervisor", f"{PATH}/seal", {}),
        Ask(
            "ask-expunge",
            "supervisor",
            f"{PATH}/ask-expunge",
            {"reason": "kept-long-enough"},
            saves={"expunging": "facts.0.id"},
        ),
        Ask("expunge", "officer", f"{PATH}/expunge", {"asked": "{expunging}"}),
    ),
)
