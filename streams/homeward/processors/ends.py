"""Orders to tell everybody who was told of an alert how it ends, or where it goes on."""

from homeward.facts.callout import CalloutOrdered, ToldOf
from homeward.facts.case import AlertCancelled, CaseClosedOut
from homeward.facts.merging import CaseJoined, CaseLeft, CaseMerged, CaseParted
from homeward.messages import Recorded
from homeward.words import Audience, Purpose, Severity


def told_of(known: tuple[ToldOf, ...], fact: CaseJoined) -> tuple[ToldOf, ...]:
    """Return the alerts of cases that went on in this one: who was told of these hears its end."""
    new = (ToldOf(case=one.case, alert=one.alert or 0) for one in fact.cases)
    return tuple(dict.fromkeys((*known, *new)))


def told_without(known: tuple[ToldOf, ...], fact: CaseLeft) -> tuple[ToldOf, ...]:
    """Return the same without those of cases that go by themselves again."""
    return tuple(one for one in known if one.case not in fact.cases)


def ending(
    heard: Recorded, severity: Severity, joined: tuple[ToldOf, ...], *, ring: bool, before: int = 0
) -> tuple[CalloutOrdered, ...]:
    """Return the order that follows from a cancel, a close-out, a merge or its undoing.

    ``before``: so often the case was merged and parted already, for each time is a message.
    None where nobody was told: the case had no alert, nor had one that went on in it; ``ring``:
    a few were told of the unverified report, which goes on with a merge.
    """
    match heard.fact:
        case AlertCancelled() as fact:
            purpose, texts_of, told = Purpose.CANCEL, fact.draft, True
        case CaseClosedOut() as fact:
            purpose, texts_of, told = Purpose.CLOSE_OUT, heard.id, bool(joined)
        case CaseMerged() as fact:
            purpose, texts_of, told = Purpose.JOINED, heard.id, bool(joined) or ring
        case CaseParted() as fact:
            purpose, texts_of, told = Purpose.PARTED, heard.id, bool(joined) or ring
        case _:
            return ()
    if (fact.alert is None or fact.version is None) and not told:
        return ()
    return (
        CalloutOrdered(
            case=heard.key,
            at=fact.at,
            audience=Audience.TOLD,
            purpose=purpose,
            alert=fact.alert or 0,
            version=fact.version or 0,
            severity=severity,
            moved=(before or None) if isinstance(fact, CaseMerged | CaseParted) else None,
            texts_of=texts_of,
            joined=joined or None,
        ),
    )
