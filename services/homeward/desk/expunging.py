"""Forgetting the persons in a case: their keys are destroyed, the log stays as it is."""

import json
from typing import Final

from homeward.ports import Log, SubjectKeys

EXPUNGED: Final = "case.expunged/1"
AGAIN_MAX: Final = 50
"""Expunged last: whoever died before the keys were gone did so lately."""


async def destroy_keys(log: Log, keys: SubjectKeys, case: str) -> None:
    """Destroy the keys of everybody whom a case's facts are about; said twice it does no harm.

    Call it once the decision is durable. Raises LogUnavailable.
    """
    rows = await log.key_rows(case)
    subjects = {entry["subj"] for row in rows for entry in json.loads(row.envelope)["sealed"]}
    if subjects:
        await keys.destroy(sorted(subjects))


async def destroy_again(log: Log, keys: SubjectKeys) -> None:
    """Finish what was decided lately, if somebody died before the keys were gone."""
    for row in await log.newest(EXPUNGED, limit=AGAIN_MAX):
        await destroy_keys(log, keys, row.key)
