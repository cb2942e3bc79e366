"""What a recipient's page shows of each message: how it stands, what to do, what can be tapped.

Words that describe a person stand there while somebody may act on them: an older version gives way
to the newer one, and when it is over only who was looked for is left (the name goes with the words
that are erased).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from homeward import answer, watch
from homeward.case import Case, fold
from homeward.codec import KINDS
from homeward.http.messages import CASE_KINDS, Letterbox, MessageOut
from homeward.http.pages import forms
from homeward.http.pages.moments import moment, span, zone_of
from homeward.http.pages.phrases import PHRASES
from homeward.messages import Actor, Recorded
from homeward.ports import InboxMessage, Recipient
from homeward.record.envelope import read
from homeward.words import Answer, Purpose, RecipientKind

KINDS_READ: Final = CASE_KINDS | frozenset(
    kind for kind in KINDS if kind.partition(".")[0] in {"answer", "watch", "hubs", "escalation"}
)
CALLS: Final = frozenset({Purpose.ALERT, Purpose.WATCH})
"""What asks people to look; all else tells them something."""
ENDS: Final = {
    Purpose.CANCEL: "cancelled",
    Purpose.CLOSE_OUT: "over",
    Purpose.STAND_DOWN: "over",
}
OVER: Final = frozenset({"cancelled", "over", "replaced"})


@dataclass(frozen=True, slots=True)
class Item:
    """A message, and what can be done about it."""

    shown: MessageOut
    state: str
    when: str
    at: str
    window: str
    words: str
    """Empty where they are not shown any more; ``instead`` says why."""
    instead: str
    calls: bool
    """Somebody should look now."""
    form: str
    asks_answer: bool
    asks_acknowledge: bool
    said: str
    """What the reader answered, or what became of it."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the page, and how."""

    box: Letterbox
    by: Actor
    recipient: Recipient
    lang: str

    @property
    def page(self) -> str:
        """The name that the page's form tokens are bound to."""
        return f"inbox {self.by.id}"

    @property
    def zone(self) -> tzinfo:
        """The reader's own time."""
        return zone_of(self.recipient.zone)


async def letters(reader: Reader, messages: Sequence[InboxMessage]) -> list[Item]:
    """Return messages, newest first, as they are shown."""
    box = reader.box
    facts = {
        case: [read(row) for row in await box.rooms.log.key_rows(case, kinds=KINDS_READ)]
        for case in dict.fromkeys(one.case for one in messages)
    }
    cases = {case: fold(recorded) for case, recorded in facts.items()}
    shown = await box.shown(list(messages), reader.lang, cases)
    newest: set[tuple[str, str]] = set()
    items: list[Item] = []
    for message, one in zip(messages, shown, strict=True):
        first = (one.case, one.purpose) not in newest
        newest.add((one.case, one.purpose))
        items.append(_item(reader, message, one, facts[one.case], cases[one.case], first=first))
    return items


def _item(
    reader: Reader,
    message: InboxMessage,
    one: MessageOut,
    facts: Sequence[Recorded],
    case: Case,
    *,
    first: bool,
) -> Item:
    purpose, t = Purpose(one.purpose), PHRASES[reader.lang]
    duty = watch.fold(facts, one.watch) if purpose is Purpose.WATCH and one.watch else watch.Watch()
    state = _state(purpose, one, case, duty, first=first)
    gone = purpose in CALLS and state in OVER
    calls = purpose in CALLS and state == "live"
    own = duty.ordered is not None and duty.ordered.hub == reader.by.id
    waits = duty.status in {watch.Status.ORDERED, watch.Status.LAPSED}
    asks = calls and purpose is Purpose.ALERT and reader.recipient.kind is RecipientKind.VOLUNTEER
    return Item(
        shown=one,
        state=state,
        when=moment(message.at, reader.lang, reader.zone),
        at=one.at,
        window=_window(reader, message),
        words="" if gone else _words(purpose, state, one),
        instead=t[f"gone-{state}"] if gone else "",
        calls=calls,
        form=forms.new_token(reader.box.rooms, reader.page),
        asks_answer=asks,
        asks_acknowledge=calls and own and waits,
        said=_said(reader, purpose, facts, case, duty) if first else "",
    )


def _words(purpose: Purpose, state: str, one: MessageOut) -> str:
    """Return the text without what the page says beside it: title, window, the order to act."""
    if purpose is Purpose.CLOCK and state != "pending":
        return ""
    if purpose is Purpose.WATCH and one.text.count("\n") > 1:
        return one.text.split("\n", 2)[2]  # an order and a title stand before what was approved
    return one.text.removeprefix(one.title).strip()


def _window(reader: Reader, message: InboxMessage) -> str:
    if message.window_from is None or message.window_to is None:
        return ""
    return span(message.window_from, message.window_to, reader.lang, reader.zone)


def _state(purpose: Purpose, one: MessageOut, case: Case, duty: watch.Watch, *, first: bool) -> str:
    """Return how a message stands: what ends is never shown as live, nor what is out of date."""
    if purpose in ENDS:
        return ENDS[purpose]
    if purpose is Purpose.CLOCK:
        return "over" if case.status.over else "taken" if case.unit else "pending"
    if one.state in {"cancelled", "over"}:
        return one.state
    if not first:
        return "replaced"
    if duty.status.over:
        return "over"
    return "pending" if one.state == "waiting" else one.state


def _said(
    reader: Reader, purpose: Purpose, facts: Sequence[Recorded], case: Case, duty: watch.Watch
) -> str:
    t = PHRASES[reader.lang]
    if purpose is Purpose.CLOCK and case.unit and not case.status.over:
        return t["taken-by"].format(unit=case.unit)
    if purpose is Purpose.ALERT:
        given = answer.fold(facts, reader.by.id)
        if given.answer is None:
            return ""
        timed = given.answer is Answer.COMING and given.minutes is not None
        said = t["coming-within"] if timed else t[f"answered-{given.answer.value}"]
        return t["answered"].format(answer=said.format(minutes=given.minutes))
    if duty.status.over:
        return t["watch-over"]
    if duty.status is watch.Status.ACKNOWLEDGED:
        return t["acked"]
    if duty.to_desk and reader.recipient.kind is RecipientKind.DESK:
        return t["unacked"]
    return ""
