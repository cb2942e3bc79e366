"""Ways to people: one file a channel, and the one place that says which a world has."""

from collections.abc import Collection, Mapping

from homeward.dispatch.channels.inbox import DrillInboxChannel, LiveInboxChannel
from homeward.dispatch.channels.paged import Paged
from homeward.dispatch.channels.webhook import DrillWebhookChannel, LiveWebhookChannel
from homeward.dispatch.channels.world import WrongWorld
from homeward.ports import Channel, Clock, Inbox, KeyRing


def channels_for(
    world: str,
    *,
    inbox: Inbox,
    ring: KeyRing,
    clock: Clock,
    webhook_loopback: Collection[str] = (),
) -> Mapping[str, Channel]:
    """Return a world's channels by name; a drill's process never makes a live one.

    Raises ValueError for a world that is neither ``live`` nor ``drill``, and when a live one is
    given loopback endpoints.
    """
    made: tuple[Channel, ...]
    match world:
        case "drill":
            made = (
                DrillInboxChannel(inbox),
                Paged(DrillWebhookChannel(ring, clock, loopback=webhook_loopback), inbox),
            )
        case "live":
            made = (
                LiveInboxChannel(inbox),
                Paged(LiveWebhookChannel(ring, clock, loopback=webhook_loopback), inbox),
            )
        case _:
            msg = f"a world is live or drill, not {world!r}"
            raise ValueError(msg)
    return {one.name: one for one in made}


__all__ = ["WrongWorld", "channels_for"]
