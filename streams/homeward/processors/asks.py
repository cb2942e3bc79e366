"""The orders that follow from rounds: people are asked, or hear that they need not come.

An ask is bound like a moderate alert: by day, and never whose day is spent.
"""

from typing import Final

from homeward.facts.asking import RoundOrdered, RoundsFilled, RoundsOver
from homeward.facts.callout import CalloutOrdered
from homeward.words import Audience, Purpose, Severity

SEVERITY_MAX: Final = Severity.MODERATE


def asks(
    fact: RoundOrdered | RoundsFilled | RoundsOver, severity: Severity
) -> tuple[CalloutOrdered, ...]:
    """Return the order that follows; none where nobody was asked who could stay at home."""
    order = CalloutOrdered(
        case=fact.case,
        at=fact.at,
        audience=Audience.ASKED,
        purpose=Purpose.ASK_OVER,
        alert=fact.alert,
        version=fact.version,
        severity=min(severity, SEVERITY_MAX, key=lambda one: one.rank),
        watch=fact.asking,
        texts_of=fact.texts_of,
        spared=fact.spared,
    )
    if not isinstance(fact, RoundOrdered):
        return (order,) if fact.asked else ()
    ask = {
        "purpose": Purpose.ASK,
        "wave": fact.round,
        "reach_km_max": fact.within_km,
        "people_max": fact.people,
        "shares": fact.shares,
        "expires_at": fact.needed_by,
    }
    return (order.model_copy(update=ask),)
