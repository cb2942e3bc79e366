"""The inbox: messages that wait on a recipient's own page, in our own store."""

from collections.abc import Sequence

from homeward.dispatch.channels.world import SameWorld
from homeward.ports import Inbox, InboxMessage, LogUnavailable, Outgoing, Result, Verdict


class InboxChannel(SameWorld):
    """Accepted means durable: whoever opens their page from then on sees it."""

    name = "inbox"
    batch_max = 100

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def send(self, batch: Sequence[Outgoing]) -> Sequence[Result]:
        """Put a batch into its recipients' inboxes; a message that is there adds nothing.

        Raises WrongWorld for a message of another world.
        """
        self.check_world(batch)
        try:
            await self._inbox.put([(one.recipient, kept(one)) for one in batch])
        except LogUnavailable:
            return [Result(one.message_id, Verdict.RETRY, detail="store-away") for one in batch]
        return [Result(one.message_id, Verdict.ACCEPTED) for one in batch]

    async def close(self) -> None:
        """Nothing is held."""


class LiveInboxChannel(InboxChannel):
    """Inboxes of a live world."""

    drill = False


class DrillInboxChannel(InboxChannel):
    """Inboxes of a drill."""

    drill = True


def kept(one: Outgoing) -> InboxMessage:
    """Return what is kept of a message: no words, the page opens them again."""
    return InboxMessage(
        seq=0,
        message_id=one.message_id,
        case=one.case,
        purpose=one.purpose,
        alert=one.alert,
        version=one.version,
        texts_of=one.texts_of,
        watch=one.watch,
        window_from=one.window_from,
        window_to=one.window_to,
        at=one.sent_at,
    )
