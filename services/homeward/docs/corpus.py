"""One real line of every kind: written once when a kind is new, never written again.

The lines are what an installation's log would hold of an invented case. Keys and nonces are fixed,
which is fine only because nobody in them exists.
"""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from homeward.docs.published import file_name
from homeward.messages import Fact
from homeward.record.chain import chain_start
from homeward.record.envelope import Origin, Sealer, StreamHead, write
from homeward.testing import samples
from homeward.testing.given import recorded

LOG: Final = "corpus.example/drill"


def data_key(subject: str) -> bytes:
    """Return the invented data key of an invented subject."""
    return hashlib.sha256(f"corpus key {subject}".encode()).digest()


def line(fact: Fact) -> bytes:
    """Return the envelope of a fact as the first of its stream."""
    (heard,) = recorded(fact)
    nonces = iter(range(1_000))
    entry = write(
        fact,
        fact_id=heard.id,
        log=LOG,
        head=StreamHead(heard.stream, 0, chain_start(LOG, heard.stream)),
        origin=Origin(by=heard.by),
        recorded=fact.at + timedelta(milliseconds=250),
        sealer=Sealer(data_key=data_key, nonce=lambda: next(nonces).to_bytes(12, "big")),
    )
    return entry.envelope


def lines() -> Iterator[tuple[str, str]]:
    """Return (file name, first line) for every kind."""
    for fact in samples.ALL:
        yield f"{file_name(fact.kind)}.jsonl", line(fact).decode() + "\n"
