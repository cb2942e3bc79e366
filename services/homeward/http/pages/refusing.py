"""Refusals as a person without a handbook reads them."""

from collections.abc import Mapping
from typing import Final

from homeward.formats.catalogues import LANGS, Phrases
from homeward.refusals import Refused

REFUSED: Final[Mapping[str, Phrases]] = {
    lang: Phrases("pages", lang, under="refused-") for lang in LANGS
}


def in_words(refused: Refused, lang: str) -> str:
    """Return what a refusal says."""
    return by_code(type(refused).code, lang)


def by_code(code: str, lang: str) -> str:
    """Return what a code says: a person is told nothing of keys, bodies and headers."""
    said = REFUSED[lang]
    return said.get(code, said["internal"])
