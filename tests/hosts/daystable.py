"""Who is told what and when, worked out by hand; run through the real lane on each store."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from tests.hosts.days import Lived, Set
from tests.hosts.lanes import AWAY, HERE, NEXT, order, volunteer

from homeward.hosts.turn import hear
from homeward.words import Severity

SEVERE: Final = {"severity": Severity.SEVERE}
FAR: Final = "8740b042cffffff"
"""Some 25 km from the focus."""
VERY_FAR: Final = AWAY


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def person(**wishes: Any) -> dict[str, Any]:
    return {"cells": (HERE, NEXT, FAR), **wishes}


NIGHT: Final = {"quiet_from_min": 22 * 60, "quiet_to_min": 7 * 60}
ONE_A_DAY: Final = {"per_day": 1}

TABLE: Final = {
    # (the recipient, [(case, when it is ordered, its area, severity)], [(when told, case)])
    "Shanghai: three areas in a day are told, the fourth when the date turns": (
        person(),
        [("A", "2026-05-01 04:00", HERE), ("B", "2026-05-01 05:00", NEXT),
         ("C", "2026-05-01 06:00", FAR), ("D", "2026-05-01 07:00", HERE)],
        [("2026-05-01 04:00", "A"), ("2026-05-01 05:00", "B"), ("2026-05-01 06:00", "C"),
         ("2026-05-01 16:00", "D")],
    ),
    "Urumqi: the date turns two hours later than Beijing's": (
        person(zone="Asia/Urumqi", **ONE_A_DAY),
        [("A", "2026-05-01 15:00", HERE), ("B", "2026-05-01 16:30", NEXT),
         ("C", "2026-05-02 04:00", FAR)],
        [("2026-05-01 15:00", "A"), ("2026-05-01 18:00", "B"), ("2026-05-02 18:00", "C")],
    ),
    "Kashgar: quiet until seven by the clock there, which is nine in Beijing": (
        person(zone="Asia/Kashgar", **NIGHT),
        [("A", "2026-05-01 15:59", HERE), ("B", "2026-05-01 16:00", NEXT),
         ("C", "2026-05-02 00:30", FAR)],
        [("2026-05-01 15:59", "A"), ("2026-05-02 01:00", "B"), ("2026-05-02 01:00", "C")],
    ),
    "Berlin, an hour left out in a quiet night: woken at seven there": (
        person(zone="Europe/Berlin", **NIGHT),
        [("A", "2026-03-28 20:30", HERE), ("B", "2026-03-28 22:00", NEXT),
         ("C", "2026-03-29 00:30", FAR)],
        [("2026-03-28 20:30", "A"), ("2026-03-29 05:00", "B"), ("2026-03-29 05:00", "C")],
    ),
    "Berlin, quiet until an hour that is left out: over when three is shown": (
        person(zone="Europe/Berlin", quiet_from_min=0, quiet_to_min=150),
        [("A", "2026-03-28 22:30", HERE), ("B", "2026-03-28 23:30", NEXT),
         ("C", "2026-03-29 01:00", FAR)],
        [("2026-03-28 22:30", "A"), ("2026-03-29 01:00", "B"), ("2026-03-29 01:00", "C")],
    ),
    "Berlin, an hour shown twice in a quiet night: it is an hour longer": (
        person(zone="Europe/Berlin", **NIGHT),
        [("A", "2026-10-24 19:30", HERE), ("B", "2026-10-24 21:00", NEXT),
         ("C", "2026-10-25 05:30", FAR)],
        [("2026-10-24 19:30", "A"), ("2026-10-25 06:00", "B"), ("2026-10-25 06:00", "C")],
    ),
    "Berlin, quiet until half past two: over at the first, quiet again until the second": (
        person(zone="Europe/Berlin", quiet_from_min=60, quiet_to_min=150),
        [("A", "2026-10-24 23:15", HERE), ("B", "2026-10-25 00:45", NEXT),
         ("C", "2026-10-25 01:10", FAR)],
        [("2026-10-25 00:30", "A"), ("2026-10-25 00:45", "B"), ("2026-10-25 01:30", "C")],
    ),
    "Berlin, a day of 23 hours: it ends at 22:00 of the world's time": (
        person(zone="Europe/Berlin", **ONE_A_DAY),
        [("A", "2026-03-28 23:00", HERE), ("B", "2026-03-29 21:59", NEXT)],
        [("2026-03-28 23:00", "A"), ("2026-03-29 22:00", "B")],
    ),
    "Berlin, a day of 25 hours: it began at 22:00 and ends at 23:00": (
        person(zone="Europe/Berlin", **ONE_A_DAY),
        [("A", "2026-10-24 22:00", HERE), ("B", "2026-10-25 22:30", NEXT),
         ("C", "2026-10-26 10:00", FAR)],
        [("2026-10-24 22:00", "A"), ("2026-10-25 23:00", "B"), ("2026-10-26 23:00", "C")],
    ),
    "New York, the night in which the clocks go forward": (
        person(zone="America/New_York", **NIGHT),
        [("A", "2026-03-08 02:30", HERE), ("B", "2026-03-08 03:30", NEXT),
         ("C", "2026-03-08 10:59", FAR)],
        [("2026-03-08 02:30", "A"), ("2026-03-08 11:00", "B"), ("2026-03-08 11:00", "C")],
    ),
    "New York, back: a spent day of 25 hours, and then quiet until seven": (
        person(zone="America/New_York", **NIGHT, **ONE_A_DAY),
        [("A", "2026-11-01 16:00", HERE), ("B", "2026-11-01 20:00", NEXT),
         ("C", "2026-11-02 13:00", FAR)],
        [("2026-11-01 16:00", "A"), ("2026-11-02 12:00", "B"), ("2026-11-03 12:00", "C")],
    ),
    "extreme and near is told at night and on a spent day, and counts": (
        person(**NIGHT, **ONE_A_DAY),
        [("A", "2026-05-01 17:00", HERE, Severity.EXTREME),
         ("B", "2026-05-01 17:30", NEXT, Severity.EXTREME),
         ("C", "2026-05-02 04:00", FAR)],
        [("2026-05-01 17:00", "A"), ("2026-05-01 17:30", "B"), ("2026-05-02 23:00", "C")],
    ),
    "extreme and far away keeps to the night and to the day": (
        {"cells": (VERY_FAR,), **NIGHT, **ONE_A_DAY},
        [("A", "2026-05-01 17:00", VERY_FAR, Severity.EXTREME),
         ("B", "2026-05-02 04:00", VERY_FAR, Severity.EXTREME)],
        [("2026-05-01 23:00", "A"), ("2026-05-02 23:00", "B")],
    ),
    "who asked for ten is told of ten": (
        person(per_day=10),
        [(one, f"2026-05-01 04:0{n}", HERE) for n, one in enumerate("ABCDEFGH")],
        [(f"2026-05-01 04:0{n}", one) for n, one in enumerate("ABCDEFGH")],
    ),
}  # fmt: skip


class DaysTable:
    """Needs a fixture ``store``."""

    async def lived(self, store: Any, *people: Any, at: str = "2026-01-01 00:00") -> Lived:
        await store.workbench.start("fanout.0")
        await store.roster.register(people)
        return Lived(store, Set(utc(at)))

    async def played(self, store: Any, name: str, *, restarts: bool) -> Lived:
        wishes, alerts, _ = TABLE[name]
        cells = wishes.pop("cells") if "cells" in wishes else (HERE,)
        lived = await self.lived(store, volunteer("they", *cells, **wishes))
        wishes["cells"] = cells
        for case, at, area, *severity in alerts:
            level = severity[0] if severity else Severity.SEVERE
            await lived.alert(case, utc(at), area, severity=level)
            if restarts:
                lived.restart()
        await lived.until(utc("2026-12-01 00:00"))
        return lived

    async def test_the_table(self, store: Any, name: str) -> None:
        lived = await self.played(store, name, restarts=False)
        expected = [(utc(at), "they", case) for at, case in TABLE[name][2]]
        assert lived.told == expected

    async def test_an_update_is_told_whatever_the_day_held_and_counts_nothing(
        self, store: Any
    ) -> None:
        lived = await self.lived(store, volunteer("they", HERE, per_day=2))
        noon = "2026-05-01 04:"
        await lived.alert("A", utc(noon + "00"), HERE, **SEVERE)
        await lived.alert("A", utc(noon + "10"), HERE, version=2, **SEVERE)
        await lived.alert("B", utc(noon + "20"), HERE, **SEVERE)
        await lived.alert("A", utc(noon + "30"), HERE, version=3, **SEVERE)
        await lived.alert("C", utc(noon + "40"), HERE, **SEVERE)
        assert [(one.version, one.people, one.suppressed) for one in await lived.cut()] == [
            (1, 1, 0), (2, 1, 0), (3, 1, 0), (1, 1, 0), (1, 0, 1),
        ]  # fmt: skip
        *_, last = await lived.cut()
        assert last.passed_over is not None
        assert (last.passed_over.budget, last.passed_over.quiet) == (1, 0)

    async def test_an_alert_that_is_over_when_the_date_turns_is_told_to_nobody(
        self, store: Any
    ) -> None:
        lived = await self.lived(store, volunteer("they", HERE, per_day=1))
        at = utc("2026-05-01 04:00")
        await lived.alert("A", at, HERE, **SEVERE)
        await lived.alert("B", at, HERE, expires_at=utc("2026-05-01 15:59"), **SEVERE)
        await lived.until(utc("2026-05-03 00:00"))
        assert [case for _, _, case in lived.told] == ["A"]

    async def test_who_is_passed_over_takes_no_place_of_one_officers_word(self, store: Any) -> None:
        near = [volunteer(f"near-{n}", HERE, per_day=1) for n in range(3)]
        far = [volunteer(f"next-{n}", FAR) for n in range(3)]
        lived = await self.lived(store, *near, *far)
        at = utc("2026-05-01 04:00")
        await lived.alert("A", at, HERE, **SEVERE)
        await lived.alert("B", at, HERE, FAR, people_max=2, **SEVERE)
        assert len([one for one in lived.told if one[2] == "B"]) == 2
        assert all(name.startswith("next") for _, name, case in lived.told if case == "B")
        *_, last = await lived.cut()
        assert last.passed_over is not None
        assert (last.passed_over.budget, last.passed_over.alone) == (3, 1)

    async def test_a_latecomer_counts_and_is_counted(self, store: Any) -> None:
        lived = await self.lived(store)
        at = utc("2026-05-01 04:00")
        for case in "ABC":
            await lived.alert(case, at, HERE, **SEVERE)
        await store.roster.register([volunteer("they", HERE, per_day=2)])
        await lived.hear()
        assert len(lived.told) == 2  # three live areas at once, and a day of two
        await lived.until(utc("2026-05-01 16:00"))
        assert sorted(case for _, _, case in lived.told) == ["A", "B", "C"]

    async def test_a_limit_that_is_raised_is_looked_at_at_once(self, store: Any) -> None:
        lived = await self.lived(store, volunteer("they", HERE, per_day=1))
        at = utc("2026-05-01 04:00")
        for case in "AB":
            await lived.alert(case, at, HERE, **SEVERE)
        known = await store.roster.get("they")
        assert known is not None
        await store.roster.limit("they", replace(known.limits, per_day=2))
        await lived.hear()
        assert [case for _, _, case in lived.told] == ["A", "B"]

    async def test_a_pause_passes_over_and_its_end_tells(self, store: Any) -> None:
        lived = await self.lived(store, volunteer("they", HERE))
        known = await store.roster.get("they")
        assert known is not None
        at, ends = utc("2026-05-01 04:00"), utc("2026-05-01 12:00")
        await store.roster.limit("they", replace(known.limits, paused_until=ends))
        await store.roster.register([volunteer("they", HERE, per_day=9)])  # by who enrolled them
        kept = await store.roster.get("they")
        assert kept is not None
        assert (kept.paused_until, kept.recipient.per_day) == (ends, 0)
        await lived.alert("A", at, HERE, severity=Severity.EXTREME)
        assert lived.told == []
        [cut] = await lived.cut()
        assert cut.passed_over is not None
        assert cut.passed_over.paused == 1
        await lived.until(ends)
        assert await store.roster.end_pauses(utc("2026-05-01 11:59")) == 0
        assert await store.roster.end_pauses(ends) == 1
        await lived.hear()
        assert lived.told == [(ends, "they", "A")]

    async def test_an_override_reaches_who_sleeps_or_is_spent_and_nobody_else(
        self, store: Any
    ) -> None:
        night = {"quiet_from_min": 0, "quiet_to_min": 20 * 60}
        lived = await self.lived(
            store,
            volunteer("asleep", HERE, **night),
            volunteer("limited", FAR, reach_km_max=1),
            volunteer("mild", HERE, severity_min=Severity.EXTREME),
            volunteer("paused", HERE, active=False),
            volunteer("spent", HERE, per_day=1),
            volunteer("told", HERE),
        )
        at = utc("2026-05-01 04:00")
        await lived.alert("A", at, HERE, **SEVERE)
        await lived.alert("B", at, HERE, FAR, **SEVERE)
        assert [name for _, name, case in lived.told if case == "B"] == ["told"]
        *_, cut = await lived.cut()
        assert cut.passed_over is not None
        over = {name: n for name, n in cut.passed_over.model_dump().items() if n}
        assert over == {"paused": 1, "severity": 1, "distance": 1, "quiet": 1, "budget": 1}
        again = {"cells": None, "overridden": True, **SEVERE}
        await lived.alert("B", utc("2026-05-01 04:10"), **again)
        await lived.alert("B", utc("2026-05-01 04:20"), **again)
        told = [name for _, name, case in lived.told if case == "B"]
        assert sorted(told) == ["asleep", "spent", "told"]
        assert [one.people for one in await lived.cut()][-2:] == [2, 0]
        # Whoever comes late is reached by it, too.
        await store.roster.register([volunteer("late", HERE, **night)])
        await lived.hear()
        assert lived.told[-1][1:] == ("late", "B")

    async def test_a_count_that_somebody_else_moved_is_made_anew(self, store: Any) -> None:
        lived = await self.lived(store, volunteer("they", HERE, per_day=1))
        other = Lived(store, lived.clock)
        at = utc("2026-05-01 04:00")
        lived.clock.moment = at
        for case in "AB":
            await lived.append(order(at, HERE, case=lived.case(case), expires_at=None, **SEVERE))
        rows = [row for one in "AB" for row in await store.log.key_rows(lived.case(one))]
        await asyncio.gather(
            hear(lived.bench, lived.consumer, rows[:1]),
            hear(other.bench, other.consumer, rows[1:]),
        )
        await lived.hear()
        assert len(lived.told) == 1
        assert sorted((one.people, one.suppressed) for one in await lived.cut()) == [(0, 1), (1, 0)]
