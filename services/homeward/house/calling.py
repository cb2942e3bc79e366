"""The sender of a house, with what it needs."""

import contextlib
import time
from collections.abc import Callable
from typing import Final

from homeward.dispatch.bucket import rates_of
from homeward.dispatch.caller import Caller
from homeward.dispatch.channels import channels_for
from homeward.dispatch.knobs import Knobs
from homeward.dispatch.links import PageLinks
from homeward.house.first import URL_FILE
from homeward.house.opening import House, folder_of, loopbacks_of

LOOK_AGAIN_S: Final = 1.0


def caller_of(house: House) -> Caller:
    """Return a sender of this house's messages."""
    settings, store, drill = house.settings, house.store, house.world == "drill"
    knobs = Knobs(
        lease_s=settings.lease_s,
        senders=settings.senders,
        poll_s=settings.poll_s,
        rates=rates_of(settings.channel_rates),
    )
    return Caller(
        log=store.log,
        ledger=store.ledger,
        roster=store.roster,
        channels=channels_for(
            house.world,
            inbox=store.inbox,
            ring=house.ring,
            clock=store.clock,
            webhook_loopback=loopbacks_of(settings),
        ),
        words=house.words,
        link=PageLinks(house.ring, public_url(house)).inbox,
        clock=store.clock,
        meter=house.meter,
        drill=drill,
        knobs=knobs,
    )


def public_url(house: House) -> Callable[[], str]:
    """Return what links in messages begin with: as set, as we listen, or as an API here does.

    A sender apart listens nowhere: the world's folder says where an API does, and it may move.
    """
    path = folder_of(house.settings, house.world) / URL_FILE
    said, looked_s = "", float("-inf")

    def url() -> str:
        nonlocal said, looked_s
        if known := house.settings.public_url or house.url:
            return known
        if time.monotonic() - looked_s > LOOK_AGAIN_S:
            looked_s = time.monotonic()
            with contextlib.suppress(OSError):  # an API that starts again: what it said last
                said = path.read_text().strip()
        return said

    return url
