"""The orders to tell everybody who was told of an alert that it is over."""

from homeward.facts.callout import CalloutOrdered
from homeward.facts.case import AlertCancelled, CaseClosedOut
from homeward.messages import Recorded
from homeward.words import Audience, Purpose, Severity


def over(
    heard: Recorded, fact: AlertCancelled | CaseClosedOut, severity: Severity
) -> tuple[CalloutOrdered, ...]:
    """Return the order; nobody was told of a case that never had an alert."""
    if fact.alert is None or fact.version is None:
        return ()
    cancels = isinstance(fact, AlertCancelled)
    return (
        CalloutOrdered(
            case=fact.case,
            at=fact.at,
            audience=Audience.TOLD,
            purpose=Purpose.CANCEL if cancels else Purpose.CLOSE_OUT,
            alert=fact.alert,
            version=fact.version,
            severity=severity,
            texts_of=fact.draft if isinstance(fact, AlertCancelled) else heard.id,
        ),
    )
