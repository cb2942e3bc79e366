"""The phrases of one domain in one language, by name."""

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from gettext import GNUTranslations
from importlib.resources import files
from typing import IO, Final

from homeward.formats.catalogues.languages import LANGS

SOURCE: Final = "en"
"""The language that the others are translated from."""


class _Catalogue(GNUTranslations):
    """A catalogue that knows its names; gettext itself answers an unknown one with the name."""

    names: frozenset[str]

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        read: dict[str | tuple[str, int], str] = vars(self)["_catalog"]
        self.names = frozenset(one if isinstance(one, str) else one[0] for one in read) - {""}


class Phrases(Mapping[str, str]):
    """Phrases by name, read when the first is asked for; a name that is not there is a KeyError.

    What a language lacks is said in English rather than not at all (the lint names it). ``under``
    is what the names begin with in the catalogue.
    """

    def __init__(self, domain: str, lang: str, under: str = "") -> None:
        self.lang, self._domain, self._under = lang, domain, under

    @cached_property
    def _catalogue(self) -> _Catalogue:
        return _read(self.lang, self._domain)

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        read, begin = self._catalogue, self._under
        names = sorted(name for name in read.names if name.startswith(begin))
        return {name.removeprefix(begin): read.gettext(name) for name in names}

    def __getitem__(self, name: str) -> str:
        return self._texts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def counted(self, name: str, count: int) -> str:
        """Return the form of a phrase that goes with a count. Raises KeyError."""
        if name not in self._texts:
            raise KeyError(name)
        return self._catalogue.ngettext(self._under + name, self._under + name, count)


@cache
def _read(lang: str, domain: str) -> _Catalogue:
    with files(__package__).joinpath(lang, f"{domain}.mo").open("rb") as file:
        read = _Catalogue(file)
    if lang != SOURCE:
        source = _read(SOURCE, domain)
        read.add_fallback(source)
        read.names |= source.names
    return read


MESSAGES: Final[Mapping[str, Phrases]] = {lang: Phrases("messages", lang) for lang in LANGS}
PAGES: Final[Mapping[str, Phrases]] = {lang: Phrases("pages", lang) for lang in LANGS}
