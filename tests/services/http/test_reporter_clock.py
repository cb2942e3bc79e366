"""The parent's clock says who has the report, and comforts with nothing that is not true."""

from dataclasses import replace
from urllib.parse import urlsplit

from tests.services.http.test_pages import opened, raised

from homeward.desk import Asking
from homeward.facts.handover import HandoverAttempted
from homeward.facts.watch import ClockLapsed
from homeward.messages import Actor
from homeward.words import Role


async def test_the_clock_says_who_has_it_and_who_is_next(world):
    where = urlsplit(await raised(world)).path
    world.store.clock.pass_s(11 * 60)
    [row] = await world.store.log.newest("case.raised/1")
    fact = ClockLapsed(case=row.key, at=world.rooms.clock.now(), level=1, waiting_s=600)

    async def nothing():
        return ()

    asking = Asking(Actor(id="escalation", role=Role.SYSTEM), "lapse", b"")
    stream = f"escalation-{row.key}"
    await world.rooms.desk.submit(stream, asking, nothing, lambda _: (fact,))
    shown = await opened(world, f"{where}?lang=en")
    assert "nobody on duty was reached yet. Call 110" in shown
    sent_ = HandoverAttempted(
        case=row.key,
        at=fact.at,
        chunk=row.key,
        order=row.key,
        digest="0" * 64,
        purpose="clock",
        alert=0,
        version=0,
        attempt=0,
        accepted=1,
        **dict.fromkeys(("failed", "expired", "retried"), 0),
    )
    await world.rooms.desk.submit(
        f"handover-{row.key}", replace(asking, key="sent"), nothing, lambda _: (sent_,)
    )
    shown = await opened(world, f"{where}?lang=en")
    assert "Waiting for 11 min; told: the county" in shown
    assert "by 1 Mar 11:50, told next: the province" in shown
    await world.post("officer", f"/v1/cases/{row.key}/take-up", {"unit": "Linquan <b>PSB"})
    assert "With Linquan &lt;b&gt;PSB" in await opened(world, f"{where}?lang=en")
