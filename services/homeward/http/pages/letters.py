"""What a recipient's page shows of each message: how it stands, what to do, what can be tapped.

Words that describe a person stand there while somebody may act on them: an older version gives way
to the newer one, and when it is over only who was looked for is left (the name goes with the words
that are erased).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Final

from homeward import answer, watch
from homeward.case import Case, fold
from homeward.codec import KINDS
from homeward.facts.hub import WatchOrdered
from homeward.http.messages import CASE_KINDS, Letterbox, MessageOut
from homeward.http.pages import asked, duties, forms, maps
from homeward.http.pages.because import because
from homeward.http.pages.moments import moment, span, zone_of
from homeward.http.pages.phrases import PHRASES
from homeward.messages import Actor, Recorded
from homeward.ports import InboxMessage, Recipient, Registered
from homeward.processors.knowledge import NEWS
from homeward.record.envelope import read
from homeward.words import Answer, Purpose, RecipientKind

KINDS_READ: Final = (
    CASE_KINDS
    | NEWS
    | frozenset(
        kind
        for kind in KINDS
        if kind.partition(".")[0]
        in {"answer", "asking", "rounds", "watch", "hubs", "escalation", "sighting"}
    )
)
ASKS: Final = frozenset({Purpose.ALERT, Purpose.ASK})
"""What is answered."""
CALLS: Final = ASKS | {Purpose.WATCH}
"""What asks people to look; all else tells them something."""
ENDS: Final = {
    Purpose.CANCEL: "cancelled",
    Purpose.CLOSE_OUT: "over",
    Purpose.JOINED: "merged",
    Purpose.PARTED: "merged",
    Purpose.STAND_DOWN: "over",
    Purpose.ASK_OVER: asked.ENOUGH,
}
OVER: Final = frozenset({"cancelled", "over", "merged", "replaced"})


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
    taps: duties.Tapped
    said: str
    """What the reader answered, or what became of it."""
    steps: tuple[tuple[str, str], ...] = ()
    """What a helper says next, and how the button reads."""
    why: str = ""
    """How the person may come to a hub, and how soon."""
    moved: int = 0
    """How often the window had been moved that is shown."""
    hub: str = ""
    """Which hub it is about, to those who are not there."""
    picture: str = ""
    """A small map, as SVG; empty: none."""
    because: tuple[str, ...] = ()
    """Why the reader was told, a sentence each."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the page, and how."""

    box: Letterbox
    by: Actor
    registered: Registered
    lang: str

    @property
    def recipient(self) -> Recipient:
        """Who reads, as they registered."""
        return self.registered.recipient

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
    shown = await box.shown(list(messages), reader.recipient, reader.lang, cases)
    newest: set[tuple[str, str, str | None]] = set()
    items: list[Item] = []
    ended = asked.off(messages)
    for message, one in zip(messages, shown, strict=True):
        about = (one.case, one.purpose, one.watch)  # a desk is told of several hubs
        first = about not in newest
        newest.add(about)
        item = _item(reader, message, one, facts[one.case], cases[one.case], first=first)
        item = asked.settled(reader, item, facts[one.case], ended)
        items.append(replace(item, hub=await _hub(reader, facts[one.case], one.watch)))
    return items


async def _hub(reader: Reader, facts: Sequence[Recorded], watch_id: str | None) -> str:
    """Return the name of the hub that a desk is told of; hubs are public."""
    if reader.recipient.kind is not RecipientKind.DESK or watch_id is None:
        return ""
    order = watch.fold(facts, watch_id).ordered
    found = await reader.box.rooms.roster.get(order.hub) if order else None
    name = (found.recipient.name if found else None) or (order.hub if order else "")
    return PHRASES[reader.lang]["hub"].format(name=name) if name else ""


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
    state = _state(reader, purpose, one, case, duty, first=first)
    gone = purpose in CALLS and state in OVER
    calls = purpose in CALLS and state == "live"
    order = duty.ordered
    window = _window(reader, order if calls and order else message)
    own = order is not None and order.hub == reader.by.id
    now = reader.box.rooms.clock.now()
    asks = calls and purpose in ASKS and reader.recipient.kind is RecipientKind.VOLUNTEER
    return Item(
        shown=one,
        state=state,
        when=moment(message.at, reader.lang, reader.zone),
        at=one.at,
        window=window,
        words="" if gone else _words(purpose, state, one),
        instead=t[f"gone-{state}"] if gone else "",
        calls=calls,
        form=forms.new_token(reader.box.rooms, reader.page),
        asks_answer=asks,
        taps=duties.tapped(duty, now) if calls and own else duties.NOTHING,
        said=_said(reader, purpose, facts, case, duty) if first else "",
        steps=_steps(reader, facts) if first and asks else (),
        why=duties.why(order, facts, reader.lang, reader.zone) if calls and order else "",
        moved=(order.moved or 0) if order else 0,
        picture=_picture(reader, facts, window) if calls and own else "",
        because=because(reader.registered, message, facts, reader.lang),
    )


def _steps(reader: Reader, facts: Sequence[Recorded]) -> tuple[tuple[str, str], ...]:
    given = answer.fold(facts, reader.by.id).answer
    following = () if given is None else answer.STEPS.get(given, ())
    return tuple((one.value, PHRASES[reader.lang][one.value]) for one in following)


def _picture(reader: Reader, facts: Sequence[Recorded], window: str) -> str:
    """Return where a hub may expect them from, as it is known now."""
    at = reader.box.rooms.clock.now()
    return maps.of_hub(facts, reader.recipient.cells[0], window, reader.lang, at)


def _words(purpose: Purpose, state: str, one: MessageOut) -> str:
    """Return the text without what the page says beside it: title, window, the order to act."""
    if purpose is Purpose.CLOCK and state != "pending":
        return ""
    if purpose is Purpose.WATCH and one.text.count("\n") > 1:
        return one.text.split("\n", 2)[2]  # an order and a title stand before what was approved
    return one.text.removeprefix(one.title).strip()


def _window(reader: Reader, of: InboxMessage | WatchOrdered) -> str:
    """Return from when until when; of a live watch as it was ordered last, not as it was sent."""
    if of.window_from is None or of.window_to is None:
        return ""
    return span(of.window_from, of.window_to, reader.lang, reader.zone)


def _state(
    reader: Reader,
    purpose: Purpose,
    one: MessageOut,
    case: Case,
    duty: watch.Watch,
    *,
    first: bool,
) -> str:
    """Return how a message stands: what ends is never shown as live, nor what is out of date."""
    if purpose in ENDS:
        return ENDS[purpose]
    if purpose is Purpose.CLOCK:
        return "over" if case.status.over else "taken" if case.unit else "pending"
    if purpose is Purpose.REVIEW:
        waits = (each.version for each in case.reviews if each.verdict is None)
        return "pending" if one.version in waits else "over"
    if one.state in {"cancelled", "over", "merged"}:
        return one.state
    if not first:
        return "replaced"
    theirs = reader.recipient.kind is RecipientKind.DESK and duties.left_to_desk(duty)
    if duty.status.over and not theirs:
        return "over"
    return "pending" if one.state == "waiting" else one.state


def _said(
    reader: Reader, purpose: Purpose, facts: Sequence[Recorded], case: Case, duty: watch.Watch
) -> str:
    t = PHRASES[reader.lang]
    if purpose is Purpose.CLOCK and case.unit and not case.status.over:
        return t["taken-by"].format(unit=case.unit)
    if purpose in ASKS:
        given = answer.fold(facts, reader.by.id)
        if given.answer is None:
            return ""
        timed = given.answer is Answer.COMING and given.minutes is not None
        said = t["coming-within"] if timed else t[f"answered-{given.answer.value}"]
        return t["answered"].format(answer=said.format(minutes=given.minutes))
    if purpose is not Purpose.WATCH:
        return ""
    if reader.recipient.kind is RecipientKind.DESK:
        return duties.said_to_desk(duty, reader.lang)
    return duties.said_to_hub(duty, facts, reader.lang, reader.zone)
