"""Who registers, moves in, wants more or wakes up inside a live area is told, each once."""

from typing import Final

from tests.stories.scripts.steps import (
    Move,
    Pass,
    Script,
    Town,
    alerted,
    over,
    raised,
    register,
    verified,
)

TOWN: Final = Town("late", 31.0, 100.0)
FAR: Final = 6.8
"""Degrees north, some 750 km: no wave comes there while the story runs."""
NEAR: Final = 0.4
"""44 km: an extreme alert wakes those within 30 km."""
QUIET: Final = {"from": "10:00", "to": "11:08", "zone": "Asia/Shanghai"}
"""The script begins at 11:00 there."""

SCRIPT: Final = Script(
    "latecomers",
    (
        register(
            "those who were there",
            [
                TOWN.person("first"),
                TOWN.person("awake", NEAR),
                TOWN.person("asleep", NEAR, quiet=QUIET),
                TOWN.person("mover", FAR),
                TOWN.person("far", FAR),
                TOWN.person("paused", active=False),
            ],
        ),
        raised(TOWN),
        verified(),
        *alerted("v1"),
        register("new", [TOWN.person("new")]),
        register("the pause ends", [TOWN.person("paused")]),
        Move("moves in", "admin", (("late.mover", TOWN.cell()),)),
        Move("moves out", "admin", (("late.mover", TOWN.cell(FAR)),)),
        Move("moves in again", "admin", (("late.mover", TOWN.cell()),)),
        register("late and asleep", [TOWN.person("late", NEAR, quiet=QUIET)]),
        Pass("they wake up", 9),
        register("thirty at once", [TOWN.person(f"n-{number}") for number in range(30)]),
        Pass("the next circle", 15),
        register("and after it", [TOWN.person("last", NEAR)]),
        *over(),
        register("too late", [TOWN.person("nobody")]),
    ),
)
