"""The demo's case: a report that waits, an alert, silent hubs, two sightings, answers, the end."""

from typing import Any, Final

from tests.stories.scripts.real_input import people
from tests.stories.scripts.steps import (
    Ago,
    Ask,
    Pass,
    Script,
    Step,
    Town,
    alerted,
    over,
    raised,
    register,
)

TOWN: Final = Town("demo", 33.0416, 115.2576)
ANSWERS: Final = ({"answer": "coming", "minutes": 15}, {"answer": "later"}, {"answer": "cannot"})
NEIGHBOURS: Final = tuple(f"demo.n-{number}" for number in range(len(ANSWERS)))
"""They live around the corner, so they are told, and answer."""
CASE: Final = "/v1/cases/{case}"


def desks() -> list[dict[str, Any]]:
    """Return a duty desk of each level."""
    inbox = [[{"channel": "inbox"}]]
    return [
        {"recipient": f"demo.desk-{level}", "kind": "desk", "level": level, "contacts": inbox}
        for level in range(4)
    ]


def seen(name: str, who: str, north_deg: float, mode: str) -> Ask:
    """Return the step by which a volunteer says where they saw the child."""
    body = {"seen_at": Ago(3), "mode": mode, "place": TOWN.place(north_deg, 0.2)}
    return Ask(name, who, f"{CASE}/sightings", body, saves={name: "sighting"})


def acknowledged(number: int) -> tuple[Step, ...]:
    """Return the steps by which a hub looks at its watch, and acknowledges it."""
    who, name = f"hi:demo.hub-{number}", f"watch-{number}"
    return (
        Ask(f"look-{number}", who, f"{CASE}/watches", method="GET", saves={name: "items.0.watch"}),
        Ask(f"acknowledge-{number}", who, f"{CASE}/watches/{{{name}}}/acknowledge", {}),
    )


SCRIPT: Final = Script(
    "demo",
    (
        register("volunteers", people(TOWN.name, 200)),
        register("neighbours", [TOWN.person(one.partition(".")[2]) for one in NEIGHBOURS]),
        register("hubs", TOWN.hubs(8)),
        register("desks", desks()),
        raised(TOWN, who="reporter", mode="unknown", reporter={"name": "Invented Mother"}),
        Pass("nobody takes it up", 11),
        Ask("take-up", "officer", f"{CASE}/take-up", {"unit": "tests"}),
        Ask("vehicle", "officer", f"{CASE}/vehicle", {"seen_at": Ago(38), "vehicle": "grey van"}),
        Ask("verify", "officer", f"{CASE}/verify", {"unit": "tests"}),
        *alerted("v1", policy="field", expires_in_s=6 * 86_400),
        Ask("look at the words", "supervisor", f"{CASE}/alerts/{{draft-v1}}", method="GET"),
        *acknowledged(0),
        *acknowledged(1),
        *(
            Ask(f"answer-{number}", f"hi:{who}", f"{CASE}/answers", ANSWERS[number])
            for number, who in enumerate(NEIGHBOURS)
        ),
        Pass("silent hubs go on to the desk", 7),
        Ask(
            "stand-down",
            "hi:demo.hub-0",
            f"{CASE}/watches/{{watch-0}}/stand-down",
            {"reason": "shift-over"},
        ),
        seen("mistaken", f"hi:{NEIGHBOURS[0]}", -0.3, "foot"),
        seen("right", f"hi:{NEIGHBOURS[1]}", 0.2, "vehicle"),
        Ask(
            "accept",
            "coordinator",
            "/v1/sightings/{right}/accept",
            {"mode": "vehicle", "credibility_ppm": 900_000},
            saves={"helped": "facts.0.id"},
        ),
        Ask(
            "reject", "coordinator", "/v1/sightings/{mistaken}/reject", {"reason": "another-child"}
        ),
        Pass("a wave", 4),
        *over(helped_by=["{helped}"]),
    ),
)
