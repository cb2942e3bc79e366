"""The `Hearing` port on PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence

from homeward.ports import By, HeardBy, Swept
from homeward.postgres.database import Database


class PostgresHearing:
    """`Hearing`: one row a consumer and way, and the newest thousand of what was swept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(
        self, heard: Mapping[tuple[str, By], int], swept: Collection[Swept] = ()
    ) -> None:
        if not heard and not swept:
            return
        rows = [
            (n, one.consumer, one.key, one.after, one.upto, one.at) for n, one in enumerate(swept)
        ]
        names = [consumer for consumer, _ in heard]
        ways = [by.value for _, by in heard]
        await self._database.run("heard_note", names, ways, list(heard.values()), rows)

    async def counts(self) -> Sequence[HeardBy]:
        found = await self._database.fetch("heard_counts")
        return [HeardBy(r["consumer"], By(r["by"]), r["facts"], r["newest_at"]) for r in found]

    async def swept(self, limit: int = 100) -> Sequence[Swept]:
        return [Swept(**dict(row)) for row in await self._database.fetch("swept", limit)]
