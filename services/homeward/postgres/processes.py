"""The `Processes` port on PostgreSQL."""

from collections.abc import Sequence

from homeward.ports import Process
from homeward.postgres.database import Database


class PostgresProcesses:
    """`Processes`: who died without a word stops being seen."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sign_in(self, id: str, role: str, host: str, pid: int) -> None:  # noqa: A002 -- the port's name
        await self._database.run("process_sign_in", id, role, host, pid)

    async def seen(self, id: str) -> bool:  # noqa: A002 -- the port's name
        return await self._database.run("process_seen", id) > 0

    async def sign_out(self, id: str) -> None:  # noqa: A002 -- the port's name
        await self._database.run("process_sign_out", id)

    async def signed_in(self, within_s: float = 10.0) -> Sequence[Process]:
        found = await self._database.fetch("processes_signed_in", within_s)
        return [Process(**dict(row)) for row in found]
