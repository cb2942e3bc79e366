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
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hmac import compare_digest
from pathlib import Path
from typing import Any

from aiohttp import web

from homeward.dispatch.channels.signature import signed_headers

BODY_BYTES_MAX = 8 * 1024 * 1024


@dataclass(slots=True)
class Sink:
    """Where lines go, and how badly it behaves."""

    out: int
    """A file descriptor opened to append."""
    secret: bytes | None = None
    """When given, each line says whether the signature was good; nothing is refused."""
    status: int = 200
    """Any other than 2xx: answered to all, nothing is kept."""
    retry_after_s: int | None = None
    hang: bool = False
    """Take each request and never answer."""
    fail_ratio: float = 0.0
    """So many requests are answered 500 before anything is kept."""
    lose_ratio: float = 0.0
    """So many are kept and then answered 500: the sender cannot know."""
    chance: random.Random = field(default_factory=random.Random)

    async def receive(self, request: web.Request) -> web.Response:
        """Keep a batch and answer, or misbehave as told."""
        body = await request.read()
        if self.hang:
            await asyncio.Event().wait()
        if self.chance.random() < self.fail_ratio:
            return web.Response(status=500)
        if not self._accepts():
            after = {} if self.retry_after_s is None else {"retry-after": str(self.retry_after_s)}
            return web.Response(status=self.status, headers=after)
        lines = "".join(
            json.dumps(one, ensure_ascii=False) + "\n" for one in self._lines(request, body)
        )
        os.write(self.out, lines.encode())  # one write to an O_APPEND file: never half a line
        lost = self.chance.random() < self.lose_ratio
        return web.Response(status=500 if lost else self.status)

    def _accepts(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 -- HTTP's own bounds

    def _lines(self, request: web.Request, body: bytes) -> Iterator[dict[str, Any]]:
        said = json.loads(body)
        data = said["data"]
        common = {
            "alert": data["alert"],
            "version": data["version"],
            "case_code": data["case_code"],
            "drill": said["drill"],
            "path": request.path,
            "webhook_id": request.headers.get("webhook-id"),
            "signed": self._signed(request, body),
            "received_at": datetime.now(UTC).isoformat(timespec="microseconds"),
        }
        for one in data["messages"]:
            names = ("message_id", "recipient", "purpose", "lang", "watch", "link")
            yield {name: one.get(name) for name in names} | common

    def _signed(self, request: web.Request, body: bytes) -> bool | None:
        if self.secret is None:
            return None
        said = request.headers
        sent_at = datetime.fromtimestamp(int(said.get("webhook-timestamp", "0")), UTC)
        right = signed_headers(
            self.secret, body, webhook_id=said.get("webhook-id", ""), sent_at=sent_at
        )
        return compare_digest(right["webhook-signature"], said.get("webhook-signature", ""))


def _read(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="homeward.dispatch.sink", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="file that lines are appended to")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: the kernel chooses; it is printed")
    parser.add_argument("--secret-file", type=Path, help="whsec_...: say whether each was signed")
    parser.add_argument("--status", type=int, default=200, help="answer this to everybody")
    parser.add_argument("--retry-after-s", type=int, help="with --status 429 or 503")
    parser.add_argument("--hang", action="store_true", help="never answer")
    parser.add_argument("--fail-ratio", type=float, default=0.0, help="500, nothing kept")
    parser.add_argument("--lose-ratio", type=float, default=0.0, help="kept, then 500")
    parser.add_argument("--seed", type=int, default=0, help="of the faults")
    return parser.parse_args(argv)


def _secret(file: Path | None) -> bytes | None:
    if file is None:
        return None
    return base64.b64decode(file.read_text().strip().removeprefix("whsec_"))


async def serve(args: argparse.Namespace) -> None:
    """Listen until SIGTERM or SIGINT; the first line of stdout says where."""
    sink = Sink(
        out=os.open(args.out, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
        secret=_secret(args.secret_file),
        status=args.status,
        retry_after_s=args.retry_after_s,
        hang=args.hang,
        fail_ratio=args.fail_ratio,
        lose_ratio=args.lose_ratio,
        chance=random.Random(args.seed),  # noqa: S311 -- faults that can be repeated
    )
    app = web.Application(client_max_size=BODY_BYTES_MAX)
    app.router.add_post("/{path:.*}", sink.receive)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, args.host, args.port)
    await site.start()
    stop = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    host, port = runner.addresses[0][:2]
    sys.stdout.write(
        json.dumps({"url": f"http://{host}:{port}/", "endpoint": f"{host}:{port}"}) + "\n"
    )
    sys.stdout.flush()
    try:
        await stop.wait()
    finally:
        await runner.cleanup()
        os.close(sink.out)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the sink."""
    asyncio.run(serve(_read(argv)))


if __name__ == "__main__":
    main()
