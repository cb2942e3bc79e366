"""Connections that say nothing are let go: a thousand of them would be all that is served."""

import asyncio
from typing import Final

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_S: Final = 10.0
"""By then a request's head has come; uvicorn waits for it for ever, and counts the connection."""


class Patient(H11Protocol):
    """uvicorn's protocol, whose patience with a head that does not come has an end."""

    head_s = HEAD_S
    _due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._due = self.loop.call_later(self.head_s, self._late)

    def data_received(self, data: bytes) -> None:
        """Wait no longer once a request is being served; wait anew when the next one begins."""
        super().data_received(data)
        asked = self.cycle is not None  # uvicorn says it always is; before the first it is not
        if asked and not self.cycle.response_complete:
            self._no_longer()
        elif self._due is None and not self.transport.is_closing():
            self._due = self.loop.call_later(self.head_s, self._late)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing."""
        self._no_longer()
        super().connection_lost(exc)

    def _no_longer(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _late(self) -> None:
        self._due = None
        if not self.transport.is_closing():
            self.transport.close()
