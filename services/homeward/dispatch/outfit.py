"""What a hand-over works with, and the message it makes of a recipient and a chunk."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from homeward.dispatch.knobs import Knobs
from homeward.dispatch.line import Line
from homeward.dispatch.outcomes import Addressed
from homeward.dispatch.turnstile import Turnstile
from homeward.dispatch.words import WordsFor
from homeward.fanout.message_id import message_ids
from homeward.ports import Chunk, Clock, Ledger, Log, Meter, Outgoing, Roster
from homeward.words import Texts, case_code


@dataclass(frozen=True, slots=True)
class Outfit:
    """What every hand-over of one sender works with."""

    log: Log
    ledger: Ledger
    roster: Roster
    words: WordsFor
    link: Callable[[str], str]
    """From a recipient to their page."""
    lines: Mapping[str, Line]
    clock: Clock
    meter: Meter
    knobs: Knobs
    drill: bool
    chance: Callable[[], float]
    """In [0, 1)."""
    may_wait: Callable[[], bool]
    """Whether there is room to wait for a full channel."""
    stir: Callable[[], None]
    """A hand-over waits now: its sender may take another chunk."""
    reading: Turnstile = field(default_factory=Turnstile)

    def messages(
        self, chunk: Chunk, worded: Iterable[tuple[Addressed, Texts]]
    ) -> list[tuple[Addressed, Outgoing]]:
        """Return a batch's messages; their ids are the same whoever makes them, and how often."""
        code, now, purpose = case_code(chunk.case), self.clock.now(), chunk.purpose.value
        name = message_ids(
            self.log.origin,
            case=chunk.case,
            alert=chunk.alert,
            version=chunk.version,
            purpose=chunk.purpose,
            watch=chunk.watch,
            contact=chunk.contact,
            moved=chunk.moved,
        )
        link, drill = self.link, self.drill
        return [
            (
                one,
                Outgoing(
                    message_id=name(one.listener.id),
                    recipient=one.listener.id,
                    address=one.way.address,
                    purpose=purpose,
                    case=chunk.case,
                    case_code=code,
                    alert=chunk.alert,
                    version=chunk.version,
                    texts_of=chunk.texts_of,
                    lang=texts.lang,
                    title=texts.title,
                    short=texts.short,
                    full=texts.full,
                    link=link(one.listener.id),
                    sent_at=now,
                    expires_at=chunk.expires_at,
                    watch=chunk.watch,
                    window_from=chunk.window_from,
                    window_to=chunk.window_to,
                    drill=drill,
                ),
            )
            for one, texts in worded
        ]
