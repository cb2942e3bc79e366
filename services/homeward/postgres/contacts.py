"""Contacts as they are stored: sealed under a key that only the key ring can make."""

import json
import secrets
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from homeward.ports import Contact, KeyRing

NONCE_BYTES: Final = 12
PURPOSE: Final = "roster"

Contacts = tuple[tuple[Contact, ...], ...]


def seal_contacts(ring: KeyRing, recipient: str, contacts: Contacts) -> bytes:
    """Return a recipient's contacts, encrypted and bound to them."""
    plain = json.dumps([[[c.channel, c.address] for c in one] for one in contacts]).encode()
    name, nonce = recipient.encode(), secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(ring.mac(PURPOSE, name)).encrypt(nonce, plain, name)


def open_contacts(ring: KeyRing, recipient: str, sealed: bytes) -> Contacts:
    """Return the contacts that were sealed."""
    name, nonce = recipient.encode(), sealed[:NONCE_BYTES]
    plain = AESGCM(ring.mac(PURPOSE, name)).decrypt(nonce, sealed[NONCE_BYTES:], name)
    said = json.loads(plain.decode())  # from bytes it would guess their encoding first
    return tuple([tuple([Contact(*way) for way in one]) for one in said])
