"""What the API answers, as models: they make the OpenAPI document complete."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from homeward.desk import Receipt
from homeward.words import case_code

Figure = Annotated[int | str, Field(description="People: a bucket, or for auditors a number.")]


class Answered(BaseModel):
    """An answer."""

    model_config = ConfigDict(frozen=True)


class FactRef(Answered):
    """One fact that became true."""

    id: str
    kind: str


class ReceiptOut(Answered):
    """What a request made true; no facts when all was true already."""

    case: str
    code: str
    stream: str
    version: Annotated[int, Field(description="Of the stream.")]
    facts: list[FactRef]


class RaisedOut(ReceiptOut):
    """A case was raised."""

    link: Annotated[str, Field(description="The reporter's secret page.")]


class DraftedOut(ReceiptOut):
    """An alert was drafted."""

    draft: str


class SightedOut(ReceiptOut):
    """A sighting was reported."""

    sighting: str


def receipt_fields(case: str, receipt: Receipt) -> dict[str, Any]:
    """Return a receipt as the fields of an answer."""
    return {
        "case": case,
        "code": case_code(case),
        "stream": receipt.stream,
        "version": receipt.version,
        "facts": [FactRef(id=one, kind=kind) for one, kind in receipt.facts],
    }


def receipt_out(case: str, receipt: Receipt) -> ReceiptOut:
    """Return a receipt as it is answered."""
    return ReceiptOut(**receipt_fields(case, receipt))


class CaseLine(Answered):
    """A case in a list."""

    case: str
    code: str
    status: str
    category: str
    at: str
    version: int


class CaseList(Answered):
    """Cases, newest first."""

    items: list[CaseLine]
    next: str | None


class SightingOut(Answered):
    """A sighting; place, note and contact only with a purpose."""

    sighting: str
    status: str
    cell: str
    seen_at: str
    accuracy_m: int
    mode: str
    source: str
    at: str
    place: dict[str, Any] | None = None
    note: str | None = None
    contact: str | None = None


class SightingList(Answered):
    """Sightings, in the order of telling."""

    items: list[SightingOut]
    next: str | None


class WatchOut(Answered):
    """A watch at a hub."""

    watch: str
    hub: str
    hub_name: str | None
    hub_kind: str
    status: str
    rank: int
    eta_s: int
    ordered_at: str
    window_from: str
    window_to: str
    acknowledge_by: str
    acknowledged_at: str | None
    contact: int
    to_desk: bool
    alert: int
    version: int


class UnreachableOut(Answered):
    """A hub that lies ahead and that nobody can tell."""

    hub: str
    hub_name: str | None
    hub_kind: str
    eta_s: int
    at: str


class WatchList(Answered):
    """Watches, soonest arrival first."""

    items: list[WatchOut]
    unreachable: list[UnreachableOut]


class DraftTexts(Answered):
    """The exact words of a draft."""

    draft: str
    alert: int
    version: int
    texts: list[dict[str, Any]]
    retraction: list[dict[str, Any]]


class KeyLine(Answered):
    """An API key, without its secret."""

    prefix: str
    role: str
    account: str
    org: str
    revoked: bool = False


class KeyOut(KeyLine):
    """A new API key."""

    key: Annotated[str, Field(description="The secret, this once.")]


class KeyList(Answered):
    """All API keys."""

    items: list[KeyLine]
