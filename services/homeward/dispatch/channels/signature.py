"""Standard Webhooks signatures: an endpoint can tell that we said it, and when.

Every endpoint has a secret of its own, derived from the ring, so that none is stored and one that
leaks speaks for one address in one world only.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from homeward.ports import KeyRing


def endpoint_secret(ring: KeyRing, address: str) -> bytes:
    """Return the key that signs what goes to an address."""
    return ring.mac("webhook", address.encode())


def secret_text(secret: bytes) -> str:
    """Return a secret as its endpoint's operator enters it: ``whsec_`` and base64."""
    return "whsec_" + base64.b64encode(secret).decode()


def batch_id(message_ids: Iterable[str]) -> str:
    """Return a batch's ``webhook-id``: the same messages sent again have the same one."""
    named = "\n".join(sorted(message_ids)).encode()
    return "msg_" + hashlib.sha256(named).hexdigest()[:32]


def signed_headers(
    secret: bytes, body: bytes, *, webhook_id: str, sent_at: datetime
) -> dict[str, str]:
    """Return the three headers of Standard Webhooks for a body sent at a (real) moment."""
    timestamp = str(int(sent_at.timestamp()))
    signed = b".".join((webhook_id.encode(), timestamp.encode(), body))
    signature = base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{signature}",
    }


def signed_lines(secret: bytes, body: bytes, *, webhook_id: str, sent_at: datetime) -> bytes:
    """Return the same headers as they stand in a request, each with its CRLF."""
    headers = signed_headers(secret, body, webhook_id=webhook_id, sent_at=sent_at)
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("ascii")
