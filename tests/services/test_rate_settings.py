"""Rates of channels: what is no rate ends the start with a line, and a typing error is no rate."""

import pytest
from pydantic import ValidationError

from homeward.dispatch.bucket import rates_of
from homeward.settings import Settings


@pytest.mark.parametrize(
    "text",
    [
        "webhook", "webhook=", "webhook=abc", "webhook=-1", "webhook=0", "webhook=0.0", "=5", "=",
        "webhook=nan", "webhook=inf", "webhook=1e400", "webhok=5", "webhook=1,webhook=2",
    ],
)  # fmt: skip
def test_what_is_no_rate_is_refused_with_the_mend(text):
    with pytest.raises(ValidationError, match=r"write webhook=500|write each once"):
        Settings(channel_rates=text)


@pytest.mark.parametrize("text", ["", "webhook=500", "webhook=0.5, inbox=2000,"])
def test_what_is_taken_can_be_read(text):
    assert all(rate > 0 for rate in rates_of(Settings(channel_rates=text).channel_rates).values())
