"""Linquan on the packaged counties, in proportion to the census, with hubs around its seat."""

from typing import Any, Final

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

from homeward.demo.people import volunteers_csv

TOWN: Final = Town("real", 33.0686, 115.2768)
VOLUNTEERS: Final = 300


def people(town: str, count: int) -> list[dict[str, Any]]:
    """Return the demo's volunteers under a script's own names."""
    _, *lines = volunteers_csv(count, "http://sink.example").splitlines()
    return [
        {
            "recipient": f"{town}.{name}",
            "kind": "volunteer",
            "cells": [cell for cell in cells if cell],
            "lang": lang,
            "severity_min": severity,
            "contacts": [[{"channel": "inbox"}]],
        }
        for name, _, *cells, lang, severity, _, _ in (line.split(",") for line in lines)
    ]


SCRIPT: Final = Script(
    "real_input",
    (
        register("volunteers", people(TOWN.name, VOLUNTEERS)),
        register("hubs", TOWN.hubs(20)),
        raised(TOWN),
        verified(),
        *alerted("v1"),
        Pass("hubs stay silent, and a second circle", 25),
        *over(),
    ),
)
