"""The `SubjectKeys` port on PostgreSQL: data keys, wrapped by the key ring."""

import secrets
from collections.abc import Collection, Mapping

from homeward.ports import KeyRing
from homeward.postgres.database import Database
from homeward.record.sealing import KEY_BYTES


class PostgresSubjectKeys:
    """`SubjectKeys`; read each time, so that a key that was deleted is gone at once."""

    def __init__(self, database: Database, ring: KeyRing) -> None:
        self._database, self._ring = database, ring

    async def keys_for(self, subjects: Collection[str], *, create: bool) -> Mapping[str, bytes]:
        wanted = sorted(set(subjects))
        found = await self._found(wanted)
        missing = [one for one in wanted if one not in found]
        if create and missing:
            wrapped = [self._ring.wrap(secrets.token_bytes(KEY_BYTES)) for _ in missing]
            await self._database.run("subject_keys_make", missing, wrapped)
            found |= await self._found(missing)  # another process may have been faster
        return found

    async def _found(self, subjects: list[str]) -> dict[str, bytes]:
        if not subjects:
            return {}
        rows = await self._database.fetch("subject_keys", subjects)
        return {row["subject"]: self._ring.unwrap(row["wrapped"]) for row in rows}
