"""The `Invites` port on PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from homeward.ports import Invite, Joined, Waiting
from homeward.postgres.database import Database
from homeward.words import Tier


class PostgresInvites:
    """`Invites`: what must not be done twice is one function of the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def make(self, invite: Invite) -> None:
        one = invite
        made = one.id, one.org, one.made_by, one.expires_at, one.uses
        await self._database.run("invite_make", *made)

    async def get(self, invite: str) -> Invite | None:
        row = await self._database.one("invite", invite)
        return None if row is None else Invite(**_fields(row))

    async def of(self, org: str) -> Sequence[Invite]:
        return [Invite(**_fields(row)) for row in await self._database.fetch("invites_of", org)]

    async def revoke(self, invite: str, org: str) -> bool:
        return await self._database.run("invite_revoke", invite, org) > 0

    async def join(self, invite: str, recipient: str, now: datetime) -> Joined:
        return Joined(await self._database.value("join_by_invite", invite, recipient, now))

    async def waiting(self, org: str, limit: int) -> Sequence[Waiting]:
        rows = await self._database.fetch("waiting_for", org, limit)
        return [Waiting(**_fields(row)) for row in rows]

    async def waits_for(self, recipient: str) -> str | None:
        row = await self._database.one("waits_for", recipient)
        return None if row is None else str(row["org"])

    async def accept(self, recipient: str, org: str, tier: Tier) -> bool:
        return bool(await self._database.value("accept_recipient", recipient, org, tier.value))

    async def decline(self, recipient: str, org: str) -> bool:
        return bool(await self._database.value("decline_recipient", recipient, org))


def _fields(row: Any) -> dict[str, Any]:  # noqa: ANN401 -- asyncpg's records are untyped
    return dict(row)
