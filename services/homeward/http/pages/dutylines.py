"""Facts of a case as lines that people read: what happened, who said it, and nothing sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from homeward.http.pages.desk import WORDS
from homeward.http.pages.moments import moment, people
from homeward.http.pages.phrases import PHRASES
from homeward.http.showing import COUNTS_OF_PEOPLE, entry_json
from homeward.messages import Recorded
from homeward.timeline import timeline
from homeward.words import instant_in, instant_text

PAGE: Final = 30
ABSENT: Final = "–"
NAMED: Final[Mapping[str, str]] = {
    "outcome": "outcome-",
    "reason": "reason-",
    "purpose": "purpose-",
    "severity": "severity-",
    "policy": "policy-",
    "level": "to-",
    "audience": "audience-",
    "answer": "answer-",
    "custody": "custody-",
    "verdict": "verdict-",
}
"""Fields that hold a code, and what its words begin with."""


class _Said(dict[str, str]):
    """What a line shows; a field that a fact left out is a dash."""

    def __missing__(self, _: str) -> str:
        return ABSENT


@dataclass(frozen=True, slots=True)
class Line:
    """One fact."""

    at: str
    when: str
    says: str
    by: str


def lines(recorded: Sequence[Recorded], lang: str, hubs: Mapping[str, str]) -> list[Line]:
    """Return facts in words, the newest first."""
    d, found = WORDS[lang], []
    for entry in reversed(timeline(recorded)):
        what = entry_json(entry, exact=False)["what"]
        name = f"line-{entry.kind.partition('/')[0]}"
        said = _Said({of: _worded(of, one, lang, hubs) for of, one in what.items()})
        says = d[name].format_map(said) if name in d else d["line-other"].format(kind=entry.kind)
        by = d.get(f"role-{entry.by}", entry.by)
        found.append(Line(instant_text(entry.at), moment(entry.at, lang), says, by))
    return found


def _worded(name: str, value: Any, lang: str, hubs: Mapping[str, str]) -> str:  # noqa: ANN401 - JSON
    """Return a public field of a fact as people read it."""
    d, t = WORDS[lang], PHRASES[lang]
    if name in COUNTS_OF_PEOPLE:
        return people(str(value), lang)
    at = instant_in(value)
    if at is not None:
        return moment(at, lang)
    if name in NAMED:
        code = f"{NAMED[name]}{value}"
        return d.get(code, str(value))
    match name:
        case "protection_order":
            return d["order-yes" if value else "order-no"]
        case "category":
            return t["unsure" if value == "other" else value]
        case "mode" | "claimed_mode" | "sex":
            return t[value]
        case "hub":
            return hubs.get(value, value)
        case "raised_by" | "source":
            return d.get(f"role-{value}", value)
        case "radius_m":
            return str(round(value / 1_000))
        case "credibility_ppm":
            return f"{value / 10_000:.0f} %"
        case _:
            return str(value)
