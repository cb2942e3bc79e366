"""The `Protected` port on PostgreSQL."""

from collections.abc import Sequence

from homeward.postgres.database import Database


class PostgresProtected:
    """`Protected`: a table of digests and nothing beside them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, load: str, digests: Sequence[bytes]) -> None:
        await self._database.run("protected_add", load, list(dict.fromkeys(digests)))

    async def finish(self, load: str) -> None:
        await self._database.run("protected_finish", load)

    async def knows(self, digests: Sequence[bytes]) -> bool:
        return bool(await self._database.value("protected_knows", list(digests)))

    async def count(self) -> int:
        return int(await self._database.value("protected_count"))
