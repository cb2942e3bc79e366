"""The figures of the `field` policy, each with where it comes from.

(~) marks our own judgement where no figure was found; those are the first to be measured.
"""

from collections.abc import Collection
from typing import Final, Literal, NamedTuple

from homeward.words import AgeBand, Category, Mode


class Shares(NamedTuple):
    """How likely the person moves how; they add up to 1."""

    foot: float
    local: float
    """By bus, bicycle, motorcycle or car, and not out of the town and what lies around it."""
    road: float
    """By car or coach to another county or province."""
    rail: float

    @property
    def vehicle(self) -> float:
        """On any road."""
        return self.local + self.road


class Way(NamedTuple):
    """A way of moving: lognormal end, speed and wait, all as the crow flies.

    Medians, and the standard deviations of their logarithms.
    """

    km: float
    km_spread: float
    kmh: float
    kmh_spread: float
    wait_min: float
    """From the moment last seen until they set out."""
    wait_spread: float
    lean: float
    """How much its ends lean to where people live: 0 not at all, 1 as people lie."""


class PublicWay(NamedTuple):
    """A way that is boarded at hubs of some kinds and left at others of them."""

    kinds: frozenset[str]
    """As rosters write them, with hyphens."""
    told: Mode
    """What a hub is told; `Mode` has no word for ships and planes."""
    among: Literal["road", "rail"]
    """Whose share it is part of: where that is unlikely, nobody is taken to go this way."""
    kmh_max: float
    """Bounds the earliest arrival, on a way that is longer than the straight line by ``detour``."""
    detour: float
    boarding_s: float
    """From the door of the hub until it moves, and out of the door at the other end: the least."""
    boardings_max: int
    """Only so many hubs are boarded at, those that can be reached soonest."""
    km_min: float
    """Nobody boards for less, as the crow flies."""
    way: Way
    """How most go: says when they are through; its end and lean lay no surface (`laying`)."""


class Walk(NamedTuple):
    """Straight-line distances at which lost persons were found, and the speed that bounds them."""

    km_25: float
    km_50: float
    km_75: float
    km_95: float
    speed_kmh: float


WRONG_CATEGORY: Final = 0.10
"""In so many cases the reported category is wrong: 7-11 % in the invented cases of
movements/README; it costs most, so the policy keeps this share for all ways alike."""
ANY: Final = Shares(0.25, 0.30, 0.36, 0.09)
"""How people go of whom nothing is known; a wrong category hides an abduction before a walk (~)."""

USUAL: Final[dict[Category, Shares]] = {
    # DOMAIN "Reach" for the abduction: foot 10, vehicle 60, rail and coach 30 %. Half of the
    # vehicles stay near (58 % of first contacts lie within a quarter mile: DOMAIN) (~); a coach
    # goes by road, and more than half of the last 30 % are taken to be in one (~).
    Category.STRANGER_ABDUCTION: Shares(0.10, 0.30, 0.47, 0.13),
    # A parent takes the child home or to relatives (~).
    Category.FAMILY_ABDUCTION: Shares(0.05, 0.35, 0.50, 0.10),
    Category.LOST_CHILD: Shares(0.90, 0.07, 0.025, 0.005),
    # To friends by foot or bus first of all, and some far away (~).
    Category.RUNAWAY: Shares(0.25, 0.35, 0.30, 0.10),
    Category.DEMENTIA: Shares(0.88, 0.08, 0.035, 0.005),
    Category.OTHER: ANY,
}


def _kept(usual: Shares) -> Shares:
    parts = zip(usual, ANY, strict=True)
    return Shares(*((1 - WRONG_CATEGORY) * one + WRONG_CATEGORY * any_ for one, any_ in parts))


SHARES: Final[dict[Category, Shares]] = {one: _kept(usual) for one, usual in USUAL.items()}
"""With the share for a wrong category."""

SHARES_SEEN: Final[dict[Mode, Shares]] = {
    # What a witness saw counts for half, the category for the other half (~): who was carried off
    # on foot is often driven on.
    Mode.FOOT: Shares(0.90, 0.05, 0.03, 0.02),
    Mode.VEHICLE: Shares(0.03, 0.32, 0.60, 0.05),
    Mode.RAIL: Shares(0.05, 0.10, 0.15, 0.70),
}

LOCAL: Final = Way(5.0, 1.0, 20.0, 0.4, 10.0, 1.0, 0.8)
"""Streets with lights and stops: 20 km/h as the crow flies; the mean trip in a town is 5 km (~)."""
ROAD: Final = Way(110.0, 1.0, 65.0, 0.3, 20.0, 1.1, 0.9)
"""To the next prefecture or beyond: Chinese counties have a radius of 33 km, prefectures of 70,
provinces of 200. 65 km/h as the crow flies: 85 on the road by the detour factor, between town and
motorway (DOMAIN "Reach"); they are off within twenty minutes (~)."""
RAIL: Final = Way(250.0, 0.9, 90.0, 0.35, 60.0, 0.7, 0.9)
"""An hour to the train, then between conventional and high-speed (~)."""
WALK_PACE: Final = 0.5
WALK_PACE_SPREAD: Final = 0.4
"""Of the speed that bounds them: who is lost rests and turns back (~)."""
WALK_LEAN: Final = 0.5
WALK_SPREAD_MIN: Final = 0.3
SPREAD: Final = 0.2
"""Every distance is blurred by a fifth: none of the figures is known better (~)."""

HUB_SHARE: Final = 0.06
"""Of those who travel far, so many are at a station, terminal or port at a time: they wait an hour
for some hours of way (~)."""

CERTAIN_MAX: Final = 0.90
"""No sighting counts for more: a quarter to a half of the cases with sightings also hold a false
one, and a person accepted them all."""
UNREACHABLE: Final = 0.4
"""What is left of a sighting's weight when nobody could have come there in time: a person accepted
it, and the time last seen can be wrong as well (~)."""
HEADING: Final = 1.0
"""How much more often people go on the way they came than turn: exp(1) against exp(-1), 7 to 1 (~).
"""
HEADING_KM_MIN: Final = 3.0

WALKS: Final[dict[AgeBand, Walk]] = {
    # Distances to 13-15: DOMAIN "Reach" (composites of lost-person statistics). Older and all
    # speeds (~): a brisk walk of that age, kept up.
    AgeBand.TODDLER: Walk(0.2, 0.5, 1.0, 2.4, 2.5),
    AgeBand.SMALL: Walk(0.3, 0.8, 1.6, 3.6, 3.5),
    AgeBand.CHILD: Walk(0.5, 1.2, 2.8, 5.6, 5.0),
    AgeBand.TEEN: Walk(0.8, 2.0, 3.8, 8.0, 6.0),
    AgeBand.YOUTH: Walk(1.0, 2.5, 5.0, 11.0, 6.0),
    AgeBand.ADULT: Walk(1.0, 2.5, 5.0, 12.0, 6.0),
    AgeBand.OLD: Walk(0.3, 0.9, 2.2, 9.0, 4.0),
    AgeBand.UNKNOWN: Walk(1.0, 2.5, 5.0, 12.0, 6.0),
}


def together(bands: Collection[AgeBand]) -> AgeBand:
    """Return the band that reaches as far, and as fast, as each of some who went together.

    Whether they still are together nobody knows, and a big sister carries a small one. So it is
    that of them who goes farthest, or a farther one where they share that out: an old man goes
    farther than a boy, who is faster. Nearest and likeliest cells come first under each band; a
    wide one costs some order among them, a narrow one leaves somebody out.
    """
    needed = [max(figures) for figures in zip(*(WALKS[one] for one in bands), strict=True)]
    farthest = [*sorted(bands, key=_farthest), *sorted(WALKS, key=_farthest)]
    return next(
        one
        for one in farthest
        if all(has >= need for has, need in zip(WALKS[one], needed, strict=True))
    )


def _farthest(band: AgeBand) -> tuple[float, int]:
    return WALKS[band].km_95, list(AgeBand).index(band)


WALK_END: Final = 2.0
"""Nobody is taken to walk, or to go by a local way, farther than twice the 95 % distance (~)."""

DETOUR: Final = 1.3
"""A road is so much longer than the straight line (DOMAIN "Reach")."""
TOWN_S: Final = 15 * 60
TOWN_KMH: Final = 40.0
"""The first quarter of an hour is spent on the way to the motorway (~); a county town's streets."""
MOTORWAY_KMH: Final = 120.0
"""The legal limit on Chinese motorways: bounds the earliest arrival at a hub."""
RAIL_KMH: Final = 250.0
"""Stop to stop on a high-speed line (trains of 300-350 km/h): bounds the earliest arrival, as the
legal limit does on a motorway (~)."""
RAIL_DETOUR: Final = 1.15
BOARDING_S: Final = 15 * 60
"""Ticket, identity check, platform: at the least (~)."""

_COACH: Final = PublicWay(
    kinds=frozenset({"road-terminal", "bus", "coach"}),
    told=Mode.VEHICLE,
    among="road",
    # The legal limit for all but small cars on motorways (implementing rules of the road traffic
    # safety law, article 78), and no way through town is counted: so it bounds.
    kmh_max=100.0,
    detour=DETOUR,
    boarding_s=10 * 60,  # a ticket and the door (~)
    boardings_max=3,
    km_min=0.0,
    # Slower than a car, for it stops; every hour or two (~).
    way=Way(110.0, 1.0, 55.0, 0.3, 60.0, 0.7, 0.8),
)
_RAIL: Final = PublicWay(
    kinds=frozenset({"rail"}),
    told=Mode.RAIL,
    among="rail",
    kmh_max=RAIL_KMH,
    detour=RAIL_DETOUR,
    boarding_s=BOARDING_S,
    boardings_max=3,
    km_min=0.0,
    way=RAIL,
)
# One in a hundred flies (~): everybody's identity is checked, a small child's too. Fewer than
# `SHARE_MIN`, and planes still count wherever trains do: nobody is as far so soon.
_AIR: Final = PublicWay(
    kinds=frozenset({"airport"}),
    told=Mode.UNKNOWN,
    among="rail",
    kmh_max=900.0,  # airliners cruise at 830-900 km/h (~)
    detour=1.05,  # out and in by the runways' directions (~)
    # Check-in closes 30 minutes before departure, at large airports 45 (CAAC); ten to taxi (~).
    boarding_s=40 * 60,
    boardings_max=2,
    km_min=150.0,  # (~)
    # A few flights a day; with climb and taxiing 500 km/h from gate to gate (~).
    way=Way(900.0, 0.5, 500.0, 0.25, 180.0, 0.6, 0.8),
)
_FERRY: Final = PublicWay(
    kinds=frozenset({"ferry", "port"}),
    told=Mode.UNKNOWN,
    among="road",
    kmh_max=75.0,  # 40 knots: the fastest catamarans (~)
    detour=1.1,  # (~)
    boarding_s=10 * 60,  # (~)
    boardings_max=2,
    km_min=1.0,
    # 17 knots, some a day (~).
    way=Way(30.0, 1.0, 30.0, 0.4, 60.0, 0.7, 0.8),
)
PUBLIC: Final = (_COACH, _RAIL, _AIR, _FERRY)
"""No kind stands twice."""

SHARE_MIN: Final = 0.02
"""A way that fewer go orders no hub (~)."""

CONTAINMENT: Final = 0.90
"""The share of cases in which the person is to be inside. 95 % would triple the people told
(movements/README); those beyond are reached by the hubs and by later waves."""

FIRST: Final = (0.50, 0.75)
"""Waves of one look: those within hear first who hold it with a half, then with three quarters."""

HEADED_OFF: Final = 0.75
"""Hubs are ordered ahead of the heaviest hypotheses that hold so much together: a sighting at the
default credibility moves the watches by itself, one that is doubted or impossible does not (~)."""

THROUGH: Final = 0.95
"""A hub lies ahead until so many are through of those who come its way and so far (~): who sets out
late or is slow is still met."""
SHOWN: Final = 0.80
"""The window that a hub is told ends when so many are through; once that is past, with
`THROUGH`. With 95 % it would be longer by an hour 10 km off and by two 200 km off, and nobody
watches for hours as they watch for one (~)."""
DWELL_S: Final = 20 * 60
"""People wait before they leave a hub (~)."""

TURN_BACK: Final = 2.0
TURN_BACK_M: Final = 10_000.0
"""A hub lies behind when the way to it past the newest sighting is more than twice the direct way
from where the person was before, and more than 10 km longer: whoever wanted to go there would not
have been seen here (~)."""

HORIZON_S: Final = 2 * 3600
"""Hubs are ordered two hours before the earliest arrival: time for three contacts, each 3 minutes,
and for staff to be called in. Farther ahead, a guess is not worth their attention."""
