"""The `SubjectKeys` port on PostgreSQL: data keys, wrapped by the key ring."""

import secrets
from collections.abc import Collection, Mapping
from hmac import compare_digest

from homeward.ports import KeyRing
from homeward.postgres.database import Database
from homeward.record.sealing import KEY_BYTES


class OtherKeyRing(Exception):
    """The database was sealed under another key ring; the text is one line with the mend."""


async def check_ring(database: Database, ring: KeyRing, origin: str) -> None:
    """Note the ring in a new world; later refuse every other one. Raises OtherKeyRing.

    With another ring nothing sealed could be read, no link opened and no message rendered, and
    what is written meanwhile could not be read with the right one.
    """
    mark = ring.mac("world", origin.encode())
    await database.run("key_ring_note", mark)
    if not compare_digest(mark, bytes(await database.value("key_ring"))):
        raise OtherKeyRing("the database was sealed under another key ring: restore that one")


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

    async def destroy(self, subjects: Collection[str]) -> None:
        await self._database.run("subject_keys_destroy", sorted(set(subjects)))

    async def _found(self, subjects: list[str]) -> dict[str, bytes]:
        if not subjects:
            return {}
        rows = await self._database.fetch("subject_keys", subjects)
        return {row["subject"]: self._ring.unwrap(row["wrapped"]) for row in rows}
