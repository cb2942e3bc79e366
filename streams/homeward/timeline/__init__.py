"""What happened in a case, folded at read time from the public parts of its facts.

A timeline is a function of the set of facts: they are ordered by log index, and arriving twice or
in another order changes nothing. Nothing here opens what is sealed.
"""

from homeward.timeline.entries import Entry, as_of, for_reporter, in_order, timeline
from homeward.timeline.view import status_of
from homeward.timeline.views import CaseView

__all__ = [
    "CaseView",
    "Entry",
    "as_of",
    "for_reporter",
    "in_order",
    "status_of",
    "timeline",
]
