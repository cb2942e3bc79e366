"""Brokers: what is no address ends the start with a line that names the variable."""

import pytest
from pydantic import ValidationError

from homeward.settings import Settings


@pytest.mark.parametrize(
    "text",
    [
        "garbage", "localhost", "localhost:", ":9092", "127.0.0.1:99999", "h:0", "a:1 b",
        "kafka://h:9092", "h:1;x:2", "user@h:1", "::1:9092", "h:1,x",
    ],
)  # fmt: skip
def test_what_is_no_broker_is_refused_with_the_mend(text):
    with pytest.raises(ValidationError, match="write host:port,host:port"):
        Settings(kafka=text)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("", ""),
        ("127.0.0.1:9092", "127.0.0.1:9092"),
        (" kafka-1.example:9092, [::1]:9093,", "kafka-1.example:9092,[::1]:9093"),
    ],
)
def test_what_is_a_broker_is_taken(text, taken):
    assert Settings(kafka=text).kafka == taken
