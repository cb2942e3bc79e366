"""One invented fact of every kind, in the order of one invented case.

Samples stay as they are: the corpus holds their exact bytes. Nobody in here exists: names are
made up, numbers are from ranges that are given to nobody.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

import h3

from homeward.facts import access as rights
from homeward.facts import (
    answer,
    attention,
    callout,
    case,
    clock,
    duty,
    handover,
    hub,
    reach,
    roster,
    sighting,
)
from homeward.facts import watch as watches
from homeward.messages import Fact
from homeward.testing.corrected import corrected
from homeward.testing.given import ORIGIN
from homeward.testing.helping import helping
from homeward.testing.incoming import incoming, ring_zero
from homeward.testing.pairs import pairs
from homeward.testing.rare import rare
from homeward.words import (
    AgeBand,
    Answer,
    Audience,
    CancelReason,
    Category,
    Contact,
    Custody,
    Datum,
    Description,
    Mode,
    Outcome,
    Place,
    Purpose,
    RecipientKind,
    Role,
    Severity,
    Sex,
    Texts,
    derived_id,
)

NOON: Final = datetime(2026, 3, 14, 4, 0, tzinfo=UTC)
"""12:00 in Linquan: when the invented child was last seen."""
CASE: Final = derived_id(ORIGIN, "case", "sample")
OTHER_CASE: Final = derived_id(ORIGIN, "case", "other sample")
SIGHTING: Final = derived_id(ORIGIN, "sighting", "sample")
OTHER_SIGHTING: Final = derived_id(ORIGIN, "sighting", "other sample")
WATCH: Final = derived_id(ORIGIN, "watch", "sample")
ORDER: Final = derived_id(ORIGIN, "order", "sample")
DRAFT: Final = derived_id(ORIGIN, "draft", "sample")
CHUNK: Final = derived_id(ORIGIN, "chunk", "sample")
HANDED: Final = derived_id(ORIGIN, "handed", "sample")
CELL: Final = h3.latlng_to_cell(33.0677, 115.2617, 9)
CELLS: Final = b"".join(
    h3.str_to_int(cell).to_bytes(8, "big") for cell in sorted(h3.grid_disk(CELL, 1))
)
HUB_BOOK: Final = b'{"hubs":[]}'
DIGEST: Final = "5f" * 32

PLACE: Final = Place(
    lat_e7=330_677_000,
    lon_e7=1_152_617_000,
    given_lat_e7=330_656_120,
    given_lon_e7=1_152_671_340,
    datum=Datum.GCJ02,
    accuracy_m=30,
)
CHILD: Final = Description(
    name="林小禾",
    age_years=4,
    sex=Sex.FEMALE,
    height_cm=104,
    clothing="yellow raincoat, white shoes",
    marks="small scar on the left hand",
    language="zh",
    medical_need="asthma spray",
)
TEXTS: Final = (
    Texts(lang="zh-Hans", title="寻找林小禾", short="短", medium="中", full="全文"),
    Texts(lang="en", title="Looking for Lin Xiaohe", short="s", medium="m", full="full"),
)


def at(minutes: int) -> datetime:
    """Return a moment of the invented day, counted from noon."""
    return NOON + timedelta(minutes=minutes)


RAISED: Final = case.CaseRaised(
    case=CASE,
    at=at(20),
    raised_by=Role.REPORTER,
    category=Category.STRANGER_ABDUCTION,
    age_band=AgeBand.SMALL,
    sex=Sex.FEMALE,
    mode=Mode.FOOT,
    last_seen_cell=CELL,
    last_seen_at=NOON,
    error_m=100,
    custody=Custody.NONE,
    protection_order=False,
    description=CHILD,
    place=PLACE,
    place_text="behind the noodle shop",
    reporter=Contact(name="林大山", phone="+86 000 0000 0142"),
    note="She only went to fetch the ball.",
)
TAKEN_UP: Final = case.CaseTakenUp(case=CASE, at=at(22), unit="county desk")
FACTS_ADDED: Final = case.FactsAdded(case=CASE, at=at(24), mode=Mode.VEHICLE, note="A van, he says")
VEHICLE: Final = case.VehicleIdentified(
    case=CASE,
    at=at(25),
    seen_at=at(5),
    vehicle="grey van, dented door",
    licence_plate="皖X·00000",
)
VERIFIED: Final = case.CaseVerified(case=CASE, at=at(26), unit="county desk")
DRAFTED: Final = case.AlertDrafted(
    case=CASE,
    at=at(27),
    alert=1,
    version=1,
    policy="field",
    severity=Severity.EXTREME,
    reach_km_max=100,
    expires_at=at(24 * 60),
    texts=TEXTS,
    retraction=TEXTS,
)


def approved(draft: str = DRAFT) -> case.AlertApproved:
    """Return the approval of a draft."""
    return case.AlertApproved(case=CASE, at=at(28), draft=draft, alert=1, version=1)


def issued(draft: str = DRAFT) -> case.AlertIssued:
    """Return the issue of a draft."""
    return case.AlertIssued(
        case=CASE,
        at=at(29),
        draft=draft,
        alert=1,
        version=1,
        policy="field",
        severity=Severity.EXTREME,
        reach_km_max=100,
        expires_at=at(24 * 60),
        hubs=HUB_BOOK,
    )


WIDENED: Final = case.AlertWidened(
    case=CASE, at=at(31), draft=DRAFT, alert=1, version=1, reach_km_max=100, hubs=HUB_BOOK
)
OVERRIDE_ASKED: Final = attention.AttentionOverrideAsked(
    case=CASE,
    at=at(32),
    draft=DRAFT,
    alert=1,
    version=1,
    digest="0" * 64,
    reason="The lake freezes over tonight and she wears no coat",
)
OVERRIDDEN: Final = attention.AttentionOverridden(
    case=CASE, at=at(33), draft=DRAFT, alert=1, version=1, asked=DRAFT
)
SEEN: Final = sighting.SightingReported(
    case=CASE,
    at=at(50),
    sighting=SIGHTING,
    cell=CELL,
    seen_at=at(45),
    accuracy_m=200,
    claimed_mode=Mode.VEHICLE,
    source=Role.VOLUNTEER,
    place=PLACE,
    note="A girl in a yellow coat at the pump",
    contact="+86 000 0000 0177",
)
ACCEPTED: Final = sighting.SightingAccepted(
    case=CASE,
    at=at(52),
    sighting=SIGHTING,
    cell=CELL,
    seen_at=at(45),
    accuracy_m=200,
    mode=Mode.VEHICLE,
    credibility_ppm=800_000,
    hubs=HUB_BOOK,
)
ORDERED: Final = hub.WatchOrdered(
    case=CASE,
    at=at(30),
    watch=WATCH,
    hub="station-1",
    hub_kind="station",
    alert=1,
    version=1,
    rank=0,
    eta_s=900,
    window_from=at(45),
    window_to=at(90),
    mode=Mode.VEHICLE,
    contacts=2,
    acknowledge_by=at(33),
    texts_of=DRAFT,
)

OTHERS: Final[tuple[Fact, ...]] = (
    case.CaseWithdrawn(case=CASE, at=at(23), note="She is at her aunt's"),
    case.CaseRejected(case=CASE, at=at(23), reason="no-danger", note="Spoke to the aunt"),
    case.AlertUpdated(
        case=CASE,
        at=at(60),
        draft=DRAFT,
        alert=1,
        version=2,
        policy="field",
        severity=Severity.EXTREME,
        reach_km_max=30,
        expires_at=at(24 * 60),
        hubs=HUB_BOOK,
    ),
    case.AlertCancelled(
        case=CASE, at=at(61), alert=1, version=1, reason=CancelReason.UNFOUNDED, draft=DRAFT
    ),
    case.CaseResolved(case=CASE, at=at(95), outcome=Outcome.FOUND_SAFE, helped_by=(SIGHTING,)),
    case.CaseClosedOut(case=CASE, at=at(97), alert=1, version=1, texts=TEXTS),
    sighting.SightingRejected(case=CASE, at=at(53), sighting=SIGHTING, reason="other-person"),
    sighting.SightingMerged(case=CASE, at=at(51), sighting=SIGHTING, into=OTHER_SIGHTING),
    sighting.SightingParted(case=CASE, at=at(51), sighting=SIGHTING),
    sighting.SightingReleased(case=CASE, at=at(54), sighting=SIGHTING),
    sighting.SightingWithheld(case=CASE, at=at(56), sighting=SIGHTING),
    reach.ReachWidened(
        case=CASE,
        at=at(29),
        alert=1,
        version=1,
        wave=0,
        policy="field",
        severity=Severity.EXTREME,
        elapsed_s=1_740,
        radius_m=26_000,
        focus=CELL,
        reach_km_max=100,
        texts_of=DRAFT,
        expires_at=at(24 * 60),
        cell_count=7,
        cells=CELLS,
    ),
    hub.HubUnreachable(
        case=CASE, at=at(30), hub="border-9", hub_kind="border", alert=1, version=1, eta_s=5_400
    ),
    hub.WatchReleased(
        case=CASE, at=at(96), watch=WATCH, hub="station-1", alert=1, version=1, reason="over"
    ),
    callout.CalloutOrdered(
        case=CASE,
        at=at(29),
        audience=Audience.AREA,
        purpose=Purpose.ALERT,
        alert=1,
        version=1,
        wave=0,
        severity=Severity.EXTREME,
        focus=CELL,
        reach_km_max=100,
        texts_of=DRAFT,
        expires_at=at(24 * 60),
        cell_count=7,
        cells=CELLS,
    ),
    callout.ChunksCut(
        case=CASE,
        at=at(29),
        order=ORDER,
        lane=0,
        alert=1,
        version=1,
        wave=0,
        audience=Audience.AREA,
        purpose=Purpose.ALERT,
        chunks=3,
        people=1_204,
        already_told=0,
        suppressed=31,
        unreachable=4,
        digest=DIGEST,
    ),
    watches.WatchAcknowledged(case=CASE, at=at(32), watch=WATCH, hub="station-1"),
    watches.WatchStoodDown(
        case=CASE, at=at(91), watch=WATCH, hub="station-1", reason="window-over"
    ),
    watches.WatchLapsed(
        case=CASE,
        at=at(33),
        watch=WATCH,
        hub="station-1",
        alert=1,
        version=1,
        contact=1,
        to_desk=False,
        texts_of=DRAFT,
        next_at=at(36),
    ),
    watches.ClockLapsed(case=CASE, at=at(35), level=1, waiting_s=900),
    handover.HandoverAttempted(
        case=CASE,
        at=at(29),
        chunk=CHUNK,
        order=ORDER,
        purpose=Purpose.ALERT,
        alert=1,
        version=1,
        attempt=1,
        accepted=1_190,
        failed=4,
        expired=0,
        retried=10,
        digest=DIGEST,
    ),
    answer.AnswerGiven(case=CASE, at=at(40), recipient="v-00017", answer=Answer.COMING, minutes=15),
    roster.RosterLoaded(
        at=at(-600),
        of=RecipientKind.HUB,
        file=DIGEST,
        rows=71_290,
        kept=71_288,
        refused=2,
        unreachable=5,
    ),
    rights.KeyIssued(
        at=at(-700), prefix="hw0k3y", role=Role.OFFICER, account="officer-1", org="county"
    ),
    rights.KeyRevoked(at=at(-10), prefix="hw0k3y"),
    rights.AreaPreviewed(case=CASE, at=at(2), cell_count=7, cells=CELLS),
    rights.AlertIssuedAlone(case=CASE, at=at(29), draft=DRAFT, alert=1),
    rights.FieldShown(case=CASE, at=at(3), upto=12, shown_at=at(20), policy="field"),
    rights.SealedRead(
        case=CASE, at=at(21), fields=("description", "reporter"), purpose="verification"
    ),
    rights.SignedIn(at=at(-30), prefix="hw0k3y"),
    rights.SignedOut(at=at(90), prefix="hw0k3y"),
    rights.HandoverNoteRead(at=at(85), handed=HANDED),
    duty.HandedOver(at=at(80), cases=(CASE,), note="The coach station calls back at 13:30."),
    duty.TakenOver(at=at(86), handed=HANDED),
    clock.WakeDue(case=CASE, at=at(35), processor="escalation", asked_by=ORDER, due=at(35)),
)

ALL: Final[tuple[Fact, ...]] = (
    RAISED,
    TAKEN_UP,
    FACTS_ADDED,
    VEHICLE,
    VERIFIED,
    DRAFTED,
    approved(),
    issued(),
    WIDENED,
    OVERRIDE_ASKED,
    OVERRIDDEN,
    SEEN,
    ACCEPTED,
    ORDERED,
    *OTHERS,
    *rare(CASE, DRAFT, ORDER, at),
    *helping(CASE, DRAFT, at),
    *pairs(CASE, OTHER_CASE, CELL, HUB_BOOK, at),
    *corrected(CASE, (WATCH, ORDER), (CELL, PLACE), HUB_BOOK, at),
    *incoming(DRAFT, (WATCH, ORDER), at),
    ring_zero(CASE, (CELL, CELLS), "hub-sample", NOON, at),
)
"""One of every kind; tests/schemas holds it to the catalogue."""
