"""A case's history read from the world itself: ``timeline`` without a server, and ``replay``."""

from datetime import datetime
from typing import Any

from homeward.cli.ledgers import case_named, opened
from homeward.cli.moments import zoned
from homeward.cli.output import Complaint
from homeward.cli.whereabouts import World
from homeward.house import House
from homeward.http.timelines import CLOCK_ERROR
from homeward.settings import Settings


async def told(settings: Settings, world: World, case: str, moment: str | None) -> list[Any]:
    """Return the lines of a case's timeline, as of a log position or a time. Raises Complaint."""
    from homeward.replay import history
    from homeward.timeline import as_of, timeline

    position = int(moment) if moment is not None and moment.isdigit() else None
    at = None
    if moment is not None and position is None:
        at = zoned(moment)
        if at is None:
            raise Complaint(f"{moment!r} is no moment", "give a log position or a time", code=2)
    async with opened(settings, world) as house:
        if await _in_future(house, position, at):
            raise Complaint(
                f"{moment} lies in the future, of which the log says nothing yet",
                "give a time up to now, or a log position that exists",
            )
        facts = await history(house.store.log, await case_named(house, case), blobs=False)
        return [one.json() for one in timeline(as_of(facts, position=position, moment=at))]


async def _in_future(house: House, position: int | None, at: datetime | None) -> bool:
    """Whether a moment is refused, as the server refuses it."""
    if position is not None:
        return position >= await house.store.log.size()
    return at is not None and at > house.store.clock.real() + CLOCK_ERROR


async def replayed(settings: Settings, world: World, case: str) -> dict[str, Any]:
    """Fold a case again, and hold it against the record."""
    from homeward import processors
    from homeward.replay import replay

    async with opened(settings, world) as house:
        store = house.store
        named = await case_named(house, case)
        found = await replay(store.log, store.workbench, processors.ALL, named)
        return {
            "case": named,
            "same": all(one.same for one in found),
            "processors": [_shown(one) for one in found],
        }


def _shown(one: Any) -> dict[str, Any]:  # noqa: ANN401 -- homeward.replay.Replayed
    return {
        "processor": one.processor,
        "heard": one.heard,
        "said": one.said,
        "state": one.state_sha256,
        "stored": one.stored_sha256,
        "missing": list(one.missing),
        "different": list(one.different),
        "same": one.same,
    }
