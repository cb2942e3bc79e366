"""Chunks that the suites put into the ledger."""

from dataclasses import replace

from pyroaring import BitMap

from homeward.ports import Chunk, KeyTurn, Position
from homeward.testing.contracts.pen import Ports
from homeward.words import Purpose, derived_id


def chunk_of(
    case: str, seq: int, *people: int, purpose: Purpose = Purpose.ALERT, alert: int = 1
) -> Chunk:
    """Return a chunk; without people it holds ten that its seq names."""
    found = BitMap(people or range(seq * 100, seq * 100 + 10))
    return Chunk(
        id=derived_id("contract", case, purpose, alert, seq),
        order=derived_id("contract", case),
        case=case,
        lane=0,
        seq=seq,
        purpose=purpose,
        alert=alert,
        version=1,
        wave=1,
        recipients=found.serialize(),
        people=len(found),
        texts_of=derived_id("contract", "texts"),
    )


def retry_of(chunk: Chunk, *people: int, delay_s: float = 0.0) -> Chunk:
    """Return the chunk that takes over some of a chunk's people."""
    attempt = chunk.attempt + 1
    return replace(
        chunk,
        id=derived_id("contract", chunk.id, "retry", attempt),
        recipients=BitMap(people).serialize(),
        people=len(people),
        attempt=attempt,
        delay_s=delay_s,
    )


async def put(store: Ports, *chunks: Chunk, key: str = "lane") -> None:
    """Put chunks into the ledger as a fan-out lane does: in its turn."""
    position: Position = (await store.workbench.load("lane", [key]))[key]
    turn = KeyTurn(key, position.revision, 1, b"", (), 0, None, chunks=chunks)
    assert await store.workbench.commit_turn("lane", [turn]) == frozenset()


def members(*bitmaps: bytes) -> list[int]:
    """Return the ordinals in bitmaps, sorted."""
    return sorted(BitMap.union(BitMap(), *(BitMap.deserialize(one) for one in bitmaps)))
