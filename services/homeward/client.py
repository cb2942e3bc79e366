"""HTTP to a running server, as command line and demo speak it: public routes only."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, TypeAlias

import aiohttp

TIMEOUT_S: Final = 60
AWAY_TRIES: Final = 10
"""Tries while the store is away (503): the server says when to come again."""
AGAIN_S: Final = 0.5
"""Before a live feed that ended is asked for again."""
BROKEN: Final = (aiohttp.ServerDisconnectedError, aiohttp.ClientConnectionResetError)
BROKEN_TRIES: Final = 10
"""Connections that were kept may have been closed by the far side as we asked, all of them when our
own loop stood still; a request under an Idempotency-Key can be asked again."""
LINE_BYTES_MAX: Final = 1 << 20
"""Of a live feed: a fact's public part is at most 32 KB."""


Content: TypeAlias = dict[str, Any]
"""A JSON object, as the API's page describes it."""
Said: TypeAlias = str | float | None
"""A query's value; None leaves it out."""


class Trouble(Exception):
    """The server did not do what was asked; one line, and what to do about it."""

    def __init__(self, what: str, mend: str = "", *, code: str = "") -> None:
        """``code`` is the stable code of a refusal."""
        super().__init__(what)
        self.what, self.mend, self.code = what, mend, code


class Unreachable(Trouble):
    """Nobody answers at the address."""


class Silent(Unreachable):
    """Nothing listens at the address, or not for us."""


@dataclass(slots=True)
class Server:
    """A server and who we are to it."""

    url: str
    key: str
    session: aiohttp.ClientSession

    def acting_as(self, key: str) -> "Server":
        """Return the same server, spoken to by somebody else."""
        return Server(self.url, key, self.session)

    async def get(self, path: str, **query: Said) -> Content:
        """Return what stands there. Raises Trouble."""
        given = {name: str(value) for name, value in query.items() if value is not None}
        return await self._ask("GET", path, query=given)

    async def text(self, path: str) -> str:
        """Return a page that is no JSON, to whoever asks. Raises Trouble."""
        try:
            async with self.session.get(self.url + path) as answer:
                said = await answer.text()
        except (aiohttp.ClientError, TimeoutError) as gone:
            raise unreachable(self.url, gone) from None
        if answer.status != HTTPStatus.OK:
            raise Trouble(f"{self.url}{path} answered {answer.status}", "is that Homeward?")
        return said

    async def drawing(self, path: str, **query: Said) -> str:
        """Return what stands there and is no JSON of ours. Raises Trouble."""
        given = {name: str(value) for name, value in query.items() if value is not None}
        status, text = await self._said("GET", path, query=given)
        if status >= HTTPStatus.BAD_REQUEST:
            _content(status, text, self.url + path)
        return text

    async def post(self, path: str, body: Mapping[str, Any], key: str | None = None) -> Content:
        """Ask for something to become true, at most once a key, and return the answer."""
        return await self._ask("POST", path, body=body, idempotency=key or uuid.uuid4().hex)

    async def delete(self, path: str) -> None:
        """Ask for something to be gone."""
        await self._ask("DELETE", path)

    async def pages(self, path: str, **query: Said) -> AsyncIterator[Content]:
        """Yield all items of a list that comes in pages."""
        cursor = None
        while True:
            page = await self.get(path, cursor=cursor, **query)
            for one in page["items"]:
                yield one
            cursor = page.get("next")
            if cursor is None:
                return

    async def live(self, path: str, after: str | None = None) -> AsyncIterator[tuple[str, Content]]:
        """Yield (id, content) of a feed's facts for ever, again after the last one. Raises Trouble.

        The server ends a feed now and then, to ask again who may read.
        """
        while True:
            async for event_id, content in self._feed(path, after):
                yield event_id, content
                after = event_id
            await asyncio.sleep(AGAIN_S)

    async def _feed(self, path: str, after: str | None) -> AsyncIterator[tuple[str, Content]]:
        headers = {"Authorization": f"Bearer {self.key}", "Accept": "text/event-stream"}
        if after is not None:
            headers["Last-Event-ID"] = after
        endless = aiohttp.ClientTimeout(total=None, sock_connect=TIMEOUT_S)
        try:
            async with self.session.get(
                self.url + path,
                headers=headers,
                timeout=endless,
                max_line_size=LINE_BYTES_MAX,
            ) as answer:
                if answer.status != HTTPStatus.OK:
                    _content(answer.status, await answer.text(), self.url + path)
                async for event in _events(answer.content):
                    yield event
        except (aiohttp.ClientError, TimeoutError, ValueError) as gone:
            raise unreachable(self.url, gone) from None

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        idempotency: str | None = None,
    ) -> Content:
        status, text = await self._said(
            method, path, query=query, body=body, idempotency=idempotency
        )
        return _content(status, text, self.url + path)

    async def _said(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        idempotency: str | None = None,
    ) -> tuple[int, str]:
        """Return the status and the body of the answer, asked again while the store is away."""
        headers = {"Authorization": f"Bearer {self.key}"}
        if idempotency:
            headers["Idempotency-Key"] = idempotency
        broken = 0
        for left in range(AWAY_TRIES, -1, -1):
            try:
                async with self.session.request(
                    method, self.url + path, params=query, json=body, headers=headers
                ) as answer:
                    text = await answer.text()
                    again_s = answer.headers.get("Retry-After", "")
            except (aiohttp.ClientError, TimeoutError) as gone:
                broken += 1
                if broken > BROKEN_TRIES or not isinstance(gone, BROKEN):
                    raise unreachable(self.url, gone) from None
                continue
            if answer.status != HTTPStatus.SERVICE_UNAVAILABLE or not left or not again_s.isdigit():
                break
            await asyncio.sleep(int(again_s))
        return answer.status, text


@asynccontextmanager
async def server(url: str, key: str) -> AsyncIterator[Server]:
    """Open a connection to a server."""
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield Server(url.rstrip("/"), key, session)


def unreachable(url: str, why: BaseException) -> Unreachable:
    """Return the trouble that nobody answers."""
    mend = "is it running? homeward doctor tells more"
    if isinstance(why, TimeoutError):
        return Unreachable(f"the server at {url} took too long to answer", mend)
    return Silent(f"the server at {url} does not answer", mend)


def refusal(problem: Mapping[str, Any]) -> Trouble:
    """Return a server's refusal (RFC 9457) as one line."""
    what = str(problem["title"]).rstrip(".")
    if problem.get("detail") and problem["detail"] != problem["title"]:
        what += f" ({str(problem['detail']).rstrip('.')})"
    errors = [f"{one['at']}: {one['says']}" for one in problem.get("errors", [])[:3]]
    if errors:
        what += f": {'; '.join(errors)}"
    code = str(problem.get("code", ""))
    return Trouble(f"{what} [{code}]", str(problem.get("mend", "")), code=code)


def _content(status: int, text: str, url: str) -> Content:
    try:
        content = json.loads(text) if text else {}
    except ValueError:
        content = None
    if isinstance(content, dict) and status < HTTPStatus.BAD_REQUEST:
        return content
    if not isinstance(content, dict) or "title" not in content:
        raise Trouble(f"{url} answered {status}", "is that a Homeward server?")
    raise refusal(content)


async def _events(lines: aiohttp.StreamReader) -> AsyncIterator[tuple[str, Content]]:
    """Yield (id, content) of each fact; comments keep the line open, and maps are for others."""
    event_id, event, data = "", "", []
    async for raw in lines:
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            event_id = value
        elif name == "event":
            event = value
        elif name == "data":
            data.append(value)
        elif not line:
            if data and event == "fact":
                yield event_id, json.loads("\n".join(data))
            event, data = "", []
