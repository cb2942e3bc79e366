"""How many people each row of the ledger holds: few at first, so that the nearest leave at once."""

from collections.abc import Iterator
from typing import Final

SIZES: Final = (20, 80, 100, 200, 400, 800)
"""The first chunks of a cut, nearest first: each is read and leaves in a moment, the first twenty
before anybody else is looked at."""
LEAST: Final = 100
"""Rows need not be smaller than that, but for the first: each is leased and settled."""
CHUNK_PEOPLE_MAX: Final = 1_600
"""Of all later ones, of cuts of 32,000 and more: as many as a sender has in hand. A row has about
500 B beside its people and costs a tenth of a millisecond, a third of a byte a person here; who is
leased with it counts as told, so a cancel goes to as many more than heard the alert."""
SHARE: Final = 20
"""A row holds at most this part of its cut, but for `LEAST`: within a row people stand by
ordinal, so of a small cut in large rows little order would be left."""


def cuts(people: int) -> Iterator[slice]:
    """Yield the slices in which so many people, nearest first, become chunks."""
    most = max(LEAST, min(CHUNK_PEOPLE_MAX, people // SHARE))
    start, number = 0, 0
    while start < people:
        size = min(most, SIZES[number] if number < len(SIZES) else most)
        yield slice(start, min(people, start + size))
        start, number = start + size, number + 1
