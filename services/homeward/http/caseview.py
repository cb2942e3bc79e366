"""How a case is answered, as models: `showing` makes the values, these document them."""

from typing import Annotated, Any

from pydantic import Field

from homeward.http.answers import Answered, Figure
from homeward.words import Contact, Description, Place, Relation


class AlertView(Answered):
    """The newest version of the alert; a reporter sees number, version, expiry and state."""

    number: int
    version: int
    policy: str | None = None
    severity: str | None = None
    reach_km_max: int | None = None
    expires_at: str
    state: Annotated[str, Field(description="live, expired, cancelled, over or merged")]
    lane: Annotated[
        str | None, Field(description="fast: on one officer's word; whole: two approved it.")
    ] = None
    people_max: Annotated[int | None, Field(description="On the fast lane.")] = None
    draft: Annotated[str | None, Field(description="That it was issued on.")] = None


class DraftView(Answered):
    """The newest draft, while it waits: to be issued, or to be approved on the fast lane."""

    id: str
    alert: int
    version: int
    reach_km_max: int
    expires_at: str
    needs_approval: Annotated[bool, Field(description="To go beyond the fast lane.")]
    approved: bool
    issued: Annotated[bool, Field(description="It is out on the fast lane.")]


class ExtensionView(Answered):
    """What somebody asks: that the version that is out live longer."""

    asked: Annotated[str, Field(description="What a second person approves.")]
    version: int
    expires_at: str


class ReviewView(Answered):
    """An alarm that one supervisor gave alone."""

    review: Annotated[str, Field(description="What another supervisor judges.")]
    draft: str
    alert: int
    version: int
    own_draft: Annotated[bool, Field(description="Whoever gave it had drafted it, too.")]
    review_by: str
    state: Annotated[str, Field(description="open, overdue, justified or unjustified")]


class ProposalView(Answered):
    """What an outsider says of a verified case, for an officer to decide about."""

    proposal: Annotated[str, Field(description="What an officer accepts or refuses.")]
    by: Annotated[str, Field(description="The role of who said it.")]
    at: str
    category: str | None
    mode: str | None
    custody: str | None
    protection_order: bool | None
    seen_at: Annotated[str | None, Field(description="Of a vehicle that they were taken in.")]
    state: Annotated[str, Field(description="open, accepted or refused")]


class WaveView(Answered):
    """One wave."""

    version: int
    wave: int
    at: str
    cells: int
    radius_m: int


class WatchView(Answered):
    """One watch in short."""

    watch: str
    hub: str
    hub_kind: str
    rank: int
    state: str
    window_from: str
    window_to: str
    acknowledge_by: str
    to_desk: bool


class SightingView(Answered):
    """One sighting in short."""

    sighting: str
    state: str
    at: str
    seen_at: str
    cell: str
    released: Annotated[bool, Field(description="Whether the reporter sees place and time.")]


class ReleasedView(Answered):
    """Where and when the person was seen, as the reporter may know it."""

    sighting: str
    seen_at: str
    cell: str


class ToldView(Answered):
    """Who was to be told for one purpose, from the log."""

    people: Figure
    already_told: Figure
    suppressed: Figure
    unreachable: Figure
    accepted: Figure
    failed: Figure
    expired: Figure
    over_paused: Annotated[
        Figure, Field(description="Of those suppressed, by the first reason; at each look.")
    ] = 0
    over_severity: Figure = 0
    over_distance: Figure = 0
    over_quiet: Figure = 0
    over_budget: Figure = 0
    over_alone: Figure = 0


class LedgerView(Answered):
    """What became of one wave, from the ledger."""

    purpose: str
    version: int
    wave: int
    people: Figure
    leased: Figure
    accepted: Figure
    failed: Figure
    expired: Figure
    withdrawn: Figure
    unknown: Figure
    pending: Figure


class NoteView(Answered):
    """A note."""

    at: str
    by: str
    note: str


class VehicleView(Answered):
    """A vehicle."""

    vehicle: str | None
    licence_plate: str | None


class OtherView(Answered):
    """Somebody who is missing together with the first."""

    person: int
    description: Description


class SuspectView(Answered):
    """What the police noted of a suspect at one time; an empty word takes back an earlier one."""

    at: str
    suspect: str | None
    relation: Relation | None
    vehicle: str | None
    licence_plate: str | None


class PersonalView(Answered):
    """What is sealed, as far as the caller may read it."""

    description: Description | None
    others: list[OtherView]
    place: Place | None
    place_text: str | None
    reporter: Contact | None
    notes: list[NoteView]
    vehicles: list[VehicleView]
    suspects: list[SuspectView]


class PersonView(Answered):
    """One of those whom a case is about."""

    person: Annotated[int, Field(description="Their number in the case.")]
    age_band: str
    sex: str
    outcome: Annotated[str, Field(description="Empty: they are missing.")]


class CaseOut(Answered):
    """A case as the caller may see it: reporters and searchers get the first few fields."""

    case: str
    code: str
    status: str
    category: str
    mode: str
    alert: AlertView | None
    version: int | None = None
    log_index: int | None = None
    at: str | None = None
    raised_at: str | None = None
    last_seen_at: str | None = None
    unit: str | None = None
    waiting: bool | None = None
    clock_level: int | None = None
    outcome: str | None = None
    draft: DraftView | None = None
    extension: ExtensionView | None = None
    reviews: list[ReviewView] | None = None
    proposals: list[ProposalView] | None = None
    held: Annotated[
        bool | None, Field(description="For a supervisor: nothing goes out until one lifts it.")
    ] = None
    partners: Annotated[
        dict[str, bool] | None, Field(description="Who held a copy: have they taken it down?")
    ] = None
    expunge_asked: str | None = None
    into: Annotated[str | None, Field(description="The case that it goes on in.")] = None
    joined: Annotated[list[str] | None, Field(description="Cases that go on in it.")] = None
    waves: list[WaveView] | None = None
    watches: list[WatchView] | None = None
    hubs_unreachable: list[str] | None = None
    sightings: Annotated[
        list[SightingView] | int | None, Field(description="For a reporter: how many.")
    ] = None
    released: Annotated[
        list[ReleasedView] | None, Field(description="For a reporter: those released to them.")
    ] = None
    told: Annotated[
        dict[str, ToldView] | str | None, Field(description="By purpose; for a reporter: people.")
    ] = None
    answers: dict[str, Figure] | None = None
    ledger: list[LedgerView] | None = None
    persons: Annotated[
        list[PersonView] | None, Field(description="Several, if they went missing together.")
    ] = None
    age_band: Annotated[str | None, Field(description="Of the first.")] = None
    sex: str | None = None
    custody: str | None = None
    protection_order: bool | None = None
    last_seen_cell: str | None = None
    reported_by_role: str | None = None
    personal: PersonalView | None = None


class LikenessView(Answered):
    """An open case that may be of the same person."""

    case: str
    code: str
    status: str
    category: str
    age_band: str
    sex: str
    raised_at: str
    last_seen_at: str
    apart_km: Annotated[int, Field(description="Between the places where they were last seen.")]
    apart_min: Annotated[int, Field(description="Between the times.")]


class LikenessesOut(Answered):
    """Open cases that may be of the same person, the nearest first."""

    items: list[LikenessView]


class TombstoneOut(Answered):
    """What is kept of an expunged case."""

    case: str
    code: str
    status: str
    outcome: Annotated[
        str, Field(description="resolved, cancelled, withdrawn, rejected, lapsed or merged")
    ]
    raised_at: str
    ended_at: str
    expunged_at: str


class EntryView(Answered):
    """One line of a timeline."""

    log_index: int
    id: str
    at: Annotated[str, Field(description="The case clock.")]
    recorded_at: Annotated[str, Field(description="The database's clock.")]
    kind: str
    by: Annotated[str, Field(description="The actor's role.")]
    what: dict[str, Any]


class TimelineOut(Answered):
    """What happened, in log order."""

    case: str
    as_of: Annotated[int, Field(description="Log index of the last fact taken in; -1: none.")]
    items: list[EntryView]
    next: str | None
