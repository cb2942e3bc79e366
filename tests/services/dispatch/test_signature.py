"""The standardwebhooks package judges what we sign; we never judge ourselves."""

from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from homeward.dispatch.channels.signature import (
    batch_id,
    endpoint_secret,
    secret_text,
    signed_headers,
)

ADDRESS = "https://partner.example/hook"
BODY = '{"type":"homeward.alert.v1","data":{"标题":"寻找"}}'.encode()


@pytest.fixture
def secret(ring):
    return endpoint_secret(ring, ADDRESS)


@pytest.fixture
def headers(secret):
    return signed_headers(secret, BODY, webhook_id=batch_id(["m-1"]), sent_at=datetime.now(UTC))


def test_another_house_accepts_our_signature(secret, headers):
    assert Webhook(secret_text(secret)).verify(BODY, headers)["type"] == "homeward.alert.v1"


@pytest.mark.parametrize("place", [0, 1, len(BODY) // 2, -1])
def test_it_refuses_an_altered_body(secret, headers, place):
    altered = bytearray(BODY)
    altered[place] = altered[place] ^ 1
    with pytest.raises((WebhookVerificationError, UnicodeDecodeError)):
        Webhook(secret_text(secret)).verify(bytes(altered), headers)


@pytest.mark.parametrize(
    ("header", "value"),
    [("webhook-id", "msg_other"), ("webhook-timestamp", "1"), ("webhook-signature", "v1,AAAA")],
)
def test_it_refuses_altered_headers(secret, headers, header, value):
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_text(secret)).verify(BODY, headers | {header: value})


def test_an_endpoint_cannot_speak_for_another(ring, headers):
    other = secret_text(endpoint_secret(ring, "https://other.example/hook"))
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify(BODY, headers)


def test_the_same_messages_in_any_order_are_the_same_batch():
    assert batch_id(["b", "a"]) == batch_id(["a", "b"]) != batch_id(["a"])
