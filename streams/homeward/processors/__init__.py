"""Everything that follows from facts without anybody deciding: the one catalogue of all hosts."""

from typing import Any, Final

from homeward.processor import Processor
from homeward.processors.callouts import Callouts
from homeward.processors.escalation import Escalation
from homeward.processors.hubs import Hubs
from homeward.processors.reach import Reach
from homeward.processors.rounds import Rounds

ALL: Final[tuple[Processor[Any], ...]] = (
    Reach(),
    Hubs(),
    Rounds(),
    Callouts(),
    Escalation(),
)
"""Every processor; those that others hear come first, so that one sweep goes farther."""
