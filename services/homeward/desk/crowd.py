"""The `Crowd` port over the indexes of recipients, one a lane."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from homeward.fanout.index import Query, RecipientIndex
from homeward.ports import Counted


@dataclass(frozen=True, slots=True)
class IndexCrowd:
    """Counts by whatever gives indexes that know every committed change; a person is in one."""

    fresh: Sequence[Callable[[], Awaitable[RecipientIndex]]]

    async def count(self, query: Query) -> Counted:
        indexes = await asyncio.gather(*(one() for one in self.fresh))
        found = [index.match(query) for index in indexes]
        return Counted(
            told=sum(len(one.ordinals) for one in found),
            suppressed=sum(len(one.suppressed) for one in found),
            unreachable=sum(len(one.unreachable) for one in found),
            already=sum(len(one.already) for one in found),
        )
