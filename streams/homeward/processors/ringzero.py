"""Orders about a report that nobody verified: to desks, and, as ring 0, to a few near it.

They have the number of what belongs to no alert, so the alert of a verified case is told anew.
"""

from homeward.facts.callout import CalloutOrdered
from homeward.facts.case import CaseResolved
from homeward.facts.ringzero import RingZeroAsked
from homeward.messages import Recorded
from homeward.words import Audience, Purpose, Tier


def to_desk(report: str | None, heard: Recorded, level: int) -> tuple[CalloutOrdered, ...]:
    """Tell the desks of a level that a report waits; nothing where none does."""
    if report is None:
        return ()
    return (
        CalloutOrdered(
            case=heard.key,
            at=heard.at,
            audience=Audience.DESK,
            purpose=Purpose.CLOCK,
            level=level,
            texts_of=report,
        ),
    )


def ring_orders(heard: Recorded, asked: RingZeroAsked) -> tuple[CalloutOrdered, ...]:
    """Return whom to tell of an unverified report."""
    area = CalloutOrdered(
        case=asked.case,
        at=asked.at,
        audience=Audience.AREA,
        purpose=Purpose.ALERT,
        tier=Tier.VETTED,
        focus=asked.focus,
        people_max=asked.people_max,
        texts_of=heard.id,
        expires_at=asked.expires_at,
        cell_count=asked.cell_count,
        cells=asked.cells,
    )
    hubs = (
        CalloutOrdered(
            case=asked.case,
            at=asked.at,
            audience=Audience.HUB,
            purpose=Purpose.ALERT,
            tier=Tier.VETTED,
            hub=one.hub,
            contact=one.contact,
            texts_of=heard.id,
            expires_at=asked.expires_at,
        )
        for one in asked.hubs
    )
    return (area, *hubs)


def ring_over(heard: Recorded) -> tuple[CalloutOrdered, ...]:
    """Tell those who were told of an unverified report that it is over.

    That the person was found is said only where that is so; else the report is taken back.
    """
    found = isinstance(heard.fact, CaseResolved)
    return (
        CalloutOrdered(
            case=heard.key,
            at=heard.at,
            audience=Audience.TOLD,
            purpose=Purpose.CLOSE_OUT if found else Purpose.CANCEL,
            texts_of=heard.id,
        ),
    )
