"""What whoever looks into an unverified report asks for."""

from typing import Annotated

from pydantic import Field

from homeward.requests import Request
from homeward.words import HubOnDuty


class AskRingZero(Request):
    """Let vetted volunteers and hubs on duty near the place last seen hear of the report."""

    hubs: Annotated[tuple[HubOnDuty, ...], Field(max_length=20)] = ()
    """Inside the area, with somebody on duty, as the desk finds them."""
