"""Hashes of the log: a leaf for each envelope, a chain for each stream (AUDIT "Envelope")."""

import hashlib


def leaf_hash(envelope: bytes) -> bytes:
    """Return SHA-256(0x00 || envelope), an RFC 6962 leaf."""
    return hashlib.sha256(b"\x00" + envelope).digest()


def chain_start(origin: str, stream: str) -> bytes:
    """Return the chain hash before a stream's first fact."""
    return hashlib.sha256(f"case-chain/v1\n{origin}\n{stream}\n".encode()).digest()


def chain_next(previous: bytes, leaf: bytes) -> bytes:
    """Return SHA-256(0x02 || previous chain hash || leaf)."""
    return hashlib.sha256(b"\x02" + previous + leaf).digest()
