"""The desk: request -> load -> decide -> append. The only writer of what people make true."""

from homeward.desk.books import HubBooks
from homeward.desk.crowd import IndexCrowd
from homeward.desk.desk import Asking, Desk, Receipt
from homeward.desk.reading import Opened, Reader
from homeward.desk.refusals import IdempotencyKeyReused, StaleVersion, TooBusy

__all__ = [
    "Asking",
    "Desk",
    "HubBooks",
    "IdempotencyKeyReused",
    "IndexCrowd",
    "Opened",
    "Reader",
    "Receipt",
    "StaleVersion",
    "TooBusy",
]
