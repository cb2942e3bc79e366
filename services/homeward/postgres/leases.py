"""The `Leases` port on PostgreSQL: all time is the database's."""

from collections.abc import Mapping

from homeward.postgres.database import Database


class PostgresLeases:
    """`Leases`: one row each, taken and prolonged by one statement."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, name: str, holder: str, for_s: float, *, force: bool = False) -> bool:
        return bool(await self._database.value("lease_take", name, holder, for_s, force))

    async def let_go(self, name: str, holder: str) -> None:
        await self._database.run("lease_let_go", name, holder)

    async def held(self) -> Mapping[str, str]:
        return {row["name"]: row["holder"] for row in await self._database.fetch("leases_held")}
