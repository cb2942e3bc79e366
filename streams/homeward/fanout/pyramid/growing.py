"""A column that grows at its end; what was there is never moved under a reader's hands."""

from typing import Generic, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

_T = TypeVar("_T", bound=np.generic)


class Growing(Generic[_T]):
    """An array with room at its end. A view taken earlier stays as it was."""

    def __init__(self, dtype: DTypeLike, *width: int) -> None:
        self._room: NDArray[_T] = np.empty((0, *width), dtype)
        self._used = 0

    def __len__(self) -> int:
        """Return how many entries there are."""
        return self._used

    @property
    def values(self) -> NDArray[_T]:
        """The entries."""
        return self._room[: self._used]

    def append(self, some: NDArray[_T]) -> None:
        """Add entries."""
        after = self._used + len(some)
        if after > len(self._room):
            room = np.empty(
                (max(after, 2 * len(self._room)), *self._room.shape[1:]), self._room.dtype
            )
            room[: self._used] = self.values
            self._room = room
        self._room[self._used : after] = some
        self._used = after
