"""An invented case as the log would hold it: raised, alerted, seen once, with hubs around."""

from datetime import timedelta

import h3

from homeward.facts.case import AlertIssued, CaseRaised
from homeward.facts.sighting import SightingAccepted
from homeward.geography.hubbook import Hub, write_hub_book
from homeward.picture.course import under
from homeward.testing import samples
from homeward.testing.given import recorded
from homeward.words import Category, Mode

SEAT = (33.068, 115.276)
RAISED = next(one for one in samples.ALL if isinstance(one, CaseRaised))
ISSUED = next(one for one in samples.ALL if isinstance(one, AlertIssued))
SEEN = next(one for one in samples.ALL if isinstance(one, SightingAccepted))


def hubs(lat=SEAT[0], lon=SEAT[1], away_deg=0.05, many=24):
    """Hubs on a spiral around a place, every fifth without contact."""
    return [
        Hub.at(
            f"h-{n:02}",
            ("rail", "coach", "service_area")[n % 3],
            max(-89.9, min(89.9, lat + away_deg * n * (1, 0, -1, 0)[n % 4])),
            (lon + away_deg * n * (0, 1, 0, -1)[n % 4] + 180) % 360 - 180,
            0 if n % 5 == 4 else 1,
        )
        for n in range(1, many + 1)
    ]


def story(
    lat=SEAT[0],
    lon=SEAT[1],
    *,
    minutes=180,
    sighting=(33.3, 115.9),
    policy="field",
    km=300,
):
    """Return the facts: last seen at noon, alert after 40 minutes, a sighting after 90."""
    raised = RAISED.model_copy(
        update={
            "last_seen_cell": h3.latlng_to_cell(lat, lon, 9),
            "category": Category.STRANGER_ABDUCTION,
            "mode": Mode.VEHICLE,
            "last_seen_at": samples.at(0),
            "at": samples.at(10),
        }
    )
    issued = ISSUED.model_copy(
        update={
            "at": samples.at(40),
            "policy": policy,
            "reach_km_max": km,
            "expires_at": samples.at(24 * 60),
            "hubs": write_hub_book(hubs(lat, lon)),
        }
    )
    facts = [raised, issued]
    if sighting is not None:
        facts.append(
            SEEN.model_copy(
                update={
                    "at": samples.at(95),
                    "seen_at": samples.at(90),
                    "cell": h3.latlng_to_cell(*sighting, 9),
                    "mode": Mode.VEHICLE,
                    "credibility_ppm": 900_000,
                    "hubs": None,
                }
            )
        )
    course = under(recorded(*facts), policy, samples.at(minutes))
    said = [*course.waves, *course.orders, *course.unreachable, *course.released]
    whole = sorted([*facts, *said], key=lambda fact: fact.at)
    return recorded(*whole)


def later(minutes):
    return samples.NOON + timedelta(minutes=minutes)
