"""What an approval is of: the exact bytes of a draft as the log holds them."""

from homeward.ports import Log
from homeward.record.chain import leaf_hash


async def digest_of(log: Log, draft: str) -> str | None:
    """Return the hash of a draft's envelope, hex; None when there is no such fact.

    It is the leaf of the log's tree: public fields stand in it, what is sealed by the hash of its
    ciphertext, an area by its own hash. Raises LogUnavailable.
    """
    row = await log.by_id(draft)
    return None if row is None else leaf_hash(row.envelope).hex()
