"""When a report that nobody looks into is over (DOMAIN "Who may do what")."""

from datetime import timedelta
from typing import Final

LAPSES_AFTER: Final = timedelta(hours=72)
"""On the case clock, since somebody last said something new of it or took it up.

From Friday evening to Monday evening: the longest that a small unit is without whoever decides,
though three levels are told within half an hour. Longer, and a false report about a child lies open
with nobody answering for it.
"""
