"""What a recipient's page shows of an ask once enough come: thanks, and no buttons."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from homeward import asking
from homeward.facts.answer import AnswerGiven
from homeward.http.pages.phrases import PHRASES
from homeward.messages import Recorded
from homeward.timeline.askings import HELPS
from homeward.words import Purpose, instant_in

if TYPE_CHECKING:
    from homeward.http.pages.letters import Item, Reader
    from homeward.ports import InboxMessage

ENOUGH: Final = "enough"


def off(messages: Sequence["InboxMessage"]) -> frozenset[str]:
    """Return the askings that the reader was told need nobody any more."""
    over = (one.watch for one in messages if one.purpose == Purpose.ASK_OVER)
    return frozenset(name for name in over if name)


def settled(
    reader: "Reader", item: "Item", facts: Sequence[Recorded], ended: frozenset[str]
) -> "Item":
    """Return an ask, or the end of one, as it stands now; other items as they are."""
    t, name, purpose = PHRASES[reader.lang], item.shown.watch or "", item.shown.purpose
    if purpose == Purpose.ASK_OVER:
        return replace(item, said=t["thanks-enough"] if _helps_after(reader, item, facts) else "")
    known = asking.fold(facts).get(name)
    now = reader.box.rooms.clock.now()
    is_over = name in ended or known is None or not known.is_open(now)
    if purpose != Purpose.ASK or item.state != "live" or not is_over:
        return item
    return replace(
        item,
        state=ENOUGH,
        words="",
        instead=t[f"gone-{ENOUGH}"],
        calls=False,
        asks_answer=False,
        steps=(),
    )


def _helps_after(reader: "Reader", item: "Item", facts: Sequence[Recorded]) -> bool:
    """Whether the reader says all the same, after that, that they come."""
    given = [
        one.fact
        for one in facts
        if isinstance(one.fact, AnswerGiven) and one.fact.recipient == reader.by.id
    ]
    said_at = instant_in(item.at)
    late = bool(given) and said_at is not None and given[-1].at > said_at
    return late and given[-1].answer in HELPS
