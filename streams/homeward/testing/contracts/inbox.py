"""What every `Inbox` keeps: each message once, in order, for its recipient."""

import asyncio

from homeward.ports import InboxMessage
from homeward.testing.contracts.pen import AT, Ports


def message(name: str) -> InboxMessage:
    return InboxMessage(
        seq=0,
        message_id=name,
        case="case",
        purpose="watch",
        alert=1,
        version=2,
        texts_of="texts",
        watch="watch",
        window_from=AT,
        window_to=None,
        at=AT,
    )


class InboxContract:
    """Putting and reading."""

    async def test_messages_are_read_in_order_after_a_place(self, store: Ports) -> None:
        inbox = store.inbox
        await inbox.put([("ann", message("a1")), ("bob", message("b1")), ("ann", message("a2"))])
        await inbox.put([("ann", message("a3"))])
        found = await inbox.since("ann", 0)
        assert [one.message_id for one in found] == ["a1", "a2", "a3"]
        assert [one.seq for one in found] == sorted({one.seq for one in found})
        rest = await inbox.since("ann", found[0].seq)
        assert [one.message_id for one in rest] == ["a2", "a3"]
        assert [one.message_id for one in await inbox.since("ann", 0, 2)] == ["a1", "a2"]
        assert await inbox.since("nobody", 0) == []

    async def test_a_message_is_kept_as_it_came(self, store: Ports) -> None:
        await store.inbox.put([("ann", message("a1"))])
        (found,) = await store.inbox.since("ann", 0)
        assert found.window_from == AT
        assert found.window_to is None
        assert (found.purpose, found.alert, found.version) == ("watch", 1, 2)

    async def test_a_known_message_adds_nothing(self, store: Ports) -> None:
        await store.inbox.put([("ann", message("a1"))])
        await store.inbox.put([("ann", message("a1")), ("ann", message("a1"))])
        assert len(await store.inbox.since("ann", 0)) == 1

    async def test_who_reads_while_others_write_misses_nothing(self, store: Ports) -> None:
        async def write(writer: int) -> None:
            for number in range(20):
                both = [(who, message(f"{who} {writer} {number}")) for who in ("ann", "bob")]
                await store.inbox.put(both if writer % 2 else both[::-1])

        async def read() -> list[str]:
            seen: list[InboxMessage] = []
            while len(seen) < 80:
                seen += await store.inbox.since("ann", seen[-1].seq if seen else 0)
                await asyncio.sleep(0)
            return [one.message_id for one in seen]

        seen, *_ = await asyncio.gather(read(), *(write(writer) for writer in range(4)))
        assert len(set(seen or ())) == 80

    async def test_the_newest_of_many_is_asked_for_at_once(self, store: Ports) -> None:
        await store.inbox.put([("ann", message("a1")), ("ann", message("a2"))])
        await store.inbox.put([("bob", message("b1"))])
        found = await store.inbox.newest(["ann", "bob", "nobody"])
        last = {one: (await store.inbox.since(one, 0))[-1].seq for one in ("ann", "bob")}
        assert found == last
        assert await store.inbox.newest([]) == {}

    async def test_what_is_forgotten_is_gone_and_nobody_elses(self, store: Ports) -> None:
        inbox = store.inbox
        await inbox.put([("ann", message("a1")), ("bob", message("b1"))])
        await inbox.forget("ann")
        await inbox.forget("nobody")
        assert await inbox.since("ann", 0) == []
        assert await inbox.newest({"ann", "bob"}) == {"bob": 1}
        await inbox.put([("ann", message("a1"))])
        assert [one.seq for one in await inbox.since("ann", 0)] == [1]
