"""The README's tour: one volunteer, one officer, a visible notification, and its end."""

from typing import Final

from tests.stories.scripts.steps import Ago, Ask, Script, Town, over, raised, register, verified

TOWN: Final = Town("me", 33.068, -20.0)
BOUNDS: Final = {"policy": "field", "severity": "extreme", "reach_km_max": 20, "expires_in_s": 3600}
SEEN: Final = {"at": Ago(0), "text": "behind the market", "place": TOWN.place()}

SCRIPT: Final = Script(
    "readme",
    (
        register("me", [{**TOWN.person("me"), "lang": "en"}]),
        raised(TOWN, category="lost-child", mode="foot", last_seen=SEEN),
        verified(),
        Ask("draft", "officer", "/v1/cases/{case}/alerts", BOUNDS, saves={"draft": "draft"}),
        Ask("issue", "officer", "/v1/cases/{case}/alerts/{draft}/issue", {}),
        *over(),
    ),
)
