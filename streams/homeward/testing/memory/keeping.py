"""Keys, clocks and figures in memory: the clock stands still until a test moves it."""

import base64
import hashlib
import hmac
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from homeward.testing.memory.calls import Calls, port_call

NONCE_BYTES = 12


class MemoryClock:
    """`Clock` that a test moves: ``scale`` case seconds pass with each real one."""

    def __init__(self, start: datetime | None = None, scale: float = 1.0) -> None:
        self._case = self._real = start or datetime(2026, 3, 1, 8, tzinfo=UTC)
        self.scale = scale

    @property
    def rate(self) -> float:
        return self.scale

    def now(self) -> datetime:
        return self._case

    def real(self) -> datetime:
        return self._real

    def real_s_until(self, moment: datetime) -> float:
        return max(0.0, (moment - self._case).total_seconds() / self.scale)

    def pass_s(self, real_s: float) -> None:
        """Let real seconds pass, and case seconds with them."""
        self._real += timedelta(seconds=real_s)
        self._case += timedelta(seconds=real_s * self.scale)

    def move_to(self, moment: datetime) -> None:
        """Let time pass until the case clock shows a moment; not backwards."""
        self.pass_s(self.real_s_until(moment))
        self._case = max(self._case, moment)  # no rounding: a wake is due exactly at its moment

    def linger_s(self, real_s: float) -> None:
        """Let only real seconds pass, as for a lease to end while a history stands still."""
        self._real += timedelta(seconds=real_s)

    def set_back_s(self, real_s: float) -> None:
        """Set the real clock back, as an operator's mistake does; the case clock goes on."""
        self._real -= timedelta(seconds=real_s)


@dataclass(slots=True)
class KeyDisk:
    """Data keys by subject; how many were ever made tells a new one from a forgotten one."""

    keys: dict[str, bytes] = field(default_factory=dict)
    made: int = 0


class MemorySubjectKeys:
    """`SubjectKeys` whose keys follow from the order they were asked for: repeatable."""

    def __init__(self, disk: KeyDisk, calls: Calls) -> None:
        self.disk, self.calls = disk, calls

    @port_call
    async def keys_for(self, subjects: Collection[str], *, create: bool) -> Mapping[str, bytes]:
        for subject in subjects if create else ():
            if subject not in self.disk.keys:
                self.disk.made += 1
                text = f"{subject}:{self.disk.made}"
                self.disk.keys[subject] = hashlib.sha256(text.encode()).digest()
        return {one: self.disk.keys[one] for one in subjects if one in self.disk.keys}

    @port_call
    async def destroy(self, subjects: Collection[str]) -> None:
        for subject in subjects:
            self.forget(subject)

    def forget(self, subject: str) -> None:
        """Delete a subject's key: whatever was sealed under it stays closed for ever."""
        self.disk.keys.pop(subject, None)


class MemoryKeyRing:
    """`KeyRing` of one secret and as many epochs as a test wants."""

    def __init__(self, secret: bytes = b"only for tests") -> None:
        self._secret = secret
        self.epochs: list[str] = ["epoch1"]
        self._nonces = 0

    def _key(self, *names: str) -> bytes:
        return hmac.digest(self._secret, "\n".join(names).encode(), "sha256")

    def rotate(self) -> str:
        """Start a new epoch and return its name."""
        self.epochs.append(f"epoch{int(self.epochs[-1].removeprefix('epoch')) + 1}")
        return self.epochs[-1]

    def destroy(self, epoch: str) -> None:
        """Let an epoch key die."""
        self.epochs.remove(epoch)

    def wrap(self, data_key: bytes) -> bytes:
        self._nonces += 1
        epoch, nonce = self.epochs[-1], self._nonces.to_bytes(NONCE_BYTES, "big")
        sealed = AESGCM(self._key("epoch", epoch)).encrypt(nonce, data_key, epoch.encode())
        return epoch.encode() + b":" + nonce + sealed

    def unwrap(self, wrapped: bytes) -> bytes:
        name, _, rest = wrapped.partition(b":")
        if name.decode() not in self.epochs:
            raise KeyError(name.decode())
        key = AESGCM(self._key("epoch", name.decode()))
        return key.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], name)

    def token(self, purpose: str, subject: str) -> str:
        raw = hmac.digest(self._key("link"), f"{purpose}\n{subject}".encode(), "sha256")
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    def mac(self, purpose: str, content: bytes) -> bytes:
        return hmac.digest(self._key("mac", purpose), content, "sha256")


Labels = tuple[tuple[str, str], ...]


class MemoryMeter:
    """`Meter` that a test reads: figures by name and sorted labels."""

    def __init__(self) -> None:
        self.counts: defaultdict[tuple[str, Labels], float] = defaultdict(float)
        self.observed: defaultdict[tuple[str, Labels], list[float]] = defaultdict(list)
        self.gauges: dict[tuple[str, Labels], float] = {}

    def count(self, name: str, by: float = 1, /, **labels: str) -> None:
        self.counts[name, tuple(sorted(labels.items()))] += by

    def observe(self, name: str, value: float, **labels: str) -> None:
        self.observed[name, tuple(sorted(labels.items()))].append(value)

    def gauge(self, name: str, value: float, **labels: str) -> None:
        self.gauges[name, tuple(sorted(labels.items()))] = value

    def total(self, name: str) -> float:
        """Return a counter's sum over all labels."""
        return sum(value for (one, _), value in self.counts.items() if one == name)
