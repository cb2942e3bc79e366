"""What a webhook's message links to shows the message."""

from tests.services.dispatch.conftest import outgoing

from homeward.dispatch.channels.paged import Paged
from homeward.ports import LogUnavailable, Result, Verdict
from homeward.testing.memory import MemoryStore


class Far:
    """A webhook channel that looks at the page when it is called."""

    name, batch_max, drill = "webhook", 100, True

    def __init__(self, inbox):
        self.inbox, self.seen = inbox, []

    async def send(self, batch):
        for one in batch:
            self.seen += await self.inbox.since(one.recipient, 0)
        return [Result(one.message_id, Verdict.ACCEPTED) for one in batch]


async def test_the_page_shows_it_before_the_far_side_hears_it_and_once():
    inbox = MemoryStore().inbox
    far = Far(inbox)
    paged, message = Paged(far, inbox), outgoing()
    for _ in range(2):
        [result] = await paged.send([message])
        assert result.verdict is Verdict.ACCEPTED
    assert [one.message_id for one in far.seen] == [message.message_id] * 2
    assert len(await inbox.since(message.recipient, 0)) == 1


async def test_with_the_store_away_nothing_is_handed_over():
    class Away:
        async def put(self, _messages):
            raise LogUnavailable

    far = Far(MemoryStore().inbox)
    [result] = await Paged(far, Away()).send([outgoing()])
    assert (result.verdict, far.seen) == (Verdict.RETRY, [])
