"""A far side for tests and the demo: a process of its own that writes down what reached it.

It is the outside judge of "nobody missed, nobody told twice", so it believes nothing: one JSON line
a message, appended before the answer is given. ``python -m homeward.dispatch.sink --help``.
"""

import argparse
import asyncio
import base64
import json
import os
import random
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hmac import compare_digest
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from homeward.dispatch.channels.signature import signed_headers

BODY_BYTES_MAX: Final = 8 * 1024 * 1024
HEAD_BYTES_MAX: Final = 65_536
KEPT: Final = (
    *("message_id", "recipient", "purpose", "lang", "watch", "link"),
    *("window_from", "window_to"),
)
"""What is kept of a message: who was told what, and no words."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How badly a sink behaves, to all or to those under a path."""

    status: int = 200
    """Any other than 2xx: answered to all, nothing is kept."""
    retry_after_s: int | None = None
    hang: bool = False
    """Take each request and never answer."""
    fail_ratio: float = 0.0
    """So many requests are answered with an error before anything is kept ..."""
    fail_status: int = 500
    """... with this one."""
    drop_ratio: float = 0.0
    """On so many requests the connection is closed before anything is kept."""
    lose_ratio: float = 0.0
    """So many are kept and then answered 500: the sender cannot know."""
    answer_bytes_s: float = 0.0
    """So many bytes of the answer a second; 0: all at once."""

    def keeps(self) -> bool:
        """Whether a request is written down."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


@dataclass(slots=True)
class Sink:
    """Where lines go, and how it behaves."""

    out: int
    """A file descriptor opened to append."""
    secret: bytes | None = None
    """When given, each line says whether the signature was good; nothing is refused."""
    manners: Manners = field(default_factory=Manners)
    under: dict[str, Manners] = field(default_factory=dict)
    """Manners by the beginning of a path; the first that fits."""
    chance: random.Random = field(default_factory=random.Random)

    def of(self, path: str) -> Manners:
        """Return the manners for a path."""
        for begins, manners in self.under.items():
            if path.startswith(begins):
                return manners
        return self.manners

    def receive(self, path: str, headers: dict[str, str], body: bytes) -> bytes | None:
        """Keep a batch and return the answer's bytes; None: there will be none.

        No bytes: the connection is closed instead.
        """
        manners = self.of(path)
        if manners.hang:
            return None
        if manners.drop_ratio and self.chance.random() < manners.drop_ratio:
            return b""
        if manners.fail_ratio and self.chance.random() < manners.fail_ratio:
            return _answer(manners.fail_status)
        if not manners.keeps():
            return _answer(manners.status, manners.retry_after_s)
        lines = "".join([_line(one) for one in self._lines(path, headers, body)])
        os.write(self.out, lines.encode())  # one write to an O_APPEND file: never half a line
        lost = manners.lose_ratio and self.chance.random() < manners.lose_ratio
        return _answer(500 if lost else manners.status)

    def _lines(self, path: str, headers: dict[str, str], body: bytes) -> Iterator[dict[str, Any]]:
        said = json.loads(body)
        data = said["data"]
        common = {
            "alert": data["alert"],
            "version": data["version"],
            "case_code": data["case_code"],
            "drill": said["drill"],
            "path": path,
            "webhook_id": headers.get("webhook-id"),
            "signed": self._signed(headers, body),
            "received_at": datetime.now(UTC).isoformat(timespec="microseconds"),
        }
        for one in data["messages"]:
            yield {name: one.get(name) for name in KEPT} | common

    def _signed(self, headers: dict[str, str], body: bytes) -> bool | None:
        if self.secret is None:
            return None
        sent_at = datetime.fromtimestamp(int(headers.get("webhook-timestamp", "0")), UTC)
        right = signed_headers(
            self.secret, body, webhook_id=headers.get("webhook-id", ""), sent_at=sent_at
        )
        return compare_digest(right["webhook-signature"], headers.get("webhook-signature", ""))


_line_json: Final = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def _line(one: dict[str, Any]) -> str:
    return _line_json(one) + "\n"


def _answer(status: int, retry_after_s: int | None = None) -> bytes:
    after = "" if retry_after_s is None else f"retry-after: {retry_after_s}\r\n"
    return f"HTTP/1.1 {status} x\r\n{after}content-length: 0\r\n\r\n".encode("ascii")


class Desk(asyncio.Protocol):
    """One connection: requests are answered in turn, and what is no request ends it."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._got = bytearray()
        self._transport: asyncio.Transport | None = None
        self._dripping: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._dripping is not None:
            self._dripping.cancel()

    def data_received(self, data: bytes) -> None:
        self._got += data
        while self._dripping is None and self._transport is not None:
            try:
                whole = self._request()
            except (ValueError, KeyError, TypeError):
                self._transport.write(_answer(400))
                self._transport.close()
                return
            if not whole:
                return

    def _request(self) -> bool:
        """Take one request off what has come; False when it is not whole yet."""
        end = self._got.find(b"\r\n\r\n")
        if end < 0:
            if len(self._got) > HEAD_BYTES_MAX:
                raise ValueError("head")
            return False
        first, *lines = self._got[:end].decode("latin-1").split("\r\n")
        path = first.split(" ")[1]
        headers = {name.lower(): value.strip() for name, _, value in map(_parted, lines)}
        length = int(headers["content-length"])
        if length > BODY_BYTES_MAX:
            raise ValueError("body")
        after = end + 4 + length
        if len(self._got) < after:
            return False
        body = bytes(self._got[end + 4 : after])
        del self._got[:after]
        answer = self._sink.receive(path.partition("?")[0], headers, body)
        if answer == b"" and self._transport is not None:
            self._transport.close()
            return False
        if answer is not None:
            self._say(answer, self._sink.of(path).answer_bytes_s)
        return True

    def _say(self, answer: bytes, bytes_s: float) -> None:
        assert self._transport is not None
        if bytes_s:
            self._dripping = asyncio.create_task(self._drip(answer, bytes_s))
        else:
            self._transport.write(answer)

    async def _drip(self, answer: bytes, bytes_s: float) -> None:
        for one in answer:
            await asyncio.sleep(1 / bytes_s)
            if self._transport is not None:
                self._transport.write(bytes([one]))
        self._dripping = None
        self.data_received(b"")


def _parted(line: str) -> tuple[str, str, str]:
    return line.partition(":")


def _read(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="homeward.dispatch.sink", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="file that lines are appended to")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: the kernel chooses; it is printed")
    parser.add_argument("--secret-file", type=Path, help="whsec_...: say whether each was signed")
    parser.add_argument("--status", type=int, default=200, help="answer this to everybody")
    parser.add_argument("--retry-after-s", type=int, help="with --status 429 or 503")
    parser.add_argument("--hang", action="store_true", help="never answer")
    parser.add_argument("--fail-ratio", type=float, default=0.0, help="an error, nothing kept")
    parser.add_argument("--fail-status", type=int, default=500, help="with --fail-ratio")
    parser.add_argument("--drop-ratio", type=float, default=0.0, help="hung up, nothing kept")
    parser.add_argument("--lose-ratio", type=float, default=0.0, help="kept, then 500")
    parser.add_argument("--answer-bytes-s", type=float, default=0.0, help="drip the answer")
    parser.add_argument(
        "--under",
        action="append",
        default=[],
        metavar="PATH:NAME=VALUE[,...]",
        help="other manners for paths that begin so: /bad:status=429,retry_after_s=2; "
        "hang=1, fail_ratio=0.5, drop_ratio=0.5, lose_ratio=0.5, answer_bytes_s=1",
    )
    parser.add_argument("--seed", type=int, default=0, help="of the faults")
    return parser.parse_args(argv)


KINDS: Final = {"status": int, "retry_after_s": int, "hang": bool, "fail_status": int}
"""Of what is said of manners; the others are shares and rates."""


def manners_under(text: str) -> tuple[str, Manners]:
    """Return a path and its manners, from ``/path:name=value,name=value``."""
    path, _, said = text.partition(":")
    manners = Manners()
    for one in said.split(","):
        name, _, value = one.partition("=")
        kind = KINDS.get(name, float)
        manners = replace(manners, **{name: kind(value)})
    return path, manners


def _secret(file: Path | None) -> bytes | None:
    if file is None:
        return None
    return base64.b64decode(file.read_text().strip().removeprefix("whsec_"))


async def serve(args: argparse.Namespace) -> None:
    """Listen until SIGTERM or SIGINT; the first line of stdout says where."""
    sink = Sink(
        out=os.open(args.out, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
        secret=_secret(args.secret_file),
        manners=Manners(
            args.status,
            args.retry_after_s,
            args.hang,
            fail_ratio=args.fail_ratio,
            fail_status=args.fail_status,
            drop_ratio=args.drop_ratio,
            lose_ratio=args.lose_ratio,
            answer_bytes_s=args.answer_bytes_s,
        ),
        under=dict(manners_under(one) for one in args.under),
        chance=random.Random(args.seed),  # noqa: S311 -- faults that can be repeated
    )
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    server = await loop.create_server(lambda: Desk(sink), args.host, args.port, backlog=1_024)
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop.set)
    host, port = server.sockets[0].getsockname()[:2]
    sys.stdout.write(
        json.dumps({"url": f"http://{host}:{port}/", "endpoint": f"{host}:{port}"}) + "\n"
    )
    sys.stdout.flush()
    await stop.wait()
    server.close()
    os.close(sink.out)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the sink."""
    asyncio.run(serve(_read(argv)))


if __name__ == "__main__":
    main()
