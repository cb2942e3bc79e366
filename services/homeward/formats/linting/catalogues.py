"""Rules about phrases as they are written: whole, with the same placeholders, in plain signs."""

import re
import string
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message

from homeward.formats.catalogues.languages import LANGS
from homeward.formats.catalogues.phrases import SOURCE
from homeward.formats.catalogues.sources import domains, forms, is_fresh, named, source
from homeward.formats.linting.slips import DONT, Slip


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase in one language and in English."""

    lang: str
    message: Message
    english: Message

    @property
    def text(self) -> str:
        """All its forms in one."""
        return " ".join(forms(self.message))


Rule = Callable[[Phrase], Iterator[str]]
"""Yields what is wrong with a phrase."""
ENCODINGS: Final[Mapping[str, str]] = {"zh-Hans": "gb2312", "zh-Hant": "big5"}
"""A character set that holds the one script and few signs that belong to the other alone."""
TWO_FACED: Final[Mapping[str, str]] = {"zh-Hant": "后于几干么"}
"""Simplified signs that Big5 holds for another word (the queen, a family name, small table)."""
SIMPLIFIED_ALLOWED: Final = re.compile(r"临泉县?")
"""A place that pages read in Simplified characters only, and say so."""
PLATE_SLIPS: Final[Mapping[str, str]] = {
    "en": r"\b(number[ -]plates?|license plates?|registrations?|tags?)\b",
    "zh-Hans": r"牌照|号牌|车牌(?!号)",
    "zh-Hant": r"牌照|號牌|車牌(?!號碼)",
}
FOUND_SLIPS: Final[Mapping[str, str]] = {
    "en": r"\b(alive|dead|safe(ly)?|well|body|hospital|home|police|volunteers?|found (at|by|in|near"
    r"|with))\b",
    "zh-Hans": r"平安|安全|健在|死|遗体|医院|派出所|警方|志愿者|家中|回家|[在被于].*找到",
    "zh-Hant": r"平安|安全|健在|死|遺體|醫院|派出所|警方|志工|義工|家中|回家|[在被於].*找到",
}
ACTING: Final = frozenset(
    {"do", "inbox-lead", "seen-told", "saw-first", "saw-next-call", "saw-over-why", "saw-shut-why"}
)
"""What stands on pages where somebody could act."""
CLOSES: Final = frozenset(
    {"over", "over-do", "said-over", "over-all", "over-all-do", "said-over-all"}
)
LINK: Final = re.compile(r"https?:|www\.|://", re.IGNORECASE)
FIGURES: Final = re.compile(r"[0-9]+")


def _written(phrase: Phrase) -> Iterator[str]:
    if phrase.message.fuzzy:
        yield "is marked fuzzy: look at it and take the mark away"
    elif not all(forms(phrase.message)):
        yield "has no translation"


def _plural(phrase: Phrase) -> Iterator[str]:
    if phrase.message.pluralizable != phrase.english.pluralizable:
        yield "is counted in one language and not in the other (msgid_plural)"


def _stale(phrase: Phrase) -> Iterator[str]:
    now = " | ".join(forms(phrase.english)).strip()
    if phrase.lang != SOURCE and " ".join(phrase.message.auto_comments) != now:
        yield f"was translated from other words; English now says: {now}"


def holes(text: str) -> set[str]:
    """Return the placeholders of a phrase. Raises ValueError at anything but plain {names}."""
    found = set()
    for _, name, spec, conversion in string.Formatter().parse(text):
        if name is None:
            continue
        if not name.isidentifier() or spec or conversion:
            raise ValueError(f"{{{name}}} is no plain placeholder")
        found.add(name)
    return found


def _holes(phrase: Phrase) -> Iterator[str]:
    wanted = set().union(*(holes(text) for text in forms(phrase.english)))
    for text in filter(None, forms(phrase.message)):
        try:
            found = holes(text)
        except ValueError as wrong:
            yield str(wrong)
            continue
        if lacks := wanted - found:
            yield f"lacks {', '.join(sorted(f'{{{name}}}' for name in lacks))}"
        if strange := found - wanted:
            yield f"has {', '.join(sorted(f'{{{name}}}' for name in strange))}, unknown in English"


ONE_UNIT: Final = 0xFFFF
"""The last sign that UTF-16, and so a UCS-2 text message, holds in one unit."""
HAN_FROM: Final = 0x2E80
"""Where the signs of East Asia begin (Unicode, CJK Radicals Supplement)."""


def _plain(phrase: Phrase) -> Iterator[str]:
    """Yield signs that some networks send as two, or that nobody sees."""
    for sign in sorted(set(phrase.text)):
        if ord(sign) > ONE_UNIT or unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cs"}:
            yield f"holds U+{ord(sign):04X}, which is not safe in a text message"


def _script(phrase: Phrase) -> Iterator[str]:
    encoding = ENCODINGS.get(phrase.lang)
    for sign in sorted(set(SIMPLIFIED_ALLOWED.sub("", phrase.text))):
        if encoding and ord(sign) >= HAN_FROM and not _held(sign, encoding):
            yield f"holds {sign}, which is not written so in {phrase.lang}"
        elif sign in TWO_FACED.get(phrase.lang, ""):
            yield f"holds {sign}, which is another word in {phrase.lang}"


def _held(sign: str, encoding: str) -> bool:
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _plate(phrase: Phrase) -> Iterator[str]:
    wrong = re.search(PLATE_SLIPS.get(phrase.lang, "(?!)"), phrase.text, re.IGNORECASE)
    if wrong:
        yield f"says “{wrong[0]}”; a plate is a licence plate, 车牌号, 車牌號碼"


def _link(phrase: Phrase) -> Iterator[str]:
    if LINK.search(phrase.text):
        yield "holds a link; what is said must be said in words"


RULES: Final[Mapping[str, Rule]] = {
    "written": _written,
    "plural": _plural,
    "stale": _stale,
    "holes": _holes,
    "plain": _plain,
    "script": _script,
    "plate": _plate,
    "link": _link,
}


def _found(phrase: Phrase) -> Iterator[str]:
    slips = FOUND_SLIPS.get(phrase.lang, "(?!)")
    if wrong := re.search(slips, phrase.text, re.IGNORECASE):
        yield f"says “{wrong[0]}”; a close-out never says how the person was found"
    if strange := {name for name in re.findall(r"{(\w+)}", phrase.text) if name != "code"}:
        yield f"shows {', '.join(sorted(strange))}; a close-out shows the case code alone"


def _aloud(phrase: Phrase) -> Iterator[str]:
    if FIGURES.search(phrase.text.replace("1 1 0", "")):
        yield "holds figures; a voice is given words (and 1 1 0)"


def _acts(phrase: Phrase) -> Iterator[str]:
    if DONT.get(phrase.lang, "").lower() not in phrase.text.lower():
        yield f"does not say “{DONT[phrase.lang]}”"
    if "110" not in phrase.text:
        yield "does not say whom to call"


def _rules_for(domain: str, name: str) -> Mapping[str, Rule]:
    rules = dict(RULES)
    if domain == "pages" and name in ACTING:
        rules["acts"] = _acts
    if domain == "messages" and name in CLOSES:
        rules["found"] = _found
    if domain == "messages" and name.startswith("said-"):
        rules["aloud"] = _aloud
    return rules


def catalogue_slips(where: Path) -> list[Slip]:
    """Return what is wrong with the phrases in a folder of catalogues."""
    return [
        Slip(rule, lang, f"{domain} {name}".strip(), says)
        for lang in LANGS
        for domain in domains(where)
        for rule, name, says in _of(where, lang, domain)
    ]


def _of(where: Path, lang: str, domain: str) -> Iterator[tuple[str, str, str]]:
    try:
        said, english = source(where, lang, domain), named(source(where, SOURCE, domain))
    except (OSError, ValueError) as wrong:
        yield "read", "", f"cannot be read: {wrong}"
        return
    yield from _phrases(lang, domain, said, english)
    if not is_fresh(where, lang, domain):
        yield "fresh", "", "was changed and not compiled: homeward texts compile"


def _phrases(
    lang: str, domain: str, said: Catalog, english: Mapping[str, Message]
) -> Iterator[tuple[str, str, str]]:
    written = named(said)
    for name in sorted(english.keys() - written.keys()):
        yield "written", name, "has no translation"
    for name in sorted(written.keys() - english.keys()):
        yield "written", name, "is unknown in English"
    for name in sorted(written.keys() & english.keys()):
        for rule, of in _rules_for(domain, name).items():
            for says in of(Phrase(lang, written[name], english[name])):
                yield rule, name, says
