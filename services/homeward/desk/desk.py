"""One request made true, at most once."""

import json
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from homeward.desk.refusals import IdempotencyKeyReused, StaleVersion, TooBusy
from homeward.desk.shelf import CaseNow, Shelf
from homeward.messages import Actor, Fact, Recorded
from homeward.ports import (
    Appended,
    Clock,
    Idempotency,
    Known,
    Log,
    Meter,
    SubjectKeys,
    Unit,
)
from homeward.record.envelope import (
    Entry,
    Origin,
    Sealer,
    StreamHead,
    person_owner,
    write,
)
from homeward.record.sealing import NONCE_BYTES, subject_of
from homeward.refusals import Refused
from homeward.words import derived_id


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, under which key, and what they believe the version to be."""

    by: Actor
    key: str
    """The Idempotency-Key as it was sent; a form's token serves as one."""
    request_hash: bytes
    """HMAC over method, path and body."""
    if_match: int | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a request made true, the same each time it is asked."""

    stream: str
    version: int
    """Of the stream: the ETag of human decisions."""
    facts: tuple[tuple[str, str], ...]
    """(id, kind) of each fact; none when all was true already."""
    repeated: bool = field(default=False, compare=False)


Load = Callable[[], Awaitable[Sequence[Recorded]]]
Decide = Callable[[Sequence[Recorded]], Sequence[Fact]]


@dataclass(frozen=True, slots=True)
class Beside:
    """Facts of another stream that become true with those of a decision, or not at all."""

    stream: str
    of: Callable[[Sequence[Fact]], Sequence[Fact]]
    """Returns them for what was decided."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Makes requests true; holds nothing between them but what it has read."""

    log: Log
    keys: SubjectKeys
    clock: Clock
    meter: Meter
    retries: int = 5
    _shelf: Shelf = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Begin with an empty shelf."""
        object.__setattr__(self, "_shelf", Shelf(self.log))

    def new_id(self, asking: Asking, what: str) -> str:
        """Return the id of what a request creates: the same for the same request."""
        return derived_id(self.log.origin, asking.by.id, asking.key, what)

    async def case_facts(self, case: str) -> Sequence[Recorded]:
        """Return every fact of a case in log order, public parts."""
        return (await self.case_now(case)).recorded

    async def case_now(self, case: str) -> CaseNow:
        """Return the same with what it folds to; cheap for a case that was read a moment ago."""
        return await self._shelf.case(case)

    async def answered(self, asking: Asking) -> bool:
        """Whether the same asking was answered before: to repeat it makes nothing true."""
        request = derived_id(self.log.origin, asking.by.id, asking.key, "request")
        return await self.log.answered(request) is not None

    async def submit(
        self,
        stream: str,
        asking: Asking,
        load: Load,
        decide: Decide,
        *beside: Beside,
    ) -> Receipt:
        """Load, decide, append; again after a conflict, at most `retries` times.

        ``load`` returns the facts that ``decide`` folds; it raises a Refused to say no. With
        ``if_match`` a newer version of ``stream`` is refused instead of being decided upon again.
        What somebody else writes ``beside`` meanwhile is a conflict, too; the receipt is of
        ``stream`` alone.
        Raises Refused, LogUnavailable.
        """
        request = derived_id(self.log.origin, asking.by.id, asking.key, "request")
        known = await self.log.answered(request)
        if known is not None:
            return self._again(known, asking)
        try:
            return await self._made_true(stream, asking, load, decide, request, beside)
        except Refused:
            known = await self.log.answered(request)
            if known is None:
                raise
        # Sent twice at once: what we met is what the other one made true.
        return self._again(known, asking)

    async def _made_true(
        self,
        stream: str,
        asking: Asking,
        load: Load,
        decide: Decide,
        request: str,
        beside: Sequence[Beside],
    ) -> Receipt:
        for _ in range(self.retries + 1):
            version, chain = await self.log.stream_head(stream)
            # Before `load`: what is written there after this is a conflict.
            others = [await self.log.stream_head(one.stream) for one in beside]
            if asking.if_match is not None and asking.if_match != version:
                raise StaleVersion
            facts = decide(await load())
            head = StreamHead(stream, version, chain)
            entries = await self._entries(facts, asking, head)
            # Without entries too: what was true already binds the key to this request and answer.
            receipt = Receipt(stream, head.version, tuple((one.id, one.kind) for one in entries))
            kept = Idempotency(request, asking.request_hash, _references(receipt))
            unit = entries
            for one, (at, before) in zip(beside, others, strict=True):
                second = StreamHead(one.stream, at, before)
                unit += await self._entries(one.of(facts), asking, second, first=len(unit))
            [outcome] = await self.log.append([Unit(unit, kept)])
            if isinstance(outcome, Appended):
                stream_type = stream.partition("-")[0]
                self.meter.count(
                    "homeward_facts_appended_total", len(entries), stream_type=stream_type
                )
                return receipt
            if isinstance(outcome, Known):
                return self._again(outcome, asking)
        raise TooBusy

    def _again(self, known: Known, asking: Asking) -> Receipt:
        if known.request_hash != asking.request_hash or known.references is None:
            raise IdempotencyKeyReused
        return _receipt(known.references)

    async def _entries(
        self, facts: Sequence[Fact], asking: Asking, head: StreamHead, first: int = 0
    ) -> tuple[Entry, ...]:
        origin = self.log.origin
        subjects = {
            subject_of(origin, person_owner(fact, head.stream, person), person)
            for fact in facts
            for name in fact.personal_fields()
            for person in (fact.whose(name),)
            if getattr(fact, name) is not None
        }
        keys = await self.keys.keys_for(subjects, create=True) if subjects else {}
        sealer = Sealer(data_key=keys.__getitem__, nonce=lambda: os.urandom(NONCE_BYTES))
        return tuple(
            write(
                fact,
                fact_id=derived_id(origin, asking.by.id, asking.key, ordinal),
                log=origin,
                head=head,
                origin=Origin(by=asking.by),
                recorded=self.clock.real(),
                sealer=sealer,
            )
            for ordinal, fact in enumerate(facts, first)
        )


def _references(receipt: Receipt) -> str:
    return json.dumps(
        {"stream": receipt.stream, "version": receipt.version, "facts": receipt.facts}
    )


def _receipt(references: str) -> Receipt:
    body: dict[str, Any] = json.loads(references)
    facts = tuple((str(one), str(kind)) for one, kind in body["facts"])
    return Receipt(body["stream"], body["version"], facts, repeated=True)
