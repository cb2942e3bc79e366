"""What every `Hearing` keeps."""

import asyncio

from homeward.ports import By, Swept
from homeward.testing.contracts.pen import AT, Ports


class HearingContract:
    """Counts by consumer and way, and the newest of what was swept."""

    async def test_counts_add_up(self, store: Ports) -> None:
        assert await store.hearing.counts() == []
        await store.hearing.note({})
        await store.hearing.note({("reach", By.BELL): 3, ("hubs", By.SWEEP): 1})
        [_, first] = await store.hearing.counts()
        await store.hearing.note({("reach", By.BELL): 2, ("reach", By.CASCADE): 4})
        found = await store.hearing.counts()
        assert [(one.consumer, one.by, one.facts) for one in found] == [
            ("hubs", By.SWEEP, 1),
            ("reach", By.BELL, 5),
            ("reach", By.CASCADE, 4),
        ]
        assert found[1].newest_at >= first.newest_at

    async def test_many_who_note_at_once_lose_nothing(self, store: Ports) -> None:
        ways = [("reach", By.BELL), ("hubs", By.SWEEP)]
        notes = [dict.fromkeys(ways if n % 2 else ways[::-1], 1) for n in range(20)]
        await asyncio.gather(*(store.hearing.note(one) for one in notes))
        assert [one.facts for one in await store.hearing.counts()] == [20, 20]

    async def test_the_newest_of_what_was_swept_is_kept(self, store: Ports) -> None:
        lines = [Swept("reach", f"case-{n}", 0, n, AT) for n in range(1_203)]
        await store.hearing.note({("reach", By.SWEEP): 3}, lines[:3])
        await store.hearing.note({}, lines[3:])
        assert await store.hearing.swept(2) == [lines[-1], lines[-2]]
        assert await store.hearing.swept(5_000) == lines[:-1_001:-1]
