"""The field: what a look costs, against bare H3.

``field-replan`` is the reach processor's whole step on an accepted sighting: area, parts, what is
new, the state written. The case's area is 500 km across, all that the field's figures let it grow
to. Bare is `grid_disk` around both places, as far as their areas reach, of the resolution in which
people are kept (7), and h3's own compaction. ``field-surface`` is the surface of a bound of 500 km
behind the picture and the backtest, against the same around one place. ``field-wave`` is the step
of a wake of the same case against its re-plan; the bound is a nation's (1,500 km), the area the
same, for nobody is told farther than it has grown. ``field-sources`` says what eight sightings cost
against one, ``field-wide`` what a bound of 1,500 km costs against 50.
"""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import h3.api.basic_int as h3

from homeward.facts.case import AlertIssued, CaseRaised
from homeward.facts.clock import WakeDue
from homeward.facts.sighting import SightingAccepted
from homeward.policies import policy_of
from homeward.policies.known import Known, Source
from homeward.processors.reach import Reach, ReachState
from homeward.testing.given import recorded
from homeward.words import AgeBand, Category, Custody, Mode, Role, Severity, Sex, derived_id
from loadtests.figures import Figure, Measured, Size

PLACE: Final = (33.0416, 115.2576)
SEEN: Final = (35.6, 117.2)
CATEGORY: Final = Category.STRANGER_ABDUCTION
ACROSS_KM: Final = 500
NOON: Final = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
CASE: Final = derived_id("homeward.loadtests", "case")
DRAFT: Final = derived_id("homeward.loadtests", "draft")
RES_KEPT: Final = 7
SPACING_KM: Final = 2.1
"""Between centres of neighbours of resolution 7, at the least: no cell within is left out."""
FAR_KM, NATION_KM = 500, 1_500
AFTER_H: Final = 7
"""The alert goes out so long after: the field is as wide as that, and still grows a little."""


async def measure(size: Size) -> Measured:
    """Measure in rounds: ours and bare one after the other."""
    rounds = size.of(15, 5)
    wide, nation = _case(FAR_KM), _case(NATION_KM)
    figures = [
        _figure("field-replan", "re-plan, 500 km across / grid_disk + compaction", rounds, *wide),
        _figure("field-surface", "surface of 500 km / grid_disk + compaction", rounds,
                lambda: _surface(1, FAR_KM), lambda: _bare((PLACE,), FAR_KM)),
        _figure("field-wave", "a wave of 1,500 km / its re-plan", rounds, _wave(NATION_KM),
                nation[0]),
        _figure("field-sources", "surface with 8 sightings / with 1", rounds,
                lambda: _surface(8, FAR_KM), lambda: _surface(1, FAR_KM)),
        _figure("field-wide", "surface of 1,500 km / of 50 km", rounds,
                lambda: _surface(1, NATION_KM), lambda: _surface(1, 50)),
    ]  # fmt: skip
    return Measured(figures, "no I/O: numpy and h3, one thread")


def _figure(
    name: str, what: str, rounds: int, ours: Callable[[], object], bare: Callable[[], object]
) -> Figure:
    ours(), bare()
    taken = [(_ms(ours), _ms(bare)) for _ in range(rounds)]
    return Figure.of_rounds(name, what, "ms", taken)


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1_000


def _bare(places: Sequence[tuple[float, float]], km: float) -> int:
    middles = [h3.latlng_to_cell(*place, RES_KEPT) for place in places]
    disks = [h3.grid_disk(middle, round(km / SPACING_KM)) for middle in middles]
    return len(h3.compact_cells(list({cell for disk in disks for cell in disk})))


def _case(km: int) -> tuple[Callable[[], object], Callable[[], object]]:
    reach, state = Reach(), _alerted(km)
    raw = reach.dump(state)
    seen = recorded(_sighting())[0]

    def replan() -> object:
        reaction = reach.step(reach.load(raw), seen)
        assert reaction.says
        return reach.dump(reaction.state)

    grown_km = _grown_km(km)
    assert grown_km >= ACROSS_KM / 2, "the field of this case does not span that"
    return replan, lambda: _bare((PLACE, SEEN), grown_km)


def _grown_km(km: int) -> float:
    """Return how far the area of the case reaches before the sighting."""
    known = Known(CATEGORY, AgeBand.TODDLER, Mode.VEHICLE, (Source(_cell(*PLACE), NOON, 100),), km)
    return policy_of("field").area(known, NOON + timedelta(hours=AFTER_H)).radius_m / 1_000


def _wave(km: int) -> Callable[[], object]:
    reach, state = Reach(), _alerted(km)
    raw, due = reach.dump(state), state.look_at
    assert due is not None
    wake = recorded(WakeDue(case=CASE, at=due, processor="reach", asked_by=DRAFT, due=due))[0]

    def wave() -> object:
        reaction = reach.step(reach.load(raw), wake)
        assert reaction.says
        return reach.dump(reaction.state)

    return wave


def _alerted(km: int) -> ReachState:
    """Return the state once the first waves are out."""
    reach, state = Reach(), ReachState()
    for heard in recorded(_raised(), _issued(km)):
        state = reach.step(state, heard).state
    return state


def _raised() -> CaseRaised:
    return CaseRaised(
        case=CASE,
        at=NOON,
        raised_by=Role.REPORTER,
        category=CATEGORY,
        age_band=AgeBand.TODDLER,
        sex=Sex.MALE,
        mode=Mode.VEHICLE,
        last_seen_cell=_cell(*PLACE),
        last_seen_at=NOON,
        error_m=100,
        custody=Custody.NONE,
        protection_order=False,
    )


def _issued(km: int) -> AlertIssued:
    at = NOON + timedelta(hours=AFTER_H)
    return AlertIssued(
        case=CASE,
        at=at,
        draft=DRAFT,
        alert=1,
        version=1,
        policy="field",
        severity=Severity.EXTREME,
        reach_km_max=km,
        expires_at=at + timedelta(hours=12),
    )


def _sighting() -> SightingAccepted:
    at = NOON + timedelta(hours=AFTER_H, minutes=5)
    return SightingAccepted(
        case=CASE,
        at=at,
        sighting=derived_id("homeward.loadtests", "sighting"),
        cell=_cell(*SEEN),
        seen_at=at - timedelta(minutes=60),
        accuracy_m=200,
        mode=Mode.VEHICLE,
        credibility_ppm=800_000,
    )


def _surface(sightings: int, km: int) -> object:
    seen = [
        Source(_cell(33.0 + n / 10, 115.3 + n / 10), NOON + timedelta(minutes=10 * n), 200,
               Mode.UNKNOWN, 600_000)
        for n in range(1, sightings)
    ]  # fmt: skip
    first = Source(_cell(*PLACE), NOON, 100)
    known = Known(CATEGORY, AgeBand.CHILD, Mode.VEHICLE, (first, *seen), km)
    return policy_of("field").surface(known, NOON + timedelta(minutes=300))


def _cell(lat_deg: float, lon_deg: float) -> str:
    return h3.int_to_str(h3.latlng_to_cell(lat_deg, lon_deg, 9))
