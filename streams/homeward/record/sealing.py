"""Sealing personal fields under one key a person, so that they can be forgotten (AUDIT).

HKDF-SHA256 makes an encryption key and a commitment key of the subject's data key; AES-256-GCM
encrypts with a random 96-bit nonce; the commitment binds the key, which GCM alone does not.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from homeward.words import derived_id

ALGORITHM = "A256GCM+kc1"
KEY_BYTES = 32
NONCE_BYTES = 12


class CannotOpen(Exception):
    """The sealed field does not belong to this key, fact or field, or was altered."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """One sealed field: what the envelope says of it, and the ciphertext kept apart."""

    field: str
    subject: str
    nonce: bytes
    commitment: bytes
    ciphertext: bytes

    def entry(self) -> dict[str, str | int]:
        """Return what stands in the envelope: hashes of the ciphertext only."""
        return {
            "f": self.field,
            "subj": self.subject,
            "alg": ALGORITHM,
            "n": base64.b64encode(self.nonce).decode(),
            "kc": base64.b64encode(self.commitment).decode(),
            "ct": hashlib.sha256(self.ciphertext).hexdigest(),
            "len": len(self.ciphertext),
        }


def subject_of(origin: str, owner: str, person: str) -> str:
    """Return the subject whose key seals a field: a person's part in a case or stream."""
    return "s_" + derived_id(origin, "subject", owner, person).replace("-", "")


@dataclass(frozen=True, slots=True)
class Derived:
    """What is made of a subject's data key: once for all its fields in a fact, and then let go.

    HKDF-SHA256 (RFC 5869) without salt, one block for each purpose. Written out, because the two
    share their first step and a fact has several fields; a test holds it to cryptography's.
    """

    gcm: AESGCM
    commit: bytes

    @classmethod
    def of(cls, data_key: bytes) -> Self:
        """Derive both keys."""
        extracted = hmac.digest(bytes(KEY_BYTES), data_key, "sha256")
        encrypt = hmac.digest(extracted, b"homeward/encrypt\x01", "sha256")
        return cls(AESGCM(encrypt), hmac.digest(extracted, b"homeward/commit\x01", "sha256"))


def _bound_to(log: str, stream: str, fact_id: str, field: str) -> bytes:
    return f"{log}\n{stream}\n{fact_id}\n{field}".encode()


def _commit(derived: Derived, nonce: bytes, bound: bytes) -> bytes:
    return hmac.digest(derived.commit, nonce + bound, "sha256")


def seal(  # noqa: PLR0913 -- each part is bound into the ciphertext and must be named
    text: str,
    *,
    derived: Derived,
    nonce: bytes,
    subject: str,
    log: str,
    stream: str,
    fact_id: str,
    field: str,
) -> Sealed:
    """Return a field sealed under its subject's key, bound to its log, stream, fact and name."""
    bound = _bound_to(log, stream, fact_id, field)
    ciphertext = derived.gcm.encrypt(nonce, text.encode(), bound)
    return Sealed(field, subject, nonce, _commit(derived, nonce, bound), ciphertext)


def open_sealed(
    entry: dict[str, str | int],
    ciphertext: bytes,
    *,
    data_key: bytes,
    log: str,
    stream: str,
    fact_id: str,
) -> str:
    """Return the text of a sealed field.

    Raises CannotOpen when key, place or ciphertext are not those it was sealed with.
    """
    field = str(entry["f"])
    bound = _bound_to(log, stream, fact_id, field)
    derived = Derived.of(data_key)
    nonce = base64.b64decode(str(entry["n"]))
    commitment = base64.b64decode(str(entry["kc"]))
    if not hmac.compare_digest(_commit(derived, nonce, bound), commitment):
        raise CannotOpen(field)
    if hashlib.sha256(ciphertext).hexdigest() != entry["ct"]:
        raise CannotOpen(field)
    try:
        return derived.gcm.decrypt(nonce, ciphertext, bound).decode()
    except Exception as failure:
        raise CannotOpen(field) from failure
