"""The `Crowd` port over an index of recipients."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from homeward.fanout.index import Query, RecipientIndex
from homeward.ports import Counted


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
