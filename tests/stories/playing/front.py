"""The API in this process: requests by role, or by whoever holds a link."""

from dataclasses import dataclass, field
from typing import Any

import httpx2

from homeward.http.app import create_app
from homeward.http.rooms import Rooms
from homeward.words import Role


@dataclass(slots=True)
class Front:
    """One world's door; accounts are named after roles, so that actors are the same everywhere."""

    rooms: Rooms
    http: httpx2.AsyncClient
    keys: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, rooms: Rooms) -> "Front":
        """Open the door; `close` it."""
        transport = httpx2.ASGITransport(app=create_app(rooms))
        return cls(rooms, httpx2.AsyncClient(transport=transport, base_url="http://stories.test"))

    async def close(self) -> None:
        """Shut the door."""
        await self.http.aclose()

    async def ask(self, who: str, method: str, path: str, body: Any, key: str) -> Any:
        """Return the answer to a request; it has to be granted."""
        headers = {"Authorization": f"Bearer {await self._bearer(who)}", "Idempotency-Key": key}
        answer = await self.http.request(method, path, json=body, headers=headers)
        assert answer.status_code < 300, (key, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    async def _bearer(self, who: str) -> str:
        role, _, recipient = who.partition(":")
        if role == "hi":
            return f"hi_{recipient}.{self.rooms.ring.token('inbox', recipient)}"
        if role not in self.keys:
            made = await self.rooms.api_keys.create(Role(role), f"{role}-1", "tests")
            self.keys[role] = made[0]
        return self.keys[role]
