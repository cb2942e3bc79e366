"""The `Published` port on PostgreSQL."""

from homeward.postgres.database import Database


class PostgresPublished:
    """`Published`: one row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def size(self) -> int | None:
        size: int | None = await self._database.value("published")
        return size

    async def raise_to(self, size: int) -> None:
        await self._database.run("published_raise", size)

    async def begin_at(self, size: int) -> None:
        await self._database.run("published_begin", size)
