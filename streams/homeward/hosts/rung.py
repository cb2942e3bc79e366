"""The log as one who is rung for reads it: what rang lately is at hand."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from homeward.hosts.lines import Kinded
from homeward.ports import Book
from homeward.record.envelope import Row

KEPT: Final = 5_000
"""Facts: some 10 MB, and more than are under way between two that a consumer hears of a case."""


@dataclass(slots=True)
class RungBook:
    """`Book` that answers from what rang when all of it rang, and else asks the log.

    A consumer's position stands at the last fact that it hears, so what lies between it and the
    next is a gap each time; most often it rang a moment ago.
    """

    book: Book
    kept_max: int = KEPT
    _rows: dict[str, dict[int, Kinded]] = field(default_factory=dict)
    _order: deque[tuple[str, int]] = field(default_factory=deque)

    def take(self, rows: Iterable[Kinded]) -> None:
        """Keep what rang, each with its kind, and forget what rang long ago."""
        for row, kind in rows:
            kept = self._rows.setdefault(row.key, {})
            if row.key_version not in kept:
                kept[row.key_version] = row, kind
                self._order.append((row.key, row.key_version))
        while len(self._order) > self.kept_max:
            key, version = self._order.popleft()
            del self._rows[key][version]
            if not self._rows[key]:
                del self._rows[key]

    async def size(self) -> int:
        """Return the number of facts. Raises LogUnavailable."""
        return await self.book.size()

    async def rows(
        self,
        after: int,
        upto: int,
        *,
        kinds: Collection[str] | None = None,
        limit: int = 1_000,
    ) -> list[Row]:
        """Return rows with after < log_index <= upto, in order. Raises LogUnavailable."""
        return await self.book.rows(after, upto, kinds=kinds, limit=limit)

    async def at(self, indexes: Collection[int]) -> list[Row]:
        """Return the rows with these ``log_index``, in order. Raises LogUnavailable."""
        return await self.book.at(indexes)

    async def key_rows(
        self,
        key: str,
        after: int = 0,
        upto: int | None = None,
        *,
        kinds: Collection[str] | None = None,
    ) -> list[Row]:
        """Return rows of a key with after < key_version <= upto. Raises LogUnavailable."""
        kept = self._rows.get(key, {})
        if upto is not None and len(kept) >= upto - after:
            found = [kept.get(version) for version in range(after + 1, upto + 1)]
            whole = [one for one in found if one is not None]
            if len(whole) == len(found):
                return [row for row, kind in whole if kinds is None or kind in kinds]
        return await self.book.key_rows(key, after, upto, kinds=kinds)

    async def blobs(self, digests: Collection[str]) -> Mapping[str, bytes]:
        """Return blobs by the hex SHA-256 of their content. Raises LogUnavailable."""
        return await self.book.blobs(digests)


__all__ = ["RungBook"]
