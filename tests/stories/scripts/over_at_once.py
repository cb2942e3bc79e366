"""Resolved a moment after the alert was issued: what no sender took by then is told to nobody."""

from typing import Final

from tests.stories.scripts.steps import (
    Pass,
    Script,
    Send,
    Town,
    alerted,
    over,
    raised,
    register,
    verified,
)

TOWN: Final = Town("over-at-once", 33.0, -110.0)
LATER: Final = Town("over-at-once", 33.0, -100.0)
"""Here the first wave is told, and the second is not."""

SCRIPT: Final = Script(
    "over_at_once",
    (
        register("people", TOWN.people(60)),
        register(
            "people elsewhere",
            [LATER.person("near"), LATER.person("farther", 1.2), LATER.person("far", 3.0)],
        ),
        raised(TOWN),
        verified(),
        raised(LATER, name="raise another", case="later"),
        verified("later", name="verify another"),
        *alerted("later", case="later"),
        Send("no sender is up", on=False),
        *alerted("v1"),
        Pass("the second circle", 25),
        *over(),
        *over("later"),
        Send("senders are up", on=True),
    ),
)
