"""Who somebody is, in a few words of each language."""

from typing import Final

from homeward.formats import speaking
from homeward.formats.catalogues import MESSAGES as PHRASES
from homeward.formats.clipping import clean, clip
from homeward.words import Description, Relation, Sex

ADULT_YEARS: Final = 18
FREE_SHORT_MAX: Final = 20
"""Of one typed field in the short form: more would push the others out."""


def who_is(lang: str, child: Description, name: str | None = None, *, spoken: bool = False) -> str:
    """Return who somebody is in a few words: a name, if it may be told, the sex and the age."""
    phrases, years = PHRASES[lang], child.age_years
    young = years is None or years < ADULT_YEARS
    nouns = {
        (Sex.FEMALE, True): "girl",
        (Sex.MALE, True): "boy",
        (Sex.FEMALE, False): "woman",
        (Sex.MALE, False): "man",
    }
    unsure = "child" if young and years is not None else "person"
    noun = phrases[nouns.get((child.sex, young), unsure)]
    age = [] if years is None else [_age(lang, years, spoken=spoken)]
    named = [] if not name else [clip(clean(name), FREE_SHORT_MAX)]
    return phrases["comma"].join([*named, noun, *age])


def suspect_is(lang: str, relation: Relation | None, looks: str | None) -> str:
    """Return what is known of a suspect in a few words; never a name."""
    phrases = PHRASES[lang]
    known = [] if relation is None else [phrases[f"relation-{relation.value}"]]
    return phrases["comma"].join([*known, *([clean(looks)] if looks else [])])


def _age(lang: str, years: int, *, spoken: bool) -> str:
    phrases = PHRASES[lang]
    if not spoken:
        return phrases["age"].format(years=years)
    if years == 0:
        return phrases["said-age-0"]
    return phrases.counted("said-age", years).format(years=speaking.counted(years, lang))
