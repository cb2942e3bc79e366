"""The case itself: who does what, over public HTTP, each request under a key of its own.

Asked again with the same keys every request is answered as before; so an interrupted story is
told from its beginning, and what happened already does not happen twice.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from homeward.client import Server
from homeward.demo.bystanders import holder
from homeward.demo.feed import Feed, TookTooLong
from homeward.demo.memory import Memory
from homeward.demo.sinkfile import received
from homeward.demo.stage import Stage
from homeward.demo.telling import Teller
from homeward.geography.datum import wgs84_to_gcj02

UNIT: Final = "Linquan PSB (drill)"
HOME: Final = (33.0416, 115.2576)
SEEN: Final = (32.905, 115.820)
"""The edge of Fuyang, 55 km from home: beyond the second wave, in a van's reach of 50 minutes."""
MISTAKEN: Final = (32.780, 115.000)
MISSING_SINCE: Final = timedelta(minutes=35)
WITNESSES: Final = ("a volunteer", "another volunteer")
"""They report with nothing but the link in the message that reached them."""
BREATH_S: Final = 1.0
"""Between two things that people do: half a minute of theirs."""


@dataclass(slots=True)
class Story:
    """One run of the case."""

    stage: Stage
    cast: dict[str, Server]
    memory: Memory
    teller: Teller
    feed: Feed
    case: str

    async def _ask(self, who: str, name: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        said = self.memory.once(name, lambda: body)
        return await self.cast[who].post(path, said, f"{self.memory.run}.{name}")

    async def _breathe(self, kind: str) -> None:
        """Wait a moment, unless what comes next has happened already."""
        if not self.feed.of(kind):
            await asyncio.sleep(BREATH_S)

    async def officers_look(self) -> None:
        """The report waits until the county is told; then an officer looks, and confirms."""
        await self.feed.until(
            "the county desk is told of the waiting report",
            lambda: self.feed.of("escalation.clock-lapsed") or self.feed.of("case.taken-up"),
        )
        await self._breathe("case.taken-up")
        base = f"/v1/cases/{self.case}"
        await self._ask("o-wang", "take-up", f"{base}/take-up", {"unit": UNIT})
        await self._breathe("case.vehicle-identified")
        body = {"seen_at": self._ago(minutes=38), "vehicle": "grey van, drill"}
        await self._ask("o-wang", "vehicle", f"{base}/vehicle", body)
        await self._breathe("case.verified")
        await self._ask("o-wang", "verify", f"{base}/verify", {"unit": UNIT})

    async def alert_goes_out(self) -> None:
        """One drafts, another reads every word and approves, the first one issues."""
        alerts = f"/v1/cases/{self.case}/alerts"
        body = {
            "policy": "field",
            "severity": "extreme",
            "reach_km_max": 300,
            "expires_in_s": 6 * 86_400,
        }
        drafted = await self._ask("o-wang", "draft", alerts, body)
        draft = drafted["draft"]
        await self._breathe("case.alert-approved")
        if not self.feed.of("case.alert-approved"):
            await self.cast["s-li"].get(f"{alerts}/{draft}", purpose="approval")
        await self._ask(
            "s-li", "approve", f"{alerts}/{draft}/approve", {"digest": drafted["digest"]}
        )
        await self._breathe("case.alert-issued")
        issued = await self._ask("o-wang", "issue", f"{alerts}/{draft}/issue", {})
        if issued["lane"] == "fast":  # a demo that stopped in between: the approval had lapsed
            again = {"digest": drafted["digest"]}
            await self._ask("s-li", "approve-again", f"{alerts}/{draft}/approve", again)

    async def hubs_watch(self) -> None:
        """Hubs ahead acknowledge; a silent one's next contact is asked, at last the desk."""
        feed = self.feed
        await feed.until("a wave goes out", lambda: feed.of("reach.widened"))
        await feed.until("hubs are ordered", lambda: feed.of("hubs.watch-ordered"))
        await feed.until("hubs acknowledge", lambda: feed.of("watch.acknowledged"))
        await feed.until(
            "a silent hub is passed on to the police desk",
            lambda: feed.of("escalation.watch-lapsed", to_desk=True),
        )

    async def sightings(self) -> str:
        """Two report; a coordinator believes one of them. Return the id of that decision."""
        told = [one for one in received(self.stage.sink_file, self.case) if one.purpose == "alert"]
        if len(told) < len(WITNESSES):
            raise TookTooLong("somebody is told of the alert")
        for who, one in zip(WITNESSES, told, strict=False):
            self.cast[who] = self.cast["parent"].acting_as(holder(one))
        wrong = await self._sight(WITNESSES[-1], "mistaken", MISTAKEN, "foot", 12)
        await self._breathe("sighting.accepted")
        right = await self._sight(WITNESSES[0], "sighting", SEEN, "vehicle", 3)
        await self._breathe("sighting.accepted")
        waves = len(self.feed.of("reach.widened"))
        again = bool(self.feed.of("sighting.accepted"))
        body = {"mode": "vehicle", "credibility_ppm": 900_000}
        accepted = await self._ask("c-chen", "accept", f"/v1/sightings/{right}/accept", body)
        reason = {"reason": "another-child"}
        await self._ask("c-chen", "reject", f"/v1/sightings/{wrong}/reject", reason)
        if not again:
            await self.feed.until(
                "the search moves on to the sighting",
                lambda: (
                    len(self.feed.of("reach.widened")) > waves
                    or self.feed.of("hubs.watch-released", reason="not-ahead")
                ),
            )
        return str(accepted["facts"][0]["id"])

    async def _sight(
        self, who: str, name: str, where: tuple[float, float], mode: str, minutes: int
    ) -> str:
        place = {"lat": where[0], "lon": where[1], "datum": "wgs84", "accuracy_m": 200}
        body = {"seen_at": self._ago(minutes=minutes), "mode": mode, "place": place}
        answer = await self._ask(who, name, f"/v1/cases/{self.case}/sightings", body)
        return str(answer["sighting"])

    async def found(self, helped_by: str) -> None:
        """The boy is found; everyone who was told is told so."""
        await self._breathe("case.resolved")
        await self.feed.until(
            "every wave finds its people",
            lambda: (
                len(self.feed.of("fanout.chunks-cut", audience="area"))
                >= len(self.feed.of("reach.widened"))
            ),
        )
        await self._all_handed_over()
        base = f"/v1/cases/{self.case}"
        body = {"outcome": "found-safe", "helped_by": [helped_by]}
        await self._ask("o-wang", "resolve", f"{base}/resolve", body)
        await self._ask("o-wang", "close-out", f"{base}/close-out", {})
        await self.feed.until("the close-out is ordered", lambda: self.feed.of("case.closed-out"))
        await self.feed.until(
            "the close-out finds those who were told",
            lambda: self.feed.of("fanout.chunks-cut", purpose="close-out"),
        )
        await self._all_handed_over("close-out")

    async def _all_handed_over(self, purpose: str = "alert") -> None:
        """Wait until the ledger holds nobody of a purpose without an outcome."""
        rows: list[dict[str, Any]] = []
        for _ in range(300):
            shown = await self.cast["a-zhao"].get(f"/v1/cases/{self.case}")
            rows = [one for one in shown["ledger"] if one["purpose"] == purpose]
            if rows and all(one["pending"] == 0 for one in rows):
                return
            await asyncio.sleep(0.2)
        raise TookTooLong(f"everybody is handed the {purpose}: {rows}")

    def _ago(self, minutes: int) -> str:
        """Return a moment on the case clock, after the newest fact's."""
        newest = max(one["at"] for one in self.feed.facts)
        return (datetime.fromisoformat(newest) - timedelta(minutes=minutes)).isoformat()


async def raise_case(cast: dict[str, Server], memory: Memory) -> dict[str, Any]:
    """A parent reports, from a phone whose map shifts: return the receipt with the page's link."""
    now = datetime.fromisoformat((await cast["parent"].get("/v1/clock"))["now"])
    lat, lon = wgs84_to_gcj02(*HOME)
    body = {
        "category": "stranger-abduction",
        "last_seen": {
            "at": (now - MISSING_SINCE).isoformat(),
            "text": "alley behind the market (drill)",
            "place": {
                "lat": round(lat, 6),
                "lon": round(lon, 6),
                "datum": "gcj02",
                "accuracy_m": 50,
            },
        },
        "custody": "none",
        "protection_order": False,
        "person": {
            "name": "小明（虚构）",
            "age_years": 2,
            "sex": "male",
            "height_cm": 86,
            "clothing": "红色外套（虚构）",
        },
        "reporter": {"name": "虚构的母亲", "phone": "000-0000"},
    }
    said = memory.once("raise", lambda: body)
    return await cast["parent"].post("/v1/cases", said, f"{memory.run}.raise")
