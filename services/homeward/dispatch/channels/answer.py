"""Reading an HTTP/1.1 answer as it comes: the status, what a retry needs, a short body."""

import re
from dataclasses import dataclass
from typing import Final

HEAD_BYTES_MAX: Final = 32_768
BODY_BYTES_MAX: Final = 65_536
STATUS: Final = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9][0-9])(?: [^\r\n]*)?\Z")
SIZE: Final = re.compile(rb"[0-9A-Fa-f]{1,8}\Z")
OK: Final = 200
REDIRECT: Final = 300
UPGRADE: Final = 101
BODILESS: Final = frozenset({204, 304})
"""Plain numbers: members of an enum would be looked up nine times an answer."""
LENGTH: Final = re.compile(rb"[0-9]{1,12}\Z")


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
        self._got = bytearray()
        self._status = 0
        self._headers: dict[bytes, bytes] = {}
        self._length: int | None = None
        self._chunked = False
        self._at, self._unwrapped = 0, bytearray()
        """Where the next chunk begins, and what those before it held."""
        self.reusable = False
        """It ended where it said it would, and the connection goes on."""

    def take(self, data: bytes) -> Answer | None:
        """Add bytes; return the answer once it is whole. Raises AnswerBroken."""
        self._got += data
        while not self._status:
            end = self._got.find(b"\r\n\r\n")
            if end > HEAD_BYTES_MAX or (end < 0 and len(self._got) > HEAD_BYTES_MAX):
                raise AnswerBroken("head")
            if end < 0:
                return None
            self._head(bytes(self._got[:end]))
            del self._got[: end + 4]
        return self._body()

    def ended(self) -> Answer | None:
        """Return what is known when nothing more comes; None: not even the status.

        A status of success stands without the rest of its body.
        """
        self.reusable = False
        if not self._status:
            return None
        to_the_end = self._length is None and not self._chunked
        return self._answer(bytes(self._got) if to_the_end else None)

    def _head(self, head: bytes) -> None:
        first, *lines = head.split(b"\r\n")
        said = STATUS.match(first)
        if said is None:
            raise AnswerBroken("status")
        status = int(said[2])
        if status < OK:  # an interim answer: the real one follows
            if status == UPGRADE:
                raise AnswerBroken("upgrade")
            return
        for line in lines:
            name, colon, value = line.partition(b":")
            if not colon or not name or name != name.strip():
                raise AnswerBroken("header")
            key, value = name.lower(), value.strip()
            if key == b"content-length" and self._headers.get(key, value) != value:
                raise AnswerBroken("length")
            self._headers[key] = value
        self._status = status
        self._framed(last_of_http=said[1] == b"0")

    def _framed(self, *, last_of_http: bool) -> None:
        coding = self._headers.get(b"transfer-encoding")
        length = self._headers.get(b"content-length")
        if self._status in BODILESS:
            self._length = 0
        elif coding is not None:
            if coding.lower() != b"chunked":
                raise AnswerBroken("coding")
            self._chunked = True
        elif length is not None:
            if not LENGTH.match(length):
                raise AnswerBroken("length")
            self._length = int(length)
        closes = b"close" in self._headers.get(b"connection", b"").lower()
        # Two lengths, or one where there can be no body: who knows what comes next.
        twofold = coding is not None and length is not None
        odd = self._status in BODILESS and (coding is not None or length not in {None, b"0"})
        self.reusable = not (closes or last_of_http or twofold or odd)

    def _body(self) -> Answer | None:
        if not OK <= self._status < REDIRECT:
            # Whatever else it says is not read; if it is all here, nothing else will come.
            self.reusable = self.reusable and len(self._got) == self._length
            return self._answer(None)
        if len(self._got) > BODY_BYTES_MAX or (self._length or 0) > BODY_BYTES_MAX:
            self.reusable = False
            return self._answer(None)
        if self._chunked:
            return self._unchunked()
        if self._length is None or len(self._got) < self._length:
            return None
        self.reusable = self.reusable and len(self._got) == self._length
        return self._answer(bytes(self._got[: self._length]))

    def _unchunked(self) -> Answer | None:
        """Return the answer when its last chunk is there; trailers end the connection.

        Goes on where it stopped: chunks of one byte each must not be read over and over.
        """
        while True:
            end = self._got.find(b"\r\n", self._at)
            if end < 0:
                return None
            size_text = bytes(self._got[self._at : end]).partition(b";")[0].strip()
            if not SIZE.match(size_text):
                raise AnswerBroken("chunk")
            size, at = int(size_text, 16), end + 2
            if size == 0:
                if len(self._got) < at + 2:
                    return None
                self.reusable = self.reusable and bytes(self._got[at:]) == b"\r\n"
                return self._answer(bytes(self._unwrapped))
            if len(self._got) < at + size + 2:
                return None
            if self._got[at + size : at + size + 2] != b"\r\n":
                raise AnswerBroken("chunk")
            self._unwrapped += self._got[at : at + size]
            self._at = at + size + 2

    def _answer(self, body: bytes | None) -> Answer:
        after = self._headers.get(b"retry-after")
        return Answer(self._status, None if after is None else after.decode("latin-1"), body)
