"""Several persons in the words of one message: who they are in short, and what tells each apart."""

from collections.abc import Callable, Sequence
from typing import Final

from homeward.formats import speaking
from homeward.formats.catalogues import MESSAGES as PHRASES
from homeward.formats.clipping import clean
from homeward.formats.persons import ADULT_YEARS, suspect_is, who_is
from homeward.formats.subjects import Frame, Subject, moment
from homeward.words import Description, Sex

LISTED_MAX: Final = 2
"""So many ages, and so many sorts of persons, are named one by one; of more the range, and how
many there are: a title has forty characters in the short form."""


def who_are(
    lang: str, persons: Sequence[Description], bands: Sequence[str] = (), *, spoken: bool = False
) -> str:
    """Return who is missing in a few words: how many of which sort, and their ages if known.

    ``bands`` are said where years are not: of each person one, empty where nothing is known.
    """
    phrases = PHRASES[lang]
    if len(persons) == 1:
        return who_is(lang, persons[0], spoken=spoken)
    sorts: dict[str, int] = {}
    for sort in map(_sort, persons):
        sorts[sort] = sorts.get(sort, 0) + 1
    if len(sorts) > LISTED_MAX:
        sorts = {"person": len(persons)}
    counts = (
        phrases.counted(f"persons-{sort}", count).format(count=_number(lang, count, spoken=spoken))
        for sort, count in sorts.items()
    )
    who = phrases["persons-and"].join(counts)
    ages = _ages(lang, persons, bands, spoken=spoken)
    return phrases["persons-aged"].format(who=who, ages=ages) if ages else who


def _sort(child: Description) -> str:
    years = child.age_years
    young = years is None or years < ADULT_YEARS
    sorts = {
        (Sex.FEMALE, True): "girl",
        (Sex.MALE, True): "boy",
        (Sex.FEMALE, False): "woman",
        (Sex.MALE, False): "man",
    }
    unsure = "child" if young and years is not None else "person"
    return sorts.get((child.sex, young), unsure)


def _number(lang: str, number: int, *, spoken: bool) -> str:
    return speaking.counted(number, lang) if spoken else str(number)


def _ages(lang: str, persons: Sequence[Description], bands: Sequence[str], *, spoken: bool) -> str:
    """Return the ages, the youngest first; empty where somebody's is not known."""
    phrases = PHRASES[lang]
    if bands:  # in figures alone: a voice says "four dash six"
        known = [] if spoken or not all(bands) else list(dict.fromkeys(bands))
        return phrases["persons-and"].join(phrases["age"].format(years=one) for one in known)
    years = sorted(one.age_years for one in persons if one.age_years is not None)
    if len(years) < len(persons):
        return ""
    least, most = (_number(lang, one, spoken=spoken) for one in (years[0], years[-1]))
    if years[0] == years[-1]:
        return phrases["age"].format(years=least)
    if len(years) <= LISTED_MAX:
        both = (phrases["age"].format(years=one) for one in (least, most))
        return phrases["persons-and"].join(both)
    between = phrases["persons-from"].format(least=least, most=most) if spoken else ""
    return phrases["age"].format(years=between or f"{least}-{most}")


def told_apart(
    lang: str, persons: Sequence[Description], short: Callable[[str], str], *, spoken: bool = False
) -> tuple[str, ...]:
    """Return what each looks like, a line each; then what else is known of each.

    Somebody of whom nothing is known has no line: how many there are says the title.
    """
    phrases = PHRASES[lang]
    first, more = [], []
    for child in persons:
        who = who_is(lang, child, child.name, spoken=spoken)
        worn = [phrases["clothing"].format(text=short(child.clothing))] if child.clothing else []
        if worn or child.name:
            first.append(phrases["each"].format(who=who, text=worn[0]) if worn else who)
        typed = (
            ("marks", child.marks),
            ("medical", child.medical_need),
            ("language", child.language),
        )
        rest = [phrases[name].format(text=short(text)) for name, text in typed if text]
        rest += [_tall(lang, child, spoken=spoken)] if child.height_cm else []
        if rest:
            more.append(phrases["each"].format(who=who, text=phrases["comma"].join(rest)))
    return (*first, *more)


def told_apart_in_a_drill(
    lang: str, persons: Sequence[Description], *, spoken: bool = False
) -> tuple[str, ...]:
    """Return the same of what nobody typed."""
    return tuple(
        PHRASES[lang]["each"].format(
            who=who_is(lang, child, spoken=spoken), text=_tall(lang, child, spoken=spoken)
        )
        for child in persons
        if child.height_cm
    )


def _tall(lang: str, child: Description, *, spoken: bool) -> str:
    phrases, cm = PHRASES[lang], child.height_cm or 0
    if not spoken:
        return phrases["height"].format(cm=cm)
    return phrases.counted("said-height", cm).format(cm=speaking.numbered(cm, lang))


def lines_of_several(
    lang: str, frame: Frame, subject: Subject, short: Callable[[str], str]
) -> tuple[str, ...]:
    """Return what is known of all, and what tells each of them apart."""
    phrases, persons = PHRASES[lang], subject.persons
    when = moment(subject.last_seen_at, frame)
    if frame.drill:
        return (phrases["seen"].format(when=when), *told_apart_in_a_drill(lang, persons))
    place = short(clean(subject.place_text or ""))
    seen = phrases["seen-at" if place else "seen"].format(when=when, place=place)

    def typed(text: str) -> str:
        return short(clean(text))

    plate, *rest = _of_all(lang, subject, typed)
    return tuple(filter(None, (plate, seen, *rest, *told_apart(lang, persons, typed))))


def _of_all(lang: str, subject: Subject, typed: Callable[[str], str]) -> tuple[str, ...]:
    """Return what is known beside the persons themselves, the plate first; empty: it is not."""
    phrases = PHRASES[lang]
    said = (
        ("plate", subject.licence_plate),
        ("vehicle", subject.vehicle),
        ("suspect", suspect_is(lang, subject.relation, subject.suspect)),
    )
    return tuple(phrases[name].format(text=typed(text)) if text else "" for name, text in said)


def aloud_of_several(
    lang: str, frame: Frame, subject: Subject, typed: Callable[[str], str]
) -> tuple[str, ...]:
    """Return the same as a voice says it, but for place and plate."""
    if frame.drill:
        return told_apart_in_a_drill(lang, subject.persons, spoken=True)

    _, *rest = _of_all(lang, subject, typed)
    each = told_apart(lang, subject.persons, typed, spoken=True)
    return tuple(
        filter(None, (*each[: len(subject.persons)], *rest, *each[len(subject.persons) :]))
    )
