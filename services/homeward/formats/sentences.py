"""How sentences stand beside one another in each language."""

from homeward.formats.catalogues import LANGS
from homeward.formats.catalogues import MESSAGES as PHRASES


def sentence(text: str) -> str:
    """Return a text as a sentence begins."""
    return text[:1].upper() + text[1:]


def known(lang: str) -> str:
    """Return the language, or the first that there is where it has no phrases."""
    return lang if lang in PHRASES else LANGS[0]


def gap(lang: str) -> str:
    """Return what stands between sentences: nothing where the full stop takes no space."""
    return " " if PHRASES[known(lang)]["stop"].endswith(" ") else ""
