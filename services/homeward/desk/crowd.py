"""The `Crowd` port over an index of recipients."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from homeward.fanout.brute import BruteIndex
from homeward.fanout.index import Query, RecipientIndex
from homeward.ports import Counted, Roster


@dataclass(frozen=True, slots=True)
class IndexCrowd:
    """Counts by whatever gives an index that knows every committed change."""

    fresh: Callable[[], Awaitable[RecipientIndex]]

    async def count(self, query: Query) -> Counted:
        found = (await self.fresh()).match(query)
        return Counted(
            told=len(found.ordinals),
            suppressed=len(found.suppressed),
            unreachable=len(found.unreachable),
            already=len(found.already),
        )


@dataclass(slots=True)
class RosterIndex:
    """Gives an index of the whole roster, built anew when it has changed: slow, and exact."""

    roster: Roster
    _index: RecipientIndex | None = field(default=None, repr=False)

    async def fresh(self) -> RecipientIndex:
        """Return the index with every change that was committed before. Raises LogUnavailable."""
        newest = await self.roster.revision(0, 1)
        if self._index is None or self._index.revision < newest:
            self._index = BruteIndex(await self.roster.columns(0, 1))
        return self._index
