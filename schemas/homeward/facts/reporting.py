"""That somebody is about to make a report: in a stream of the person, and one of their device.

The streams' names are derived from keyed digests, and say nothing of either.
"""

from typing import Literal

from homeward.messages import Fact
from homeward.words import CaseId


class ReportClaimed(Fact):
    """A report is about to be made; durable before it, so that of two at once one is refused."""

    kind: Literal["access.report-claimed/1"] = "access.report-claimed/1"
    case: CaseId
    """Of which nothing is said when the report was refused after all."""
