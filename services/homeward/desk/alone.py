"""What one person issued alone: a stream of the account, written with each such alert."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from homeward.desk.desk import Beside
from homeward.facts.access import AlertIssuedAlone, EmergencyNoted
from homeward.facts.case import AlertApproved, AlertIssued
from homeward.facts.emergency import EmergencyUsed
from homeward.messages import Actor, Fact
from homeward.policies.approval import ALONE_WITHIN, EMERGENCIES_WITHIN
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
        if not isinstance(fact, AlertIssuedAlone):
            continue
        if fact.case != case and fact.at > at - ALONE_WITHIN:
            recent[row.key] = row.key_version
    approved = [
        await log.key_rows(other, after=since, kinds=APPROVED) for other, since in recent.items()
    ]
    return sum(not rows for rows in approved)


def noted_emergency(log: Log, by: Actor) -> Beside:
    """Return what is written beside an alarm without a second person: all of it, or nothing.

    In the same stream: of two at once the second one counts the first.
    """
    return Beside(alone_stream(log, by), _emergency)


def _emergency(facts: Sequence[Fact]) -> Sequence[Fact]:
    return tuple(
        EmergencyNoted(case=one.case, at=one.at, draft=one.draft, alert=one.alert)
        for one in facts
        if isinstance(one, EmergencyUsed)
    )


async def emergencies_before(log: Log, by: Actor, at: datetime) -> int:
    """Return how often an account alarmed without a second person within `EMERGENCIES_WITHIN`.

    Whatever became of those alerts, in any case. Raises LogUnavailable.
    """
    facts = [read(row).fact for row in await log.stream_rows(alone_stream(log, by))]
    return sum(
        isinstance(one, EmergencyNoted) and one.at > at - EMERGENCIES_WITHIN for one in facts
    )
