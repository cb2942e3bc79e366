"""Pictures of a case read from the world itself, without a server: `pictured`, `courses`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from homeward.cli.ledgers import case_named, opened
from homeward.cli.moments import zoned
from homeward.cli.output import Complaint
from homeward.cli.reachpolicies import policies_named
from homeward.cli.whereabouts import World
from homeward.formats.geojson import course_json, field_json
from homeward.formats.mapsvg import svg
from homeward.formats.sheets import course_sheet
from homeward.http import fields
from homeward.http.pages.landmarks import landmarks
from homeward.http.pictures import field_then
from homeward.messages import Recorded
from homeward.picture.course import Course, as_it_was, under
from homeward.picture.field import book_of
from homeward.picture.figures import figures, order_rows, wave_rows
from homeward.picture.waves import People, people_of, told_people
from homeward.refusals import Refused
from homeward.settings import Settings


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture that is asked for."""

    case: str
    as_of: str | None
    at: str | None
    policy: str | None
    lang: str


async def pictured(
    settings: Settings, world: World, wanted: Wanted, what: Literal["field", "map"]
) -> str:
    """Return a case's field as GeoJSON, or its map, as the server would. Raises Complaint."""
    async with opened(settings, world) as house:
        store = house.store
        named = await case_named(house, wanted.case)
        try:
            at = None if wanted.at is None else _time(wanted.at)
            then = await fields.known_then(store.log, store.clock, named, wanted.as_of, at)
            found = field_then(then, wanted.policy)
        except Refused as refused:
            raise Complaint(refused.message().rstrip("."), refused.mend, code=2) from None
        names = await fields.hub_names(store.roster, (one.hub.id for one in found.hubs))
        if what == "map":
            return fields.drawn(found, wanted.lang, names)
        shown = {**field_json(found, names), "world": world}
        return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


def _time(said: str) -> datetime:
    at = zoned(said)
    if at is None:
        raise Complaint(f"{said!r} is no time", "give a time with its offset", code=2)
    return at


async def courses(
    settings: Settings,
    world: World,
    case: str,
    asked: Sequence[str],
    reach_km: int | None,
    lang: str = "zh-Hans",
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Return how a case went and would have gone under policies, and pictures by file name."""
    rules = policies_named(asked)
    async with opened(settings, world) as house:
        store = house.store
        then = await fields.known_then(store.log, store.clock, await case_named(house, case), None)
        people = await people_of(store.roster)
        found = [as_it_was(then.facts)]
        found += [under(then.facts, name, then.at, reach_km) for name in rules]
        hubs = [order.hub for one in found for order in one.orders]
        names = await fields.hub_names(store.roster, hubs)
    return [course_shown(one, people) for one in found], pictures(found, then.facts, names, lang)


def course_shown(course: Course, people: People) -> dict[str, Any]:
    """Return a course as JSON values, with people counted wave by wave."""
    counts = told_people(course, people)
    before = [0, *counts]
    rows = zip(wave_rows(course), counts, before, strict=False)
    return {
        **figures(course),
        "people": counts[-1] if counts else 0,
        "people_first": counts[0] if counts else 0,
        "each_wave": [
            {**row, "people": now - then, "people_so_far": now} for row, now, then in rows
        ],
        "orders": list(order_rows(course)),
    }


def pictures(
    found: Sequence[Course],
    facts: Sequence[Recorded],
    names: Mapping[str, str],
    lang: str = "zh-Hans",
) -> dict[str, str]:
    """Return a map and the waves as GeoJSON for each course, by file name."""
    book, drawings = book_of(facts), {}
    for one in found:
        context = landmarks(one.last_seen_cell)
        sheet = course_sheet(one, facts[0].key, book, lang, names=names, context=context)
        drawings[f"{one.policy}.svg"] = svg(sheet)
        drawings[f"{one.policy}.geojson"] = json.dumps(course_json(one), ensure_ascii=False)
    return drawings
