"""Writes what consumers say as entries of the log."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from homeward.messages import Actor, Fact, Recorded
from homeward.record.envelope import Entry, Origin, Sealer, StreamHead, write
from homeward.words import Role, derived_id


def _never(*_: object) -> NoReturn:
    msg = "a consumer reads and says public parts only; it has nothing to seal"
    raise TypeError(msg)


NOTHING_SEALED = Sealer(data_key=_never, nonce=_never)


@dataclass(frozen=True, slots=True)
class Pen:
    """The log's origin and the clock that stamps ``t.rec``."""

    log: str
    real: Callable[[], datetime]

    def outputs(
        self,
        consumer: str,
        cause: Recorded,
        says: Sequence[Fact],
        head: StreamHead,
    ) -> tuple[Entry, ...]:
        """Return what follows from ``cause``, named after it, and move ``head`` on.

        The ids are derived from (cause, consumer, ordinal): said twice, they are the same facts.
        """
        return self.named(cause.id, consumer, cause, says, head)

    def named(
        self,
        name: str,
        consumer: str,
        cause: Recorded,
        says: Sequence[Fact],
        head: StreamHead,
    ) -> tuple[Entry, ...]:
        """Return `outputs` that are named after something else than their cause.

        When one of them cannot be written ``head`` stays where it is.
        """
        if not says:  # most facts, to most consumers
            return ()
        origin = Origin(
            by=Actor(id=consumer, role=Role.SYSTEM),
            cause=cause.id,
            corr=cause.corr or cause.id,
        )
        ahead = StreamHead(head.stream, head.version, head.chain)
        entries = tuple(
            write(
                fact,
                fact_id=derived_id(self.log, name, consumer, ordinal),
                log=self.log,
                head=ahead,
                origin=origin,
                recorded=self.real(),
                sealer=NOTHING_SEALED,
            )
            for ordinal, fact in enumerate(says)
        )
        head.version, head.chain = ahead.version, ahead.chain
        return entries
