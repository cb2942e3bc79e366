"""Reading an HTTP/1.1 answer as it comes: the status, what a retry needs, a short body.

httptools (llhttp) says what an answer is; here is what is made of it, and how much is read.
"""

from dataclasses import dataclass
from typing import Final

import httptools

HEAD_BYTES_MAX: Final = 32_768
"""Also of all interim answers together."""
BODY_BYTES_MAX: Final = 65_536
VERSIONS: Final = frozenset({"1.0", "1.1"})
OK: Final = 200
REDIRECT: Final = 300
GO_ON: Final = 100
UPGRADE: Final = 101
STATUS_MAX: Final = 599
BODILESS: Final = frozenset({204, 304})
"""Plain numbers: members of an enum would be looked up nine times an answer."""
DIGITS_MAX: Final = 12


class AnswerBroken(ValueError):
    """What came is no HTTP/1.1 answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a far side said."""

    status: int
    retry_after: str | None
    body: bytes | None
    """None: too long, broken off, or of a status whose words are not read."""


class Reading:
    """Takes an answer's bytes; says when it is whole."""

    def __init__(self) -> None:
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)
        self._fed, self._status = 0, 0
        self._retry_after: bytes | None = None
        self._length: int | None = None
        self._coding: bytes | None = None
        self._body = bytearray()
        self._whole = self._more = False
        self._broken = ""
        self.reusable = False
        """It ended where it said it would, and the connection goes on."""

    def take(self, data: bytes) -> Answer | None:
        """Add bytes; return the answer once it is whole. Raises AnswerBroken."""
        room = max(0, HEAD_BYTES_MAX - self._fed)
        for some in (data[:room], data[room:]):  # with the first the head is there, or too long
            if some:
                self._feed(some)
        if not self._status:
            return None
        if not OK <= self._status < REDIRECT:
            # Whatever else it says is not read; if it is all here, nothing else will come.
            return self._answer(None)
        if self._too_long():
            self._whole = False
            return self._answer(None)
        return self._answer(bytes(self._body)) if self._whole else None

    def ended(self) -> Answer | None:
        """Return what is known when nothing more comes; None: not even the status.

        A status of success stands without the rest of its body.
        """
        if not self._status:
            return None
        success = OK <= self._status < REDIRECT
        to_the_end = success and self._length is None and self._coding is None
        self._whole = False
        return self._answer(bytes(self._body) if to_the_end else None)

    def on_message_begin(self) -> None:
        """As httptools: an answer begins; behind a whole one there should be none."""
        self._more = self._whole

    def on_header(self, name: bytes, value: bytes) -> None:
        """As httptools: a header, or a trailer of what came in chunks."""
        if self._whole or self._status:
            self._more = True
            return
        match name.lower():
            case b"retry-after":
                self._retry_after = value
            case b"content-length":
                self._length = int(value) if len(value) <= DIGITS_MAX else BODY_BYTES_MAX + 1
            case b"transfer-encoding":
                self._coding = value

    def on_headers_complete(self) -> None:
        """As httptools: the head is whole; an interim one says nothing of the answer."""
        assert self._parser is not None
        status = self._parser.get_status_code()
        if self._more:
            return
        if self._parser.get_http_version() not in VERSIONS or status > STATUS_MAX:
            self._broken = "status"
        elif self._coding is not None and self._coding.lower() != b"chunked":
            self._broken = "coding"
        elif status >= OK:
            self._status = status
        elif status < GO_ON or status == UPGRADE:
            self._broken = "status"
        else:
            self._retry_after = self._length = self._coding = None

    def on_body(self, body: bytes) -> None:
        """As httptools: some of the body."""
        if not self._more and len(self._body) <= BODY_BYTES_MAX:
            self._body += body

    def on_message_complete(self) -> None:
        """As httptools: the answer is whole."""
        assert self._parser is not None
        if not self._status or self._more:
            return  # an interim one, or one that nobody asked for
        self._whole = True
        # A length where there can be no body: who knows what comes next.
        odd = self._status in BODILESS and (self._coding is not None or self._length)
        last = self._parser.get_http_version() == "1.0"
        self.reusable = self._parser.should_keep_alive() and not (last or odd)

    def _feed(self, data: bytes) -> None:
        if self._parser is None:
            raise AnswerBroken("more")
        self._fed += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            if not self._whole:
                raise AnswerBroken(type(error).__name__) from None
            self._more = True  # an answer, and behind it something that is none
        if self._broken:
            raise AnswerBroken(self._broken)
        if not self._status and self._fed >= HEAD_BYTES_MAX:
            raise AnswerBroken("head")

    def _too_long(self) -> bool:
        return (
            len(self._body) > BODY_BYTES_MAX
            or (self._length or 0) > BODY_BYTES_MAX
            or self._fed > HEAD_BYTES_MAX + BODY_BYTES_MAX  # in chunks of one byte each
        )

    def _answer(self, body: bytes | None) -> Answer:
        self.reusable = self.reusable and self._whole and not self._more
        self._parser = None  # it holds this object: without the other half nobody has to find both
        after = self._retry_after
        return Answer(self._status, None if after is None else after.decode("latin-1"), body)
