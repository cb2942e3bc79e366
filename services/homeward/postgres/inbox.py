"""The `Inbox` port on PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence

from homeward.ports import InboxMessage
from homeward.postgres.database import Database


class PostgresInbox:
    """`Inbox`: numbered for each recipient, without a hole that fills later."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, messages: Sequence[tuple[str, InboxMessage]]) -> None:
        rows = [
            (
                n, recipient, one.message_id, one.case, one.purpose, one.alert, one.version,
                one.texts_of, one.watch, one.window_from, one.window_to, one.at,
            )
            for n, (recipient, one) in enumerate(messages)
        ]  # fmt: skip
        if rows:
            await self._database.run("put_messages", rows)

    async def newest(self, recipients: Collection[str]) -> Mapping[str, int]:
        rows = await self._database.fetch("inbox_newest", list(recipients))
        return {row["recipient"]: row["seq"] for row in rows}

    async def since(self, recipient: str, seq: int, limit: int = 100) -> Sequence[InboxMessage]:
        found = await self._database.fetch("messages_since", recipient, seq, limit)
        return [
            InboxMessage(
                seq=row["seq"],
                message_id=row["message_id"],
                case=row["case_id"],
                purpose=row["purpose"],
                alert=row["alert"],
                version=row["version"],
                texts_of=row["texts_of"],
                watch=row["watch"],
                window_from=row["window_from"],
                window_to=row["window_to"],
                at=row["at"],
            )
            for row in found
        ]

    async def forget(self, recipient: str) -> None:
        await self._database.run("forget_messages", recipient)
