"""What the form of a witness says: where, when, how sure, what was seen, and where to.

Place and time go where the API takes them; what it has no field for goes before the words that
were typed, in the language in which it was asked, and is sealed with them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from pydantic import ValidationError

from homeward.formats.catalogues import Phrases
from homeward.http.bodies import PlaceBody, SightingBody
from homeward.http.pages.moments import ZONE
from homeward.http.pages.phrases import PHRASES
from homeward.http.pages.whereabouts import Seat, whereabouts
from homeward.http.problems import PlaceImpossible
from homeward.words import Datum, Mode

NOTE_MAX: Final = 3_000
WORDS_MAX: Final = 200
SURE: Final = ("certain", "think", "unsure")
HEADINGS: Final = ("stays", "n", "ne", "e", "se", "s", "sw", "w", "nw")
FIELDS: Final[Mapping[str, str]] = {
    "time-unreadable": "seen_date",
    "seen-in-future": "seen_date",
    "seen-before-missing": "seen_date",
    "place-unreadable": "place",
    "place-ambiguous": "place",
    "place-impossible": "place",
    "sure-unanswered": "sure",
}
"""Which field a code is about; a field that is too long says so itself."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong, and where; "": of no field."""

    code: str
    field: str


@dataclass(slots=True)
class Filled:
    """A form as far as it can be read."""

    body: SightingBody | None = None
    wrong: list[Wrong] = field(default_factory=list)
    counties: Sequence[str] = ()
    """Counties to choose from."""


def wrong_of(code: str) -> Wrong:
    """Return what a code says, beside its field."""
    return Wrong(code, FIELDS.get(code, ""))


def read_form(said: Mapping[str, str], lang: str) -> Filled:
    """Return what a form says, and what of it is wrong."""
    filled = Filled()
    place = _place(said, filled)
    seen_at = _moment(said)
    if seen_at is None:
        filled.wrong.append(wrong_of("time-unreadable"))
    if said.get("sure") not in SURE:
        filled.wrong.append(wrong_of("sure-unanswered"))
    bounds = {"note": NOTE_MAX, "place_text": WORDS_MAX, "contact": WORDS_MAX}
    long = [name for name, most in bounds.items() if len(said.get(name, "")) > most]
    filled.wrong += [Wrong("text-too-long", name) for name in long]
    if filled.wrong or place is None or seen_at is None:
        return filled
    mode = said.get("mode", "")
    try:
        filled.body = SightingBody(
            seen_at=seen_at,
            place=place,
            mode=Mode(mode) if mode in set(Mode) else Mode.UNKNOWN,
            note=_note(said, PHRASES[lang]),
            contact=said.get("contact") or None,
        )
    except ValidationError:  # of the time alone: all else is bounded above
        filled.wrong.append(wrong_of("time-unreadable"))
    return filled


def _place(said: Mapping[str, str], filled: Filled) -> PlaceBody | None:
    datum = said.get("datum", "")
    found = whereabouts(said.get("place", ""), Datum(datum if datum in set(Datum) else "gcj02"))
    if isinstance(found, PlaceBody):
        return _on_earth(found, filled)
    if found:
        filled.counties = [_name(one) for one in found]
    filled.wrong.append(wrong_of("place-ambiguous" if found else "place-unreadable"))
    return None


def _on_earth(place: PlaceBody, filled: Filled) -> PlaceBody | None:
    try:
        place.place()
    except PlaceImpossible:
        filled.wrong.append(wrong_of("place-impossible"))
        return None
    return place


def _name(seat: Seat) -> str:
    return seat.name


def _moment(said: Mapping[str, str]) -> datetime | None:
    text = f"{said.get('seen_date', '')}T{said.get('seen_time', '')}"
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _note(said: Mapping[str, str], t: Phrases) -> str:
    """Return what was seen, with what the API has no field for in front of it, a line each."""
    heading = said.get("heading", "")
    lines = [t["saw-note-sure"].format(sure=t[f"sure-{said['sure']}"])]
    if said.get("place_text"):
        lines.append(t["saw-note-where"].format(where=said["place_text"]))
    if heading in HEADINGS:
        lines.append(t["saw-note-heading"].format(heading=t[f"heading-{heading}"]))
    return "\n".join([*lines, *([said["note"]] if said.get("note") else [])])
