"""The persons of a case on pages: as forms describe them, who is missing, how many were found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeward.case.rules import OFFICERS
from homeward.formats.catalogues import LANGS, Phrases
from homeward.http.authorisation import Action, scope_of
from homeward.http.doors import Door
from homeward.http.pages.phrases import PHRASES
from homeward.timeline import CaseView
from homeward.words import PERSONS_MAX, AgeBand, Sex

WORDS: Final = {lang: Phrases("duty", lang) for lang in LANGS}
DESCRIBED: Final = ("name", "clothing", "marks", "language", "medical_need")
"""What a form takes of a person as words."""


def described(said: Mapping[str, str], after: str = "") -> dict[str, Any]:
    """Return a person as a form describes them; its fields end in ``after``. Empty: nobody."""
    names = (*DESCRIBED, "age_years", "height_cm", "sex")
    found = {name: said.get(f"{name}{after}") for name in names}
    return {name: one for name, one in found.items() if one}


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One of several."""

    number: int
    says: str
    missing: bool


def found_line(view: CaseView, lang: str) -> str:
    """Return how many of several were found; empty: it is about one."""
    if len(view.persons) < 2:  # noqa: PLR2004 -- several
        return ""
    return PHRASES[lang]["persons-found"].format(found=view.found, all=len(view.persons))


def person_lines(view: CaseView, lang: str) -> list[PersonLine]:
    """Return each of several, by what stands in clear."""
    d, t = WORDS[lang], PHRASES[lang]
    lines = []
    for one in view.persons:
        known = one.age_band != AgeBand.UNKNOWN
        state = d[f"outcome-{one.outcome}"] if one.outcome else d["person-missing"]
        says = d["person-line" if known else "person-line-unknown"].format(
            person=one.person, sex=t[one.sex], age_band=one.age_band, state=state
        )
        lines.append(PersonLine(one.person, says, not one.outcome))
    return lines


def persons_shown(door: Door, view: CaseView, lang: str) -> dict[str, Any]:
    """Return what a case's page on the duty page shows of its persons."""
    open_, by = not view.status.over, door.by
    several = len(view.persons) > 1
    adds = by.role in OFFICERS or (door.state.unverified and by.id == door.state.reporter)
    finds = open_ and several and scope_of(by.role, Action.RESOLVE) is not None
    alert = view.alert
    return {
        "person_lines": person_lines(view, lang) if several else [],
        "persons_found": found_line(view, lang),
        "adds_person": open_ and adds and len(view.persons) < PERSONS_MAX,
        "finds_person": finds and len(view.persons) - view.found > 1,
        "misses_person": finds,
        "draft_anew": several and open_ and alert is not None and alert.state == "live",
        "sexes": [(one.value, PHRASES[lang][one.value]) for one in reversed(Sex)],
        "described": DESCRIBED,
    }
