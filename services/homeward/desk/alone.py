"""What one officer issued alone: a stream of the account, written with each such alert."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from homeward.desk.desk import Beside
from homeward.facts.access import AlertIssuedAlone
from homeward.facts.case import AlertApproved, AlertIssued
from homeward.messages import Actor, Fact
from homeward.policies.approval import ALONE_WITHIN
from homeward.ports import Log
from homeward.record.envelope import read
from homeward.words import derived_id

APPROVED: Final = frozenset({str(AlertApproved.model_fields["kind"].default)})


def alone_stream(log: Log, by: Actor) -> str:
    """Return the stream of an account; its name says nothing of it."""
    return f"access-{derived_id(log.origin, 'alone', by.id)}"


def noted_alone(log: Log, by: Actor) -> Beside:
    """Return what is written beside an alert that somebody issues alone: all of it, or nothing.

    Two at once meet in the stream: who comes second decides again, and counts the first one.
    """
    return Beside(alone_stream(log, by), _alone)


def _alone(facts: Sequence[Fact]) -> Sequence[Fact]:
    return tuple(
        AlertIssuedAlone(case=one.case or "", at=one.at, draft=one.draft, alert=one.alert)
        for one in facts
        if isinstance(one, AlertIssued) and one.people_max is not None
    )


async def alone_before(log: Log, by: Actor, case: str, at: datetime) -> int:
    """Return how many other cases' alerts an account issued alone within `ALONE_WITHIN`.

    Without those of which a second person approved anything since. Raises LogUnavailable.
    """
    recent: dict[str, int] = {}
    for row in await log.stream_rows(alone_stream(log, by)):
        fact = read(row).fact
        if fact.case not in {None, case} and fact.at > at - ALONE_WITHIN:
            recent[row.key] = row.key_version
    approved = [
        await log.key_rows(other, after=since, kinds=APPROVED) for other, since in recent.items()
    ]
    return sum(not rows for rows in approved)
