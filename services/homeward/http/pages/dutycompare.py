"""Two cases side by side: what each says of the person, and what merging would change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeward.case import Case
from homeward.case.merging import decide_merge
from homeward.case.persons import missing
from homeward.desk import goes_on_in
from homeward.facts.hub import WatchOrdered
from homeward.http.doors import Door
from homeward.http.pages.desk import WORDS
from homeward.http.pages.dutydrafts import place_of
from homeward.http.pages.moments import moment, people
from homeward.http.pages.phrases import PHRASES
from homeward.http.rooms import Rooms
from homeward.refusals import Refused
from homeward.requests.merging import MergeCase
from homeward.sighting import fold_all
from homeward.timeline import CaseView, status_of
from homeward.timeline.views import bucket
from homeward.words import AgeBand, Category, Purpose, Sex, case_code

ABSENT = "–"
PERSON = ("name", "age_years", "height_cm", "clothing", "marks", "language", "medical_need")


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that two cases say alike or not."""

    name: str
    mine: str
    theirs: str

    @property
    def differs(self) -> bool:
        """Whether both say something, and not the same."""
        return self.mine != self.theirs and ABSENT not in {self.mine, self.theirs}


def rows(mine: Door, theirs: Door, now: datetime, lang: str) -> list[Row]:
    """Return what is public of two cases, a row for each thing."""
    both = zip(_public(mine, now, lang), _public(theirs, now, lang), strict=True)
    return [Row(name, one or ABSENT, other or ABSENT) for (name, one), (_, other) in both]


def _public(door: Door, now: datetime, lang: str) -> Iterator[tuple[str, str]]:
    d, t, state = WORDS[lang], PHRASES[lang], door.state
    view, raised = status_of(door.recorded, now), door.state.raised
    assert raised is not None
    assert state.last_seen is not None
    yield d["compare-state"], t[f"staff-{view.status.value}"]
    yield t["category"], t["unsure" if state.category is Category.OTHER else state.category.value]
    yield t["mode"], t[state.mode.value]
    bands = [one.age_band.value for one in missing(state) if one.age_band is not AgeBand.UNKNOWN]
    sexes = [t[one.sex.value] for one in missing(state) if one.sex is not Sex.UNKNOWN]
    yield d["compare-age"], d["comma"].join(bands)
    yield d["person-sex"], d["comma"].join(sexes)
    yield d["compare-last-seen"], moment(state.last_seen.at, lang)
    yield d["compare-place"], place_of(door)
    yield d["compare-custody"], d[f"custody-{state.custody.value}"]
    yield d["compare-raised"], moment(raised.at, lang)
    yield d["compare-by"], d[f"role-{raised.raised_by.value}"]
    yield d["unit"], view.unit
    yield d["compare-told"], _told(view, lang)
    yield d["sightings"], str(len(view.sightings))


def _told(view: CaseView, lang: str) -> str:
    told = view.told.get(Purpose.ALERT.value)
    return people(bucket(told.people), lang) if told else ""


def sealed_rows(mine: dict[str, Any], theirs: dict[str, Any], lang: str) -> list[Row]:
    """Return what was opened of two cases, a row for each thing that either says."""
    d, t = WORDS[lang], PHRASES[lang]
    one, other = mine["description"] or {}, theirs["description"] or {}
    found = [
        Row(d[f"person-{name}"], str(one.get(name) or ABSENT), str(other.get(name) or ABSENT))
        for name in PERSON
    ]
    found.append(Row(t["place"], mine["place_text"] or ABSENT, theirs["place_text"] or ABSENT))
    found.append(Row(t["note"], _notes(mine), _notes(theirs)))
    return [one for one in found if {one.mine, one.theirs} != {ABSENT}]


def _notes(said: dict[str, Any]) -> str:
    return "\n".join(one["note"] for one in said["notes"]) or ABSENT


async def refusal(rooms: Rooms, gone: Door, kept: Case) -> Refused | None:
    """Return why a merge would be refused as both cases are now; None: it would not."""
    now = rooms.clock.now()
    here = (await goes_on_in(rooms.desk, gone.case)).state
    request = MergeCase(
        at=now,
        by=gone.by,
        into=kept.id,
        goes_on_in=here.id if gone.state.into else None,
        status=kept.status.value,
        over=kept.status.over,
        held=kept.held,
        verified=not kept.unverified,
        live=kept.live(now),
        cases=len(kept.joined),
        persons=len(missing(kept)),
    )
    try:
        decide_merge(gone.state, request)
    except Refused as refused:
        return refused
    return None


def consequences(gone: Door, kept: Door, now: datetime, lang: str) -> list[str]:
    """Return in sentences what a merge does: which code goes on, and who is told."""
    d, view = WORDS[lang], status_of(gone.recorded, now)
    codes = {"gone": case_code(gone.case), "kept": case_code(kept.case)}
    alert, told = gone.state.alert, view.told.get(Purpose.ALERT.value)
    said = [d["merge-goes-on"].format(**codes)]
    out = alert is not None and not alert.told_over
    if out or gone.state.ring_zero or any(one.alert for one in gone.state.joined):
        many = people(bucket(told.people), lang) if told else ABSENT
        said.append(d["merge-tells"].format(people=many, **codes))
    else:
        said.append(d["merge-tells-nobody"].format(**codes))
    mine, theirs = _watching(gone), _watching(kept)
    if mine:
        said.append(
            d["merge-hubs"].format(many=len(mine - theirs), stay=len(mine & theirs), **codes)
        )
    if seen := len(fold_all(gone.recorded)):
        said.append(d["merge-sightings"].format(many=seen, **codes))
    said.append(d["merge-reporters"].format(**codes))
    return said


def _watching(door: Door) -> set[str]:
    """Return the hubs whose watch is not over."""
    view = status_of(door.recorded)
    open_ = {one.watch for one in view.watches if one.state not in {"stood-down", "released"}}
    ordered = (one.fact for one in door.recorded if isinstance(one.fact, WatchOrdered))
    return {one.hub for one in ordered if one.watch in open_}
