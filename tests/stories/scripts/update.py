"""Version 2 reaches those told of version 1 once more, wherever they live by now."""

from typing import Final

from tests.stories.scripts.steps import (
    Pass,
    Script,
    Town,
    alerted,
    over,
    raised,
    register,
    verified,
)

TOWN: Final = Town("update", 33.0, -130.0)
AWAY: Final = Town("update", 40.0, -130.0)
PEOPLE: Final = TOWN.people(60)

SCRIPT: Final = Script(
    "update",
    (
        register("people", PEOPLE),
        raised(TOWN),
        verified(),
        *alerted("v1"),
        register("five move away", [{**one, "cells": [AWAY.cell()]} for one in PEOPLE[:5]]),
        Pass("a while", 10),
        *alerted("v2"),
        Pass("the next circle", 15),
        *over(),
    ),
)
