"""The words of a message: those that a person drafted, or the house's own for what is routine."""

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from pydantic import TypeAdapter

from homeward.case.approved import SAY_SO, is_approved
from homeward.dispatch.knobs import Knobs
from homeward.facts.ringzero import RingZeroAsked
from homeward.formats import texts as forms
from homeward.formats.wordings import Wordings
from homeward.hosts.opening import open_fields
from homeward.ports import Log, SubjectKeys
from homeward.record.envelope import Row, read
from homeward.record.sealing import CannotOpen
from homeward.words import AgeBand, Category, Purpose, Sex, Texts, Worded, Wording, case_code

DRAFTED: Final[Mapping[Purpose, str]] = {
    Purpose.ALERT: "texts",
    Purpose.WATCH: "texts",
    Purpose.ASK: "texts",
    Purpose.CANCEL: "retraction",
    Purpose.CLOSE_OUT: "texts",
}
"""Where the words of a purpose stand; what is not listed has the house's own words."""
UNVERIFIED: Final = str(RingZeroAsked.model_fields["kind"].default)
TEXTS: Final = TypeAdapter(tuple[Texts, ...])
WORDED: Final = TypeAdapter(tuple[Worded, ...])
FIELDS: Final = frozenset({"texts", "retraction", "worded", "worded_suspect"})


class WordsFor(Protocol):
    """What is said to whom in which language."""

    async def words(
        self, texts_of: str, purpose: Purpose, lang: str, wording: Wording = Wording.PUBLIC
    ) -> Texts:
        """Return the words that those read; in another language when there are none in this one.

        Raises LookupError when there are none at all (unknown, erased, altered), LogUnavailable.
        """
        ...


@dataclass(slots=True)
class _Opened:
    """A fact whose words are sent, opened for a moment."""

    until: float
    case: str
    code: str
    version: int
    fields: Mapping[str, str]
    approved: bool = False
    """A second person stands behind it; what is not true yet is looked up each time."""
    drafted: Wordings | None = None
    """The texts of a draft, once they were asked for."""


class SealedWords:
    """`WordsFor` over the log: opens the texts of a draft or a close-out.

    Of a draft those of who reads them, and with what is known of a suspect from the moment on that
    a second person's approval is in the log.
    """

    def __init__(
        self,
        log: Log,
        keys: SubjectKeys,
        *,
        authority: str,
        drill: bool,
        knobs: Knobs | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._log, self._keys = log, keys
        self._authority, self._drill = authority, drill
        self._knobs, self._monotonic = knobs or Knobs(), monotonic
        self._kept: OrderedDict[str, _Opened] = OrderedDict()

    def expect(self, texts_of: str) -> None:
        """Begin to open a fact's words: they are wanted in a moment."""
        opening = asyncio.create_task(self._opened(texts_of))
        opening.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def words(
        self, texts_of: str, purpose: Purpose, lang: str, wording: Wording = Wording.PUBLIC
    ) -> Texts:
        """Return the words of a fact for a purpose; what ends always has some."""
        opened = await self._opened(texts_of)
        drafted = await self._drafted(opened, texts_of, purpose, wording)
        if drafted and purpose is Purpose.WATCH:
            # Code and window stand beside the words: each channel shows them in its own way.
            drafted = forms.watch(drafted, self._frame("", opened.version))
        if drafted and purpose is Purpose.ASK:
            drafted = forms.ask(drafted, self._frame(opened.code, opened.version))
        said = drafted or self._routine(opened, purpose)
        if not said:
            raise LookupError(purpose.value)
        return forms.choose(said, lang)

    async def drafted(
        self, texts_of: str, purpose: Purpose, lang: str, wording: Wording = Wording.PUBLIC
    ) -> Texts:
        """Return only what a person drafted, for a page that frames it in its own way.

        Raises LookupError when nobody drafted any, or it was erased.
        """
        said = await self._drafted(await self._opened(texts_of), texts_of, purpose, wording)
        if not said:
            raise LookupError(purpose.value)
        return forms.choose(said, lang)

    async def _drafted(
        self, opened: _Opened, texts_of: str, purpose: Purpose, wording: Wording
    ) -> tuple[Texts, ...]:
        """Return what a person drafted for those; nothing when that was erased, or nobody did."""
        field, fields = DRAFTED.get(purpose, ""), opened.fields
        text = fields.get(field)
        if text is None:
            return ()
        worded, suspect = fields.get("worded"), fields.get("worded_suspect")
        if field != "texts" or worded is None:
            return TEXTS.validate_json(text)
        if suspect is not None and not opened.approved:
            rows = await self._log.key_rows(opened.case, kinds=SAY_SO)
            opened.approved = is_approved(map(read, rows), texts_of)
        if opened.drafted is None:
            opened.drafted = Wordings(
                TEXTS.validate_json(text),
                WORDED.validate_json(worded),
                None if suspect is None else WORDED.validate_json(suspect),
            )
        return opened.drafted.read_by(wording, approved=opened.approved)

    def _routine(self, opened: _Opened, purpose: Purpose) -> tuple[Texts, ...]:
        frame = self._frame(opened.code, opened.version)
        match purpose:
            case Purpose.STAND_DOWN:
                return forms.stand_down(frame)
            case Purpose.ASK_OVER:
                return forms.ask_over(frame)
            case Purpose.CLOCK:
                return forms.report_waits(frame)
            case Purpose.REVIEW:
                return forms.review(frame)
            case Purpose.CANCEL:
                return forms.retraction(frame)
            case Purpose.CLOSE_OUT:
                return forms.close_out(frame)
            case Purpose.JOINED:
                return forms.joined(frame)
            case Purpose.PARTED:
                return forms.parted(frame)
        return ()

    def _frame(self, code: str, version: int) -> forms.Frame:
        return forms.Frame(code, version, self._authority, self._drill)

    async def _opened(self, texts_of: str) -> _Opened:
        """Return a fact's words, from memory when they were opened a moment ago."""
        kept = self._kept.get(texts_of)
        if kept is not None and kept.until > self._monotonic():
            self._kept.move_to_end(texts_of)
            return kept
        row = await self._log.by_id(texts_of)
        if row is None:
            raise LookupError(texts_of)
        body: dict[str, Any] = json.loads(row.envelope)
        self._kept[texts_of] = opened = _Opened(
            until=self._monotonic() + self._knobs.words_kept_s,
            case=row.key,
            # Of two cases that became one, the code is that of the one that goes on.
            code=case_code(body["pub"].get("into") or row.key),
            version=body["pub"].get("version") or 1,
            fields=self._unverified(row.key, body) or await self._fields(row, texts_of),
        )
        self._kept.move_to_end(texts_of)
        while len(self._kept) > self._knobs.words_kept:
            self._kept.popitem(last=False)
        return opened

    def _unverified(self, case: str, body: Mapping[str, Any]) -> Mapping[str, str]:
        """Return the words of a report that nobody verified: made here, of nothing typed."""
        if body["kind"] != UNVERIFIED:
            return {}
        said = RingZeroAsked.model_validate({**body["pub"], "case": case})
        moments = said.last_seen_at, said.expires_at
        frame = self._frame(case_code(case), 0)
        about = Category(said.category), AgeBand(said.age_band), Sex(said.sex)
        others = tuple((one.age_band, one.sex) for one in said.others or ())
        made = forms.unverified(frame, *about, moments, others)
        return {"texts": TEXTS.dump_json(made).decode()}

    async def _fields(self, row: Row, texts_of: str) -> Mapping[str, str]:
        try:
            found = await open_fields(self._log, self._keys, [row], FIELDS)
        except CannotOpen:
            return {}  # altered: never sent, and what ends is said in the house's own words
        return found.get(texts_of, {})
