"""LISTEN on a connection of its own that comes back by itself; who waits polls besides."""

import asyncio
import contextlib
from collections import defaultdict
from typing import Final

import asyncpg
import structlog

from homeward.postgres.database import CONNECT_S_MAX, PASSING, Database
from homeward.postgres.statements import sql

AGAIN_S: Final = 0.5
"""Pause before connecting again."""
CHECK_S: Final = 5.0
"""A connection that died without a word is noticed after so long."""


log = structlog.get_logger()


class Bell:
    """Rings for the channels of a world: ``log``, ``ledger``, ``clock``, ``roster``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rung: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._heard: dict[str, str] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Listen until `stop`."""
        self._task = asyncio.create_task(self._listen(), name="bell")

    async def stop(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def last(self, channel: str) -> str | None:
        """Return what was last said on a channel."""
        return self._heard.get(channel)

    def event(self, channel: str) -> asyncio.Event:
        """Return the event that the next ring of a channel sets; take it before you look."""
        return self._rung[channel]

    def ring(self, channel: str, payload: str) -> None:
        """Wake everybody who waits for a channel."""
        self._heard[channel] = payload
        self._rung.pop(channel, asyncio.Event()).set()

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_once()
            except PASSING:
                pass
            except Exception as error:  # noqa: BLE001 -- a bell that fell silent costs a poll a time
                log.warning("postgres.bell-broke", error=type(error).__name__)
            await asyncio.sleep(AGAIN_S)

    async def _listen_once(self) -> None:
        connection = await asyncpg.connect(
            self._database.dsn,
            timeout=CONNECT_S_MAX,
            command_timeout=CHECK_S,
            server_settings=self._database.session(),
        )
        try:
            for channel in ("log", "ledger", "clock", "roster"):
                await connection.add_listener(f"{self._database.schema}_{channel}", self._said)
            while not connection.is_closed():
                await asyncio.sleep(CHECK_S)
                await connection.execute(sql("alive"))
        finally:
            connection.terminate()

    def _said(self, _connection: object, _pid: int, channel: str, payload: object) -> None:
        self.ring(channel.removeprefix(f"{self._database.schema}_"), str(payload))
