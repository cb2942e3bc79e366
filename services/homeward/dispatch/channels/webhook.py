"""Webhooks: one signed POST for all messages of a batch to one address."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Final

import aiohttp
from yarl import URL

from homeward.dispatch.channels.address import (
    AddressRefused,
    Lookup,
    PublicResolver,
    check_loopback,
    check_public,
    loopback_endpoint,
    parsed,
    refused_in,
    system_lookup,
)
from homeward.dispatch.channels.resting import Resting
from homeward.dispatch.channels.signature import batch_id, endpoint_secret, signed_headers
from homeward.dispatch.channels.webhook_body import (
    batch_body,
    partial_verdicts,
    retry_after_s,
    verdict_of,
)
from homeward.dispatch.channels.world import SameWorld
from homeward.ports import Clock, KeyRing, Outgoing, Result, Verdict

ANSWER_BYTES_MAX: Final = 65_536
POST_TIMEOUT_S: Final = 5.0
POSTS_AT_ONCE: Final = 32
"""Addresses of one batch that are called at the same time."""


class WebhookChannel(SameWorld):
    """What live and drill webhooks share; which addresses are called is for them to say."""

    name = "webhook"
    batch_max = 100

    def __init__(self, ring: KeyRing, clock: Clock, *, lookup: Lookup = system_lookup) -> None:
        self._ring, self._clock, self._lookup = ring, clock, lookup
        self._session: aiohttp.ClientSession | None = None
        self._resting = Resting()

    def check(self, url: URL) -> None:
        """Raise AddressRefused for an address that this world may not call."""
        raise NotImplementedError

    async def send(self, batch: Sequence[Outgoing]) -> Sequence[Result]:
        """POST once to each address, a few at the same time, and say what became of each message.

        A faulty far side is a verdict. Raises WrongWorld for a message of another world.
        """
        self.check_world(batch)
        by_address: dict[str, list[Outgoing]] = {}
        for one in batch:
            by_address.setdefault(one.address, []).append(one)
        gate = asyncio.Semaphore(POSTS_AT_ONCE)

        async def post(address: str, messages: list[Outgoing]) -> list[Result]:
            async with gate:
                return await self._post(address, messages)

        answers = await asyncio.gather(*(post(*one) for one in by_address.items()))
        return [result for results in answers for result in results]

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _sessions(self) -> aiohttp.ClientSession:
        """One session, made at the first send, since it belongs to the running loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    resolver=PublicResolver(self._lookup), use_dns_cache=False
                ),
                timeout=aiohttp.ClientTimeout(total=POST_TIMEOUT_S),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,  # a small answer must not grow in memory
                headers={"user-agent": "homeward", "accept-encoding": "identity"},
            )
        return self._session

    async def _post(self, address: str, messages: Sequence[Outgoing]) -> list[Result]:
        try:
            url = parsed(address)
            self.check(url)
        except AddressRefused as refused:
            return _all(messages, Verdict.FAILED, detail=f"address-{refused}")
        endpoint = str(url.origin())
        rest_s = self._resting.rest_s(endpoint)
        if rest_s > 0:
            return _all(messages, Verdict.RETRY, after_s=rest_s, detail="resting")
        try:
            results = await self._call(address, url, messages)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            refused_now = refused_in(error)
            if refused_now is not None:
                return _all(messages, Verdict.FAILED, detail=f"address-{refused_now}")
            self._resting.fault(endpoint)
            return _all(messages, Verdict.RETRY, detail=type(error).__name__)
        self._resting.well(endpoint)
        return results

    async def _call(self, address: str, url: URL, messages: Sequence[Outgoing]) -> list[Result]:
        body = batch_body(messages)
        headers = signed_headers(
            endpoint_secret(self._ring, address),
            body,
            webhook_id=batch_id(one.message_id for one in messages),
            sent_at=self._clock.real(),
        )
        headers["content-type"] = "application/json"
        async with self._sessions().post(
            url, data=body, headers=headers, allow_redirects=False
        ) as answer:
            verdict = verdict_of(answer.status)
            after_s = retry_after_s(answer.headers.get("retry-after"), self._clock.real())
            if verdict is not Verdict.ACCEPTED:
                answer.close()  # whatever else it says is not read
                return _all(messages, verdict, after_s=after_s, detail=str(answer.status))
            each = partial_verdicts(await _short(answer))
            return [
                Result(one.message_id, each.get(one.message_id, verdict), after_s, "partial")
                if one.message_id in each
                else Result(one.message_id, verdict)
                for one in messages
            ]


async def _short(answer: aiohttp.ClientResponse) -> bytes | None:
    """Return an accepted answer's body; None when it is too long or breaks off."""
    read = bytearray()
    try:
        async for piece in answer.content.iter_any():
            read += piece
            if len(read) > ANSWER_BYTES_MAX:
                answer.close()
                return None
    except (aiohttp.ClientError, TimeoutError):
        return None  # the status said that it was accepted
    return bytes(read)


def _all(
    messages: Sequence[Outgoing],
    verdict: Verdict,
    *,
    after_s: float | None = None,
    detail: str = "",
) -> list[Result]:
    return [Result(one.message_id, verdict, after_s, detail) for one in messages]


class LiveWebhookChannel(WebhookChannel):
    """Webhooks of a live world: public https only, without exception."""

    drill = False

    def __init__(
        self,
        ring: KeyRing,
        clock: Clock,
        *,
        loopback: Collection[str] = (),
        lookup: Lookup = system_lookup,
    ) -> None:
        """Raise ValueError when somebody allows loopback endpoints: those are for drills."""
        if loopback:
            msg = "a live world calls no loopback webhook: unset HOMEWARD_WEBHOOK_LOOPBACK"
            raise ValueError(msg)
        super().__init__(ring, clock, lookup=lookup)

    def check(self, url: URL) -> None:
        check_public(url)


class DrillWebhookChannel(WebhookChannel):
    """Webhooks of a drill: only loopback endpoints that were named, so that it reaches nobody."""

    drill = True

    def __init__(self, ring: KeyRing, clock: Clock, *, loopback: Collection[str] = ()) -> None:
        """Raise ValueError for an endpoint that is not on the loopback."""
        self._loopback = frozenset(loopback_endpoint(one) for one in loopback)
        super().__init__(ring, clock)

    def check(self, url: URL) -> None:
        if url.scheme not in {"http", "https"} or not check_loopback(url, self._loopback):
            raise AddressRefused("not-in-this-drill")
