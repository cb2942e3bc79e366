"""Lines of the log that several consumers hear, each read once for all of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from homeward.messages import Recorded
from homeward.record.envelope import Row, kind_of, read

Kinded: TypeAlias = tuple[Row, str]
"""A line and its kind."""


@dataclass(slots=True)
class Lines:
    """One batch: a turn reads a line of it by its place in the log. Any other line is read anew."""

    kinds: Mapping[int, str] = field(default_factory=dict)
    """Kind by ``log_index``."""
    _read: dict[int, Recorded] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Kinded]) -> "Lines":
        """Return the lines of a batch whose kinds are known."""
        return cls({row.log_index: kind for row, kind in rows})

    def kind(self, row: Row) -> str:
        """Return a line's kind."""
        return self.kinds.get(row.log_index) or kind_of(row)

    def read(self, row: Row, blobs: Mapping[str, bytes]) -> Recorded:
        """Return what a line says; ``blobs`` holds all that it names."""
        if row.log_index not in self.kinds:
            return read(row, blobs=blobs)
        recorded = self._read.get(row.log_index)
        if recorded is None:
            recorded = self._read[row.log_index] = read(row, blobs=blobs)
        return recorded


__all__ = ["Kinded", "Lines"]
