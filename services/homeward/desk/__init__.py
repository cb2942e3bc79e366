"""The desk: request -> load -> decide -> append. The only writer of what people make true."""

from homeward.desk.alone import alone_before, emergencies_before, noted_alone, noted_emergency
from homeward.desk.areas import given_of
from homeward.desk.books import HubBooks
from homeward.desk.crowd import IndexCrowd
from homeward.desk.desk import Asking, Beside, Desk, Receipt
from homeward.desk.districts import District, Districts, DistrictsRefused, read_districts
from homeward.desk.drafts import digest_of
from homeward.desk.expunging import destroy_again, destroy_keys
from homeward.desk.merging import goes_on_in, merge_cases, part_case
from homeward.desk.queue import Queue
from homeward.desk.reading import Opened, Reader
from homeward.desk.refusals import IdempotencyKeyReused, StaleVersion, TooBusy
from homeward.desk.triage import Triage

__all__ = [
    "Asking",
    "Beside",
    "Desk",
    "District",
    "Districts",
    "DistrictsRefused",
    "HubBooks",
    "IdempotencyKeyReused",
    "IndexCrowd",
    "Opened",
    "Queue",
    "Reader",
    "Receipt",
    "StaleVersion",
    "TooBusy",
    "Triage",
    "alone_before",
    "destroy_again",
    "destroy_keys",
    "digest_of",
    "emergencies_before",
    "given_of",
    "goes_on_in",
    "merge_cases",
    "noted_alone",
    "noted_emergency",
    "part_case",
    "read_districts",
]
