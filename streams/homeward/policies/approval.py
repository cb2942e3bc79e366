"""When one officer is not enough (DOMAIN "Who may do what")."""

from datetime import timedelta
from typing import Final

REACH_KM_ALONE_MAX: Final = 30
"""What one officer may issue alone: farther reaches take a second person. Measured from where the
report says that the person was last seen: one officer may report a sighting and accept it."""

PEOPLE_ALONE_MAX: Final = 5_000
"""So many people may hear of an alert on one officer's word, the nearest: a county town, and what a
retraction reaches within seconds."""

HUBS_ALONE_MAX: Final = 100
"""So many hubs may be asked to watch on one officer's word, the soonest reached. Nowhere in China
do more of those we know lie within 30 km (89 around Shenzhen; of 100 hubs 99 have fewer than 52
there); where bus stops are listed one by one (3,565 south of Zurich) it is what a police desk can
call back."""

ALERTS_ALONE_MAX: Final = 3
"""So many cases' alerts one officer may have out in `ALONE_WITHIN` that nobody else approved: the
sum of what one person can do, however many cases they raise."""
ALONE_WITHIN: Final = timedelta(hours=24)

ALONE_LASTS: Final = timedelta(hours=24)
"""So long after its issue one officer lets a version on the fast lane live on: a day, in which a
second person has had three shifts to look at it. Farther, and whatever two have approved, takes
two: the expiry is part of what they approved."""

EMERGENCIES_MAX: Final = 2
"""So often in `EMERGENCIES_WITHIN` one supervisor alarms without a second person (DOMAIN "Who may
do what"): once, and once more if the first one was of another child."""
EMERGENCIES_WITHIN: Final = timedelta(hours=24)
REVIEWED_WITHIN: Final = timedelta(hours=24)
"""So long after it another supervisor has looked at it: each desk has had its three shifts."""

APPROVAL_LASTS: Final = timedelta(minutes=10)
"""An approval that was not used for so long is void (SAFETY "Abuse and its controls"): who approved
saw another moment. On the case clock."""


def needs_second(reach_km_max: int) -> bool:
    """Whether an alert that reaches so far must be approved by somebody who did not draft it."""
    return reach_km_max > REACH_KM_ALONE_MAX


def alone_km(reach_km_max: int) -> int:
    """Return how far an alert reaches on one officer's word, whatever was drafted."""
    return min(reach_km_max, REACH_KM_ALONE_MAX)
