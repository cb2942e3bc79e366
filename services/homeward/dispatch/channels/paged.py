"""What a message links to shows the message, whatever channel brought it."""

from collections.abc import Sequence

from homeward.dispatch.channels.inbox import kept
from homeward.dispatch.channels.webhook import WebhookChannel
from homeward.dispatch.channels.world import SameWorld
from homeward.ports import Inbox, LogUnavailable, Outgoing, Result, Verdict


class Paged(SameWorld):
    """A channel whose messages stand on the recipient's page before they are handed over."""

    def __init__(self, channel: WebhookChannel, inbox: Inbox) -> None:
        self.channel, self._inbox, self.drill = channel, inbox, channel.drill
        self.name, self.batch_max = channel.name, channel.batch_max

    async def send(self, batch: Sequence[Outgoing]) -> Sequence[Result]:
        """Put a batch on its recipients' pages, then hand it over; known messages add nothing.

        Raises WrongWorld for a message of another world, before anything is shown.
        """
        self.check_world(batch)
        try:
            await self._inbox.put([(one.recipient, kept(one)) for one in batch])
        except LogUnavailable:
            return [Result(one.message_id, Verdict.RETRY, detail="store-away") for one in batch]
        return await self.channel.send(batch)

    async def close(self) -> None:
        """Let go of the channel."""
        await self.channel.close()
