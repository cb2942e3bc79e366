"""What libraries log, as (part, what) lines of ours: which of their lines, never with values."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from homeward.hosts.turn import where

SAME_S: Final = 60.0
"""A line that comes again within a minute is not said again."""


@dataclass(eq=False)
class Quiet(logging.Handler):
    """Says warnings of some loggers, each line of their code once a minute.

    A value in one of their lines may be a record's, so only its words are said, and an exception
    is said as its class and place.
    """

    say: Callable[[str, str], None]
    _said: dict[tuple[str, int], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        """Say a line, unless the same was said within a minute."""
        place = record.pathname, record.lineno
        if record.created - self._said.get(place, -SAME_S) < SAME_S:
            return
        self._said[place] = record.created
        failure = record.exc_info[1] if record.exc_info else None
        words = f"{record.module}:{record.lineno}"
        if record.args and isinstance(record.msg, str):  # a pattern; without values it tells none
            words = f"{words} {record.msg.splitlines()[0]}"
        self.say(record.name, words if failure is None else f"{words} ({where(failure)})")


def quieten(names: Sequence[str], say: Callable[[str, str], None]) -> None:
    """Let some loggers and those below them say warnings through ``say`` only."""
    handler = Quiet(say)
    for name in names:
        logger = logging.getLogger(name)
        logger.setLevel(logging.WARNING)
        logger.propagate = False
        logger.handlers = [handler]
