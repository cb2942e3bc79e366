"""What messages and pages say: one gettext catalogue for each language and domain.

``<language>/<domain>.po`` is what translators write; the ``.mo`` beside it is made of it by
``homeward texts compile`` and is what is read here (Babel takes longer to import than a page to
show). How a language is added: docs/operating/translating.md.
"""

from homeward.formats.catalogues.languages import LANGS, kindred, negotiated
from homeward.formats.catalogues.phrases import MESSAGES, PAGES, Phrases

__all__ = ["LANGS", "MESSAGES", "PAGES", "Phrases", "kindred", "negotiated"]
