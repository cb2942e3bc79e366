"""Facts as the desk writes them: chained, and sealed under the keys of their people."""

import hashlib
import os
from typing import Final

from homeward.messages import Actor, Fact
from homeward.record.chain import chain_start
from homeward.record.envelope import Entry, Origin, Sealer, StreamHead, write
from homeward.record.sealing import NONCE_BYTES
from homeward.testing import samples
from homeward.words import Role, derived_id

BY: Final = Actor(id="volunteer", role=Role.VOLUNTEER)


class Writer:
    """Writes entries of invented cases; each continues its stream."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self._heads: dict[str, StreamHead] = {}
        self._keys: dict[str, bytes] = {}
        self._sealer = Sealer(self._key, lambda: os.urandom(NONCE_BYTES))
        self._written = 0

    def case(self, number: int) -> str:
        """Return the id of a case."""
        return derived_id(self.origin, "case", number)

    def sighting(self, case: str) -> Entry:
        """Write a new sighting of a case; three fields are sealed. A flood is made of these."""
        named = derived_id(self.origin, "sighting", self._written)
        about = {"case": case, "sighting": named}
        return self.entry(f"sighting-{named}", samples.SEEN.model_copy(update=about))

    def entry(self, stream: str, fact: Fact) -> Entry:
        """Write a fact into a stream."""
        self._written += 1
        start = chain_start(self.origin, stream)
        return write(
            fact,
            fact_id=derived_id(self.origin, "loadtest", self._written),
            log=self.origin,
            head=self._heads.setdefault(stream, StreamHead(stream, 0, start)),
            origin=Origin(by=BY),
            recorded=fact.at,
            sealer=self._sealer,
        )

    def _key(self, subject: str) -> bytes:
        return self._keys.setdefault(subject, hashlib.sha256(subject.encode()).digest())
