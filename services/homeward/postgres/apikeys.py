"""The `ApiKeys` port on PostgreSQL."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Final

import asyncpg

from homeward.ports import KeyHolder
from homeward.postgres.database import Database
from homeward.words import Role

PREFIX_BYTES: Final = 5
SECRET_BYTES: Final = 24
"""192 bits of chance: a plain SHA-256 of it cannot be searched."""


class PostgresApiKeys:
    """`ApiKeys`: ``hw_<prefix>_<random>``, of which only the hash is kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, role: Role, account: str, org: str) -> tuple[str, KeyHolder]:
        prefix = secrets.token_hex(PREFIX_BYTES)
        secret = f"hw_{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
        await self._database.run("api_key_make", prefix, _hash(secret), role.value, account, org)
        row = await self._database.one("api_key", prefix)
        assert row is not None
        return secret, _holder(row)

    async def lookup(self, secret: str) -> KeyHolder | None:
        parts = secret.split("_", 2)
        if len(parts) != len(("hw", "prefix", "random")) or not parts[1].isalnum():
            return None
        row = await self._database.one("api_key", parts[1])
        if row is None or not hmac.compare_digest(row["sha256"], _hash(secret)):
            return None
        return _holder(row) if row["revoked_at"] is None else None

    async def holder(self, prefix: str) -> KeyHolder | None:
        row = await self._database.one("api_key", prefix)
        return None if row is None else _holder(row)

    async def revoke(self, prefix: str) -> bool:
        return await self._database.run("api_key_revoke", prefix) > 0

    async def page(self) -> Sequence[KeyHolder]:
        return [_holder(row) for row in await self._database.fetch("api_keys")]


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _holder(row: asyncpg.Record) -> KeyHolder:
    return KeyHolder(
        prefix=row["prefix"],
        role=Role(row["role"]),
        account=row["account"],
        org=row["org"],
        revoked=row["revoked_at"] is not None,
    )
