"""What every `Invites` keeps: no more join than may, and nobody is active unaccepted."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from homeward.ports import Invite, Joined
from homeward.testing.contracts.pen import Ports
from homeward.testing.contracts.roster import volunteer
from homeward.words import Tier

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def invite(name: str = "inv-1", org: str = "angels", uses: int = 2) -> Invite:
    return Invite(name, org, "n-li", LATER, uses)


async def joined(store: Ports, name: str, by: str = "inv-1") -> Joined:
    """Join and register, as the page does."""
    said = await store.invites.join(by, name, NOW)
    await store.roster.register([replace(volunteer(name), active=False)])
    return said


class InvitesContract:
    """Joining, waiting, accepted or not."""

    async def test_an_invite_is_kept_once_and_revoked_by_its_own_organisation(
        self, store: Ports
    ) -> None:
        await store.invites.make(invite())
        await store.invites.make(replace(invite(), uses=9))
        assert await store.invites.get("inv-1") == invite()
        assert await store.invites.of("angels") == [invite()]
        assert await store.invites.of("others") == []
        assert not await store.invites.revoke("inv-1", "others")
        assert await store.invites.revoke("inv-1", "angels")
        kept = await store.invites.get("inv-1")
        assert kept is not None
        assert kept.revoked
        assert await store.invites.join("inv-1", "ann", NOW) is Joined.CLOSED

    async def test_no_more_join_than_may_even_at_once(self, store: Ports) -> None:
        await store.invites.make(invite(uses=3))
        people = [f"p-{n}" for n in range(8)]
        said = await asyncio.gather(*(store.invites.join("inv-1", one, NOW) for one in people))
        assert sorted(said) == [Joined.CLOSED] * 5 + [Joined.JOINED] * 3
        first = people[said.index(Joined.JOINED)]
        assert await store.invites.join("inv-1", first, NOW) is Joined.AGAIN
        kept = await store.invites.get("inv-1")
        assert kept is not None
        assert kept.used == 3

    async def test_nobody_joins_late_or_by_nothing(self, store: Ports) -> None:
        await store.invites.make(invite())
        assert await store.invites.join("inv-1", "ann", LATER) is Joined.CLOSED
        assert await store.invites.join("inv-2", "ann", NOW) is Joined.CLOSED

    async def test_who_waits_is_listed_and_accepted_by_their_organisation(
        self, store: Ports
    ) -> None:
        await store.invites.make(invite())
        await joined(store, "ann")
        await store.invites.join("inv-1", "not-registered", NOW)
        before = await store.roster.revision(0, 1)
        assert [one.recipient for one in await store.invites.waiting("angels", 9)] == ["ann"]
        assert await store.invites.waiting("others", 9) == []
        assert await store.invites.waits_for("ann") == "angels"
        assert not await store.invites.accept("ann", "others", Tier.PUBLIC)
        known = await store.roster.get("ann")
        assert known is not None
        assert not known.recipient.active
        assert await store.invites.accept("ann", "angels", Tier.VETTED)
        known = await store.roster.get("ann")
        assert known is not None
        assert (known.recipient.active, known.recipient.tier) == (True, Tier.VETTED)
        assert known.revision > before
        changes = await store.roster.changes(0, 1, before)
        assert changes is None or known.ordinal in changes.changed
        assert await store.invites.waiting("angels", 9) == []
        assert await store.invites.waits_for("ann") is None
        assert not await store.invites.accept("ann", "angels", Tier.PUBLIC)
        assert not await store.invites.decline("ann", "angels")

    async def test_who_is_declined_is_forgotten(self, store: Ports) -> None:
        await store.invites.make(invite())
        await joined(store, "ann")
        assert not await store.invites.decline("ann", "others")
        assert await store.roster.get("ann") is not None
        assert await store.invites.decline("ann", "angels")
        assert await store.roster.get("ann") is None
        assert not await store.invites.decline("ann", "angels")

    async def test_who_left_waits_no_more(self, store: Ports) -> None:
        await store.invites.make(invite())
        await joined(store, "ann")
        await store.roster.remove("ann")
        assert await store.invites.waiting("angels", 9) == []
        assert await store.invites.waits_for("ann") is None
        assert not await store.invites.accept("ann", "angels", Tier.PUBLIC)
