"""What the API answers, as models: they make the OpenAPI document complete."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from homeward.desk import Receipt
from homeward.messages import Actor
from homeward.words import Role, Wording, case_code

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
    version: Annotated[int | None, Field(description="Of the stream; null to reporters.")]
    facts: Annotated[list[FactRef] | None, Field(description="Null to reporters.")]


class RaisedOut(ReceiptOut):
    """A case was raised."""

    link: Annotated[str, Field(description="The reporter's secret page.")]


class DraftedOut(ReceiptOut):
    """An alert was drafted."""

    draft: str
    digest: Annotated[
        str | None, Field(description="Of the draft, hex SHA-256: what an approval names.")
    ] = None
    district: Annotated[
        str | None, Field(description="The district that the desk found for the policy 'district'.")
    ] = None


class PageOut(Answered):
    """A link to the page of a case, for whoever asked."""

    url: str
    expires_at: Annotated[str, Field(description="By the clock on the wall, in drills, too.")]


class IssuedOut(ReceiptOut):
    """An alert is out, on one of two lanes."""

    lane: Annotated[str, Field(description="fast: on one officer's word; whole: two approved it.")]
    reach_km_max: Annotated[int, Field(description="How far it goes now.")]
    people_max: Annotated[
        int | None, Field(description="So many hear of it on the fast lane, the nearest.")
    ] = None
    widens: Annotated[
        str | None,
        Field(description="The draft that a second person approves to let it go on; null: whole."),
    ] = None


class EmergencyOut(ReceiptOut):
    """An alert goes to its whole bound on one supervisor's word."""

    review: Annotated[
        str | None, Field(description="What another supervisor judges; null: two have approved it.")
    ]
    review_by: str | None


class ExtendedOut(ReceiptOut):
    """An alert lives longer, or somebody asks that it should."""

    asked: Annotated[
        str | None, Field(description="What a second person agrees to; null: it is so already.")
    ]
    expires_at: str


class SightedOut(ReceiptOut):
    """A sighting was reported."""

    sighting: str


def receipt_fields(case: str, receipt: Receipt, by: Actor | None = None) -> dict[str, Any]:
    """Return a receipt as the fields of an answer; None: to somebody who is no reporter.

    To a reporter neither the version nor what became true: both tell what others stated.
    """
    told = by is None or by.role is not Role.REPORTER
    return {
        "case": case,
        "code": case_code(case),
        "stream": receipt.stream,
        "version": receipt.version if told else None,
        "facts": [FactRef(id=one, kind=kind) for one, kind in receipt.facts] if told else None,
    }


def receipt_out(case: str, receipt: Receipt, by: Actor | None = None) -> ReceiptOut:
    """Return a receipt as it is answered; None: to somebody who is no reporter."""
    return ReceiptOut(**receipt_fields(case, receipt, by))


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
    unattended: str | None
    mode: str
    ended_for: str | None
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


class BlastOut(Answered):
    """About whom an alert would reach if it were issued now."""

    reach_km_max: int
    people: Annotated[str, Field(description="Would be told, as a span: 20,000-50,000.")]
    hubs: Annotated[int, Field(description="Lie ahead and would watch.")]
    area_km2: int


class BlastsOut(Answered):
    """The blast radius of a draft: on one officer's word, and once two approved it."""

    fast: BlastOut
    whole: BlastOut


class WordingOut(Answered):
    """The texts that some read of a draft."""

    wording: Annotated[Wording, Field(description="Whose: the public's, vetted's or hubs'.")]
    approved: Annotated[
        bool,
        Field(
            description="False: on one officer's word. True: once a second person has approved the "
            "draft, with what is known of a suspect."
        ),
    ]
    texts: list[dict[str, Any]]


class DraftTexts(Answered):
    """The exact words of a draft."""

    draft: str
    digest: Annotated[
        str | None, Field(description="Of all that is approved, hex SHA-256: approve names it.")
    ] = None
    alert: int
    version: int
    changes_what_to_do: Annotated[
        bool, Field(description="False: those told of the version before are not told again.")
    ] = True
    texts: Annotated[
        list[dict[str, Any]], Field(description="What the public reads on one officer's word.")
    ]
    wordings: Annotated[
        list[WordingOut],
        Field(
            description="What all the others read, and what each reads once it is approved where "
            "that differs; the latter for the police alone."
        ),
    ]
    retraction: list[dict[str, Any]]
    cells: Annotated[
        list[str] | None, Field(description="The area that goes with it, H3; null: none does.")
    ] = None
    blast: Annotated[
        BlastsOut | None,
        Field(description="Null: no draft to decide about, or too many previews this hour."),
    ] = None


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
