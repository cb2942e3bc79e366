"""Which part of everybody somebody belongs to: 64 shards, of which a lane serves a range."""

import hashlib
from typing import Final

SHARD_BITS: Final = 6
SHARDS: Final = 1 << SHARD_BITS


def shard_of(recipient: str) -> int:
    """Return a recipient's shard: the first 6 bits of SHA-256(id)."""
    return hashlib.sha256(recipient.encode()).digest()[0] >> (8 - SHARD_BITS)


def lane_of(recipient: str, lanes: int) -> int:
    """Return which of so many lanes serves a recipient."""
    return shard_of(recipient) * lanes // SHARDS
