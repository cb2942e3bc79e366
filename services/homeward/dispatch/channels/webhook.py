"""Webhooks: one signed POST for all messages of a batch to one address."""

import asyncio
import re
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final

from yarl import URL

from homeward.dispatch.channels.address import (
    ADDRESS_CHARS_MAX,
    AddressRefused,
    Lookup,
    PublicResolver,
    check_loopback,
    check_public,
    loopback_endpoint,
    parsed,
    system_lookup,
)
from homeward.dispatch.channels.answer import Answer
from homeward.dispatch.channels.post import Poster, Target
from homeward.dispatch.channels.resting import Resting
from homeward.dispatch.channels.signature import batch_id, endpoint_secret, signed_lines
from homeward.dispatch.channels.webhook_body import (
    Bodies,
    partial_verdicts,
    retry_after_s,
    verdict_of,
)
from homeward.dispatch.channels.world import SameWorld
from homeward.ports import Clock, KeyRing, Outgoing, Result, Verdict

POST_TIMEOUT_S: Final = 5.0
POSTS_AT_ONCE: Final = 32
"""Addresses of one batch that are called at the same time."""
AUTHORITY_ENDS: Final = re.compile(r"[/?#]")
PLAIN: Final = re.compile(r"(https?://[a-z0-9.:-]{1,261})((?:/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)+)")
"""An address that stands as it is, but for who is behind it: nothing to decode, no dots to fold."""
ENDPOINTS_KEPT: Final = 1_024
HEADERS: Final = (
    b"user-agent: homeward\r\naccept: */*\r\naccept-encoding: identity\r\n"
    b"content-type: application/json\r\n"
)
"""A small answer must not grow in memory: no coding is asked for."""


class WebhookChannel(SameWorld):
    """What live and drill webhooks share; which addresses are called is for them to say."""

    name = "webhook"
    batch_max = 100

    def __init__(self, ring: KeyRing, clock: Clock, *, lookup: Lookup = system_lookup) -> None:
        self._ring, self._clock, self._lookup = ring, clock, lookup
        self._poster: Poster | None = None
        self._resting = Resting()
        self._endpoint = lru_cache(maxsize=ENDPOINTS_KEPT)(self._judged)

    def check(self, url: URL) -> None:
        """Raise AddressRefused for an address that this world may not call."""
        raise NotImplementedError

    async def send(self, batch: Sequence[Outgoing]) -> Sequence[Result]:
        """POST once to each address, a few at the same time, and say what became of each message.

        A faulty far side is a verdict. Raises WrongWorld for a message of another world.
        """
        self.check_world(batch)
        bodies, sent_at = Bodies(), self._clock.real()
        by_address: dict[str, list[Outgoing]] = {}
        for one in batch:
            by_address.setdefault(one.address, []).append(one)
        found: dict[str, Result] = {}
        waiting = iter(by_address.items())

        async def post() -> None:
            for address, messages in waiting:
                for result in await self._post(address, messages, bodies, sent_at):
                    found[result.message_id] = result

        await asyncio.gather(*(post() for _ in range(min(POSTS_AT_ONCE, len(by_address)))))
        return [found[one.message_id] for one in batch]

    def far_side(self, address: str) -> str:
        """Return the endpoint behind an address: what is slow there holds up no other one."""
        scheme, _, rest = address.partition("://")
        return f"{scheme}://{AUTHORITY_ENDS.split(rest, maxsplit=1)[0]}"[:ADDRESS_CHARS_MAX]

    async def close(self) -> None:
        """Close all connections."""
        if self._poster is not None:
            await self._poster.close()
            self._poster = None

    def _posting(self) -> Poster:
        """One of them, made at the first send, since it belongs to the running loop."""
        if self._poster is None:
            self._poster = Poster(PublicResolver(self._lookup))
        return self._poster

    def _judged(self, endpoint: str) -> tuple[str, Target]:
        """Return an address's origin and where it leads. Raises AddressRefused."""
        url = parsed(endpoint)
        self.check(url)
        try:
            return str(url.origin()), Target.of(url)
        except ValueError:  # nothing that a request's head can say
            raise AddressRefused("no-plain-url") from None

    def _target(self, address: str) -> tuple[str, Target]:
        """Return the same, judged once an endpoint: thousands have addresses of their own there."""
        plain = PLAIN.fullmatch(address) if len(address) <= ADDRESS_CHARS_MAX else None
        if plain is None:
            return self._judged(address)
        origin, (where, host, _) = self._endpoint(f"{plain[1]}/")
        return origin, Target(where, host, plain[2].encode("ascii"))

    async def _post(
        self, address: str, messages: Sequence[Outgoing], bodies: Bodies, sent_at: datetime
    ) -> list[Result]:
        try:
            endpoint, target = self._target(address)
        except AddressRefused as refused:
            return _all(messages, Verdict.FAILED, detail=f"address-{refused}")
        rest_s = self._resting.rest_s(endpoint)
        if rest_s > 0:
            return _all(messages, Verdict.RETRY, after_s=rest_s, detail="resting")
        try:
            body = bodies.of(messages)
            headers = HEADERS + signed_lines(
                endpoint_secret(self._ring, address),
                body,
                webhook_id=batch_id([one.message_id for one in messages]),
                sent_at=sent_at,
            )
            answer = await self._posting().post(target, headers, body, POST_TIMEOUT_S)
        except AddressRefused as refused:
            return _all(messages, Verdict.FAILED, detail=f"address-{refused}")
        except (OSError, ValueError) as error:  # TimeoutError too
            rest_s = self._resting.fault(endpoint)
            return _all(messages, Verdict.RETRY, after_s=rest_s or None, detail=_name(error))
        self._resting.well(endpoint)
        return self._results(answer, messages)

    def _results(self, answer: Answer, messages: Sequence[Outgoing]) -> list[Result]:
        verdict = verdict_of(answer.status)
        if verdict is not Verdict.ACCEPTED:
            after_s = retry_after_s(answer.retry_after, self._clock.real())
            return _all(messages, verdict, after_s=after_s, detail=str(answer.status))
        each = partial_verdicts(answer.body)
        if not each:
            return [Result(one.message_id, verdict) for one in messages]
        return [
            Result(one.message_id, each[one.message_id], detail="partial")
            if one.message_id in each
            else Result(one.message_id, verdict)
            for one in messages
        ]


def _name(error: BaseException) -> str:
    return type(error).__name__


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
