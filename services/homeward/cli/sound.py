"""Walks a world's log from its stored bytes: what ``homeward verify`` does."""

import hashlib
from typing import Any

from homeward.cli.ledgers import case_named, opened
from homeward.cli.whereabouts import World
from homeward.house import House
from homeward.postgres.walking import stored_lines
from homeward.record.envelope import blob_refs
from homeward.record.walk import StoredLine, Unsound, Walk
from homeward.settings import Settings

BESIDE_ROWS = 500
"""Lines whose blobs and ciphertexts are looked up at once."""


async def verified(settings: Settings, world: World, case: str | None) -> dict[str, Any]:
    """Walk all lines, or those of a case, and say whether each is what it was."""
    async with opened(settings, world) as house:
        key = None if case is None else await case_named(house, case)
        walk = Walk(house.store.log.origin, whole=key is None)
        written = await house.store.log.size()  # before the walk: the log may grow meanwhile
        waiting: list[tuple[StoredLine, dict[str, Any]]] = []
        try:
            async for line in stored_lines(house.store.database, key):
                waiting.append((line, walk.take(line)))
                if len(waiting) == BESIDE_ROWS:
                    await _beside(house, waiting)
                    waiting.clear()
            await _beside(house, waiting)
        except Unsound as found:
            return {
                "sound": False,
                "log_index": found.line.log_index,
                "stream": found.line.stream,
                "version": found.line.version,
                "says": found.what,
            }
    if walk.whole and walk.lines < written:
        says = f"the end is gone: {written:,} facts were written, {walk.lines:,} are there"
        return {"sound": False, "log_index": walk.lines, "stream": "the log", "says": says}
    return {"sound": True, "facts": walk.lines, "streams": len(walk.heads)}


async def _beside(house: House, lines: list[tuple[StoredLine, dict[str, Any]]]) -> None:
    """Compare what is kept beside the lines with the hashes in them. Raises Unsound.

    A sealed value may be erased; a blob may not, and neither may be another one.
    """
    log = house.store.log
    blobs = await log.blobs({digest for _, body in lines for _, digest in blob_refs(body)})
    sealed = await log.ciphertexts([line.id for line, body in lines if body["sealed"]])
    for line, body in lines:
        for field, digest in blob_refs(body):
            content = blobs.get(digest)
            if content is None:
                raise Unsound(line, f"its {field} is gone")
            if hashlib.sha256(content).hexdigest() != digest:
                raise Unsound(line, f"its {field} was altered")
        for one in body["sealed"]:
            kept = sealed.get((line.id, one["f"]))
            if kept is not None and hashlib.sha256(kept).hexdigest() != one["ct"]:
                raise Unsound(line, f"its sealed {one['f']} was altered")
