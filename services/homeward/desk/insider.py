"""Noticing whoever opens what is sealed in more cases than work asks for (SAFETY "insider").

Reading goes on: who searches for a child is not stopped by a figure. That it was much is a fact of
the account's own stream, a figure, and a line without a name, so that somebody asks.
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

CASES_MAX: Final = 20
"""A desk has some ten open cases; who opens the persons of twice as many within an hour looks
around. Each process counts by itself."""
WITHIN: Final = timedelta(hours=1)
ACCOUNTS_MAX: Final = 10_000
"""Whoever read longest ago is forgotten first."""


class ReadWatch:
    """Which cases each account opened lately, and when it was last reported."""

    def __init__(self) -> None:
        """Know of nobody."""
        self._read: OrderedDict[str, dict[str, datetime]] = OrderedDict()
        self._alarmed: dict[str, datetime] = {}

    def read(self, account: str, case: str, now: datetime) -> int:
        """Count a case that an account opens; return how many it were, if that is to be said.

        0: it is not, or was said within the same while.
        """
        known = self._read.pop(account, {})
        recent = {one: at for one, at in known.items() if at > now - WITHIN} | {case: now}
        self._read[account] = recent
        while len(self._read) > ACCOUNTS_MAX:
            self._alarmed.pop(self._read.popitem(last=False)[0], None)
        said = self._alarmed.get(account)
        if len(recent) <= CASES_MAX or (said is not None and said > now - WITHIN):
            return 0
        self._alarmed[account] = now
        return len(recent)
