"""Under which forms a protected person is known, so that a list of digests can be asked for them.

The list is kept as keyed digests of these forms alone. A form is a name with something that a
stranger does not share: the year of birth, whoever has the child, or a telephone. A report gives an
age and no year, so all years that fit it are asked for, and one more on each side, for ages are
told loosely. A name alone counts only where a report gives no age: else leaving it out would be the
way around the list.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from homeward.words import Contact, Description

LOOSE_YEARS: Final = 1
"""By so much an age that somebody states may be wrong."""
DIGITS_MIN: Final = 6
"""A shorter number is an extension, or a slip."""
DIGITS_KEPT: Final = 11
"""A country's code before it makes no other telephone."""
_HAN: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_WORD: Final = re.compile(r"\w+")


def normal(name: str) -> str:
    """Return a name as it is compared: without case, accents, spaces, signs or order of its parts.

    Where its parts end is told in many ways, so of other names only the letters count, in order of
    the alphabet. A name in Han characters keeps its order. Simplified and Traditional are two
    names.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name)).casefold()
    bare = "".join(one for one in plain if not unicodedata.combining(one))
    letters = "".join(_WORD.findall(bare.replace("_", " ")))
    return letters if _HAN.search(bare) else "".join(sorted(letters))


def telephone(number: str) -> str:
    """Return a number as it is compared; empty: there is none in it."""
    digits = "".join(str(unicodedata.digit(one)) for one in number if one.isdigit())
    return digits[-DIGITS_KEPT:] if len(digits) >= DIGITS_MIN else ""


def listed(
    name: str | None, birth_year: int | None, guardian: str | None, phone: str | None
) -> Iterator[str]:
    """Yield the forms under which somebody on the list is kept."""
    known = normal(name or "")
    if known:
        yield f"name {known}"
    if known and birth_year is not None:
        yield f"born {birth_year} {known}"
    if known and guardian and normal(guardian):
        yield f"with {normal(guardian)}: {known}"
    if phone and telephone(phone):
        yield f"phone {telephone(phone)}"


def asked(person: Description, reporter: Contact | None, year: int) -> Iterator[str]:
    """Yield the forms under which a report asks; ``year`` is that of the report."""
    known = normal(person.name or "")
    if known and person.age_years is None:
        yield f"name {known}"
    if known and person.age_years is not None:
        born = year - person.age_years
        for one in range(born - 1 - LOOSE_YEARS, born + LOOSE_YEARS + 1):
            yield f"born {one} {known}"
    if reporter is None:
        return
    if known and reporter.name and normal(reporter.name):
        yield f"with {normal(reporter.name)}: {known}"
    if reporter.phone and telephone(reporter.phone):
        yield f"phone {telephone(reporter.phone)}"
