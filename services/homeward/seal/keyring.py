"""The `KeyRing` port as a file that only its owner may read."""

import base64
import hmac
import json
import os
import secrets
import stat
from pathlib import Path
from typing import Any, Final, Self

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
TOKEN_BYTES: Final = 18
"""144 bits of the HMAC: 24 letters in a link, and nobody guesses one."""


class KeyRingRefused(Exception):
    """The key ring cannot be used; the text is one line with the mend."""


class FileKeyRing:
    """Epoch keys that wrap data keys, a key for links, a key from which all MAC keys derive.

    Losing the file closes everything that was sealed for ever; it never belongs into one archive
    with the database. It says which world it is of, and opens in no other: a drill that held a live
    key could open live links and sign as the live world does.
    """

    def __init__(self, path: Path, ring: dict[str, Any]) -> None:
        try:
            self.world: str | None = ring.get("world")
            """None: made before rings said so."""
            self._epochs = {name: _raw(text) for name, text in ring["epochs"].items()}
            self._newest = str(ring["newest"])
            self._link, self._mac = _raw(ring["link"]), _raw(ring["mac"])
            self._epochs[self._newest]
        except (KeyError, TypeError, ValueError, AttributeError) as failure:
            raise KeyRingRefused(f"{path} is no key ring: restore it from its backup") from failure
        self._derived: dict[str, bytes] = {}

    @classmethod
    def open(cls, path: Path, world: str | None = None) -> Self:
        """Read the ring; the first time make it, of this world. Raises KeyRingRefused."""
        if not path.exists():
            _create(path, world)
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise KeyRingRefused(f"others may read {path}: run `chmod 600 {path}`")
        try:
            ring = json.loads(path.read_text(encoding="utf-8"))
        except PermissionError as failure:
            raise KeyRingRefused(f"{path} belongs to another user: run as that user") from failure
        except ValueError as failure:
            raise KeyRingRefused(f"{path} is no key ring: restore it from its backup") from failure
        made = cls(path, ring)
        if world is not None and made.world not in {world, None}:
            raise KeyRingRefused(
                f"{path} is the key ring of the {made.world} world: move it away, the {world} "
                "world makes or has one of its own"
            )
        return made

    def wrap(self, data_key: bytes) -> bytes:
        name, nonce = self._newest.encode(), secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self._epochs[self._newest]).encrypt(nonce, data_key, name)
        return bytes([len(name)]) + name + nonce + sealed

    def unwrap(self, wrapped: bytes) -> bytes:
        name, rest = wrapped[1 : 1 + wrapped[0]], wrapped[1 + wrapped[0] :]
        key = self._epochs[name.decode()]
        return AESGCM(key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], name)

    def token(self, purpose: str, subject: str) -> str:
        said = f"{len(purpose)}:{purpose}{subject}".encode()
        digest = hmac.digest(self._link, said, "sha256")[:TOKEN_BYTES]
        return base64.urlsafe_b64encode(digest).decode()

    def mac(self, purpose: str, content: bytes) -> bytes:
        key = self._derived.get(purpose)
        if key is None:
            info = b"homeward/mac/" + purpose.encode()
            key = HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=info).derive(self._mac)
            self._derived[purpose] = key
        return hmac.digest(key, content, "sha256")


def _raw(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    if len(raw) != KEY_BYTES:
        raise ValueError("a key has 32 bytes")
    return raw


def _create(path: Path, world: str | None) -> None:
    """Write a fresh ring whole or not at all; when another process is faster, theirs counts."""

    def key() -> str:
        return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()

    epoch = f"e-{secrets.token_hex(4)}"
    ring = {"v": 1, "newest": epoch, "epochs": {epoch: key()}, "link": key(), "mac": key()}
    if world is not None:
        ring["world"] = world
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(ring, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)  # unlike a rename it never replaces a ring
    except FileExistsError:
        return
    finally:
        fresh.unlink()
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
