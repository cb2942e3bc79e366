"""PostgreSQL gone for a while: what was accepted before and after; between them is nothing."""

from typing import Final

from tests.stories.scripts.steps import Ask, Script, Town, raised

TOWN: Final = Town("away", 33.0, -60.0)
LOST: Final = {"category": "lost-child", "mode": "foot"}

SCRIPT: Final = Script(
    "postgres_away",
    (
        raised(TOWN, name="first", **LOST),
        raised(TOWN, name="second", case="second", **LOST),
        # Neither goes on into the next day.
        Ask("withdraw", "officer", "/v1/cases/{case}/withdraw", {}),
        Ask("turn down", "officer", "/v1/cases/{second}/reject", {"reason": "no-case"}),
    ),
)
