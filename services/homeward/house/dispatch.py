"""The sender as a process of its own."""

from collections.abc import Mapping
from typing import Any

from homeward.house.beacon import Ready
from homeward.house.calling import caller_of, public_url
from homeward.house.collector import spare_what_stays
from homeward.house.opening import House, World
from homeward.house.processes import Announce, process, shown
from homeward.settings import Settings


async def run_dispatch(settings: Settings, world: World, announce: Announce | None = None) -> None:
    """Hand over what the ledger holds, until SIGINT or SIGTERM. Raises HouseRefused."""
    async with process(settings, world, "dispatch", announce) as one:
        caller = caller_of(one.house)
        try:
            one.beside("dispatch", lambda: caller.run(one.stop))
            spare_what_stays()
            async with shown(one, _may_link(one.house)):
                await one.stop.wait()
                await one.ended()
        finally:
            await caller.close()


def _may_link(house: House) -> Ready:
    """Return the house's own checks, and whether messages have an address to link to."""
    url = public_url(house)

    async def ready() -> Mapping[str, Any]:
        said = await house.ready()
        if url():
            links: dict[str, Any] = {"ok": True}
        else:
            mend = "Set HOMEWARD_PUBLIC_URL, or start an api with this data folder."
            links = {"ok": False, "mend": mend}
        return {**said, "checks": {**said["checks"], "links": links}}

    return ready
