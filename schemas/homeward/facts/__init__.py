"""Everything that can happen, one class a kind, past tense.

A kind is ``<stream type>.<past participle, kebab-case>/<version>``; the stream type is the part of
the stream's name before its first hyphen, so a fact's kind tells who wrote it. A published kind
never changes its meaning: a new meaning is a new version.
"""

from homeward.facts import (
    access,
    answer,
    asking,
    attention,
    callout,
    case,
    clock,
    correcting,
    duty,
    emergency,
    handover,
    hold,
    hub,
    joining,
    merging,
    persons,
    poster,
    reach,
    reporting,
    ringzero,
    roster,
    sighting,
    watch,
)
from homeward.messages import Fact

MODULES = (
    *(case, persons, correcting, merging, attention, emergency, hold, ringzero, sighting, reach),
    *(hub, callout, watch, handover, answer, asking, roster, access, joining, reporting, duty),
    *(poster, clock),
)

ALL: tuple[type[Fact], ...] = tuple(
    found
    for module in MODULES
    for found in vars(module).values()
    if isinstance(found, type) and issubclass(found, Fact) and found.__module__ == module.__name__
)
"""Every fact class, in the order of the story."""
