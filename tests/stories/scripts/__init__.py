"""Every story's history, in the order in which one world plays them.

On Kafka a worker joins in every other one, and dies in those between: they order something.
"""

from typing import Final

from tests.stories.scripts import (
    as_of,
    demo,
    fast_lane,
    given_areas,
    latecomers,
    live_map,
    merged,
    over_at_once,
    parted,
    positions,
    postgres_away,
    readme,
    real_input,
    reopened,
    siblings,
    update,
)

ALL: Final = tuple(
    one.SCRIPT
    for one in (
        readme,
        as_of,
        update,
        latecomers,
        positions,
        over_at_once,
        postgres_away,
        live_map,
        real_input,
        demo,
        given_areas,
        fast_lane,
        reopened,
        merged,
        siblings,
        parted,
    )
)
