"""Keys, clocks and figures."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from homeward.words import Role


class KeyRing(Protocol):
    """Keys that are kept apart from the database (a 0600 file, an HSM)."""

    def wrap(self, data_key: bytes) -> bytes:
        """Return a data key encrypted under the newest epoch key, with the epoch's name."""
        ...

    def unwrap(self, wrapped: bytes) -> bytes:
        """Return the data key. Raises KeyError when its epoch key is gone."""
        ...

    def token(self, purpose: str, subject: str) -> str:
        """Return the capability that opens a page: HMAC under the link key, URL-safe."""
        ...

    def mac(self, purpose: str, content: bytes) -> bytes:
        """Return HMAC-SHA256 under a key for that purpose."""
        ...


class SubjectKeys(Protocol):
    """One data key a person, kept wrapped beside the log; deleting it forgets them."""

    async def keys_for(self, subjects: Collection[str], *, create: bool) -> Mapping[str, bytes]:
        """Return data keys; with ``create`` missing ones are made (durable before returning)."""
        ...

    async def destroy(self, subjects: Collection[str]) -> None:
        """Delete keys for ever, durably: whatever was sealed under them stays closed."""
        ...


class Clock(Protocol):
    """Two times: the case clock, which a drill may scale, and the real one."""

    @property
    def rate(self) -> float:
        """Case seconds for each real one, whoever set it."""
        ...

    def now(self) -> datetime:
        """Return the case clock, UTC."""
        ...

    def real(self) -> datetime:
        """Return this process's clock plus its measured offset from the database's, UTC."""
        ...

    def real_s_until(self, moment: datetime) -> float:
        """Return real seconds until the case clock shows ``moment``; 0 when it is past."""
        ...


class Meter(Protocol):
    """Where figures go; names and labels are declared in `homeward.metrics`."""

    def count(self, name: str, by: float = 1, /, **labels: str) -> None:
        """Add to a counter."""
        ...

    def observe(self, name: str, value: float, **labels: str) -> None:
        """Add a value to a histogram."""
        ...

    def gauge(self, name: str, value: float, **labels: str) -> None:
        """Set a gauge."""
        ...


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Whom an API key speaks for."""

    prefix: str
    role: Role
    account: str
    org: str = "-"
    revoked: bool = False


class ApiKeys(Protocol):
    """API keys ``hw_<prefix>_<random>``, of which only the SHA-256 is kept."""

    async def create(self, role: Role, account: str, org: str) -> tuple[str, KeyHolder]:
        """Return a new key's secret, shown this once, and its holder."""
        ...

    async def lookup(self, secret: str) -> KeyHolder | None:
        """Return the holder of a key that opens something; None when unknown or revoked."""
        ...

    async def holder(self, prefix: str) -> KeyHolder | None:
        """Return the holder of the key with that prefix, revoked or not; None: there is none."""
        ...

    async def revoke(self, prefix: str) -> bool:
        """Let a key open nothing any more; False when there is none."""
        ...

    async def page(self) -> Sequence[KeyHolder]:
        """Return all holders, by prefix."""
        ...
