"""A recipient's messages: listed, streamed, and in words that the page shows, too."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from homeward.case import LAPSED, Case, fold
from homeward.case.persons import missing
from homeward.codec import KINDS
from homeward.dispatch.words import SealedWords
from homeward.facts.watch import ClockLapsed
from homeward.formats import texts
from homeward.formats.catalogues import LANGS, MESSAGES, kindred
from homeward.formats.wordings import wording_of
from homeward.http.alerts import frame
from homeward.http.arrivals import Arrivals
from homeward.http.asking import Limit
from homeward.http.auth import Caller, InRooms, Open, guarded, of_recipient
from homeward.http.authorisation import Action
from homeward.http.events import EVENT_STREAM, Event, last_seen, rings, streamed
from homeward.http.problems import LinkUnknown
from homeward.http.rooms import Rooms
from homeward.http.strict import StrictRoute
from homeward.messages import Actor
from homeward.ports import InboxMessage, Recipient, Registered
from homeward.record.envelope import read
from homeward.words import Purpose, RecipientId, Sex, Texts, Wording, case_code, instant_text

router = APIRouter(prefix="/v1", tags=["inbox"], route_class=StrictRoute)
CASE_KINDS: Final = frozenset({LAPSED, *(one for one in KINDS if one.startswith("case."))})


class MessageOut(BaseModel):
    """One message, in the recipient's language."""

    seq: int
    message: str
    case: str
    code: str
    purpose: str
    alert: int
    version: int
    watch: str | None
    window_from: str | None
    window_to: str | None
    at: str
    state: str
    lang: str
    title: str
    text: str


class MessageList(BaseModel):
    """Messages, oldest first."""

    items: list[MessageOut]
    next: int


@dataclass(frozen=True, slots=True)
class Letterbox:
    """Puts messages into words."""

    rooms: Rooms
    sealed: SealedWords

    @classmethod
    def of(cls, rooms: Rooms) -> "Letterbox":
        """Return the letterbox of a world."""
        sealed = SealedWords(
            rooms.log,
            rooms.desk.keys,
            authority=rooms.settings.authority,
            drill=rooms.world != "live",
        )
        return cls(rooms, sealed)

    async def cases(self, messages: list[InboxMessage]) -> dict[str, Case]:
        """Return the state of each case that messages are about."""
        return {
            case: fold([read(row) for row in await self.rooms.log.key_rows(case, kinds=CASE_KINDS)])
            for case in dict.fromkeys(one.case for one in messages)
        }

    async def shown(
        self,
        messages: list[InboxMessage],
        to: Recipient | None,
        lang: str,
        cases: Mapping[str, Case] | None = None,
    ) -> list[MessageOut]:
        """Return messages as a recipient reads them, by what they are now; None: as the public.

        Who has read their cases already hands them in.
        """
        if cases is None:
            cases = await self.cases(messages)
        reads = wording_of(to.kind, to.tier, to.level) if to else Wording.PUBLIC
        return [await self._shown(one, cases[one.case], lang, reads) for one in messages]

    async def _shown(self, one: InboxMessage, case: Case, lang: str, reads: Wording) -> MessageOut:
        said = await self._words(one, case, lang, reads)
        return MessageOut(
            seq=one.seq,
            message=one.message_id,
            case=one.case,
            code=case_code(one.case),
            purpose=one.purpose,
            alert=one.alert,
            version=one.version,
            watch=one.watch,
            window_from=_text(one.window_from),
            window_to=_text(one.window_to),
            at=instant_text(one.at),
            state=self.state(case),
            lang=said.lang,
            title=said.title,
            text=said.full,
        )

    def state(self, case: Case) -> str:
        """Return how the alert of a case stands, on every surface the same (I-27)."""
        if case.alert is not None and case.alert.closed:
            return case.alert.closed  # also of a case that was opened again, until it tells anew
        if case.status.over:
            return "over"
        if case.alert is None:
            until = case.ring_zero
            past = until is not None and (case.held or self.rooms.clock.now() >= until)
            return "expired" if past and case.unverified else "waiting"
        return "live" if case.live(self.rooms.clock.now()) else "expired"

    async def _words(self, one: InboxMessage, case: Case, lang: str, reads: Wording) -> Texts:
        head = frame(self.rooms, one.case, one.version)
        purpose = Purpose(one.purpose)
        try:
            if purpose is Purpose.CLOCK:
                return await self._clock(one, case, head, lang)
            if purpose is Purpose.WATCH and one.window_from and one.window_to:
                drafted = await self.sealed.drafted(one.texts_of, purpose, lang, reads)
                [words] = texts.watch([drafted], head, (one.window_from, one.window_to))
                return words
            return await self.sealed.words(_newest_of(one, case, purpose), purpose, lang, reads)
        except LookupError:
            return _gone(head.code, kindred(lang) or LANGS[0])

    async def _clock(self, one: InboxMessage, case: Case, head: texts.Frame, lang: str) -> Texts:
        row = await self.rooms.log.by_id(one.texts_of)
        fact = read(row).fact if row else None
        level, waiting_s = 0, 0
        if isinstance(fact, ClockLapsed):
            level, waiting_s = fact.level, fact.waiting_s
        sex, *others = [one.sex for one in missing(case)] or [Sex.UNKNOWN]
        said = texts.clock(head, case.category, sex, None, level, waiting_s, others)
        return texts.choose(said, lang)


def _newest_of(one: InboxMessage, case: Case, purpose: Purpose) -> str:
    """Return whose words are shown: of an alert's version the newest that is not told again."""
    out = case.alert
    if out is None or purpose is not Purpose.ALERT or one.alert != out.number:
        return one.texts_of
    return out.draft if out.same_since <= one.version < out.version else one.texts_of


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else instant_text(moment)


def _gone(code: str, lang: str) -> Texts:
    """Return what stands where words were erased."""
    gone = MESSAGES[lang]["gone"]
    return Texts(lang=lang, title=code, short=gone, medium=gone, full=gone)


def letterbox(request: Request) -> Letterbox:
    """Return the letterbox that the application was made with."""
    found = request.app.state.letterbox
    assert isinstance(found, Letterbox)
    return found


InLetterbox = Annotated[Letterbox, Depends(letterbox)]


async def recipient_of(
    recipient: Annotated[RecipientId, Path()],
    token: Annotated[str, Path(max_length=100)],
    rooms: InRooms,
) -> tuple[Actor, Registered]:
    """Return whose page it is. Raises LinkUnknown."""
    by = await of_recipient(rooms, recipient, token)
    found = await rooms.roster.get(recipient)
    if by is None or found is None:
        raise LinkUnknown
    return by, found


ByLink = Annotated[tuple[Actor, Registered], Depends(recipient_of)]
LINK: Final = [Depends(Open("the token in the path opens one recipient's inbox"))]
Since = Annotated[int, Query(ge=0, le=2**53, description="`next` of the answer before.")]


async def _list(box: Letterbox, recipient: str, since: int, limit: int) -> MessageList:
    found = list(await box.rooms.inbox.since(recipient, since, limit))
    known = await box.rooms.roster.get(recipient)
    to = known.recipient if known else None
    items = await box.shown(found, to, to.lang if to else "zh-Hans")
    return MessageList(items=items, next=found[-1].seq if found else since)


@router.get("/messages")
async def own(
    box: InLetterbox,
    caller: Annotated[Caller, Depends(guarded(Action.INBOX))],
    since: Since = 0,
    limit: Limit = 50,
) -> MessageList:
    """List one's own messages, oldest first."""
    return await _list(box, caller.by.id, since, limit)


# FAST003: what stands in the path is read by the dependency `recipient_of`.
@router.get("/inbox/{recipient}/{token}/messages", dependencies=LINK)  # noqa: FAST003 -- LINK
async def by_link(
    box: InLetterbox, who: ByLink, since: Since = 0, limit: Limit = 50
) -> MessageList:
    """List the messages that a link opens, oldest first."""
    return await _list(box, who[0].id, since, limit)


@router.get(
    "/inbox/{recipient}/{token}/events",  # noqa: FAST003 -- LINK reads both
    dependencies=LINK,
    response_class=StreamingResponse,
    responses=EVENT_STREAM,
)
async def events(
    request: Request,
    box: InLetterbox,
    who: ByLink,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Stream the messages that a link opens."""
    after = max(last_seen(last_event_id), 0)
    arrivals = request.app.state.arrivals
    assert isinstance(arrivals, Arrivals)
    lines = _events(box, arrivals, who[1].recipient, after)
    return streamed(box.rooms, request.app.state.streams, lines)


async def _events(
    box: Letterbox, arrivals: Arrivals, opened: Recipient, after: int
) -> AsyncGenerator[Event | str | None, None]:
    recipient = opened.id
    async with arrivals.of(recipient) as mailbox:
        first = True  # nobody may have asked for this recipient's newest yet
        while True:
            rung = mailbox.rung
            if first or mailbox.newest > after:
                found = list(await box.rooms.inbox.since(recipient, after))
                known = await box.rooms.roster.get(recipient) if found else None
                to = known.recipient if known else None  # their tier may have changed meanwhile
                for one in await box.shown(found, to, opened.lang):
                    says: dict[str, Any] = one.model_dump()
                    yield Event(one.seq, "message", says)
                first = bool(found)
                after = found[-1].seq if found else max(after, mailbox.newest)
            elif not await rings(rung, box.rooms.settings.stream_beat_s):
                yield None
