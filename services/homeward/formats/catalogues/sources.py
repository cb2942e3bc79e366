"""The catalogues as translators write them: read by Babel, and compiled for the product.

Imported by ``homeward texts`` alone; pages and messages read what was compiled.
"""

from datetime import UTC, datetime
from gettext import GNUTranslations
from importlib.resources import as_file, files
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from homeward.formats.catalogues.languages import LANGS
from homeward.formats.catalogues.phrases import SOURCE

_LONG_AGO: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""In each compiled header, so that compiling twice changes nothing."""


def folder() -> Path:
    """Return where the catalogues of this installation are."""
    with as_file(files(__package__)) as path:
        return Path(path)


def domains(where: Path) -> list[str]:
    """Return what there are catalogues of: the files that English has."""
    return sorted(one.stem for one in where.joinpath(SOURCE).glob("*.po"))


def source(where: Path, lang: str, domain: str) -> Catalog:
    """Return what a translator wrote. Raises OSError, ValueError where it cannot be read."""
    locale = lang.replace("-", "_")
    with where.joinpath(lang, f"{domain}.po").open("rb") as file:
        try:
            return read_po(file, locale=locale, domain=domain, abort_invalid=True)
        except PoFileError as wrong:
            raise ValueError(f"{lang}/{domain}.po, line {wrong.lineno}: {wrong}") from None


def forms(message: Message) -> tuple[str, ...]:
    """Return a message's texts: one, or one for each plural; empty ones are not written yet."""
    said = message.string
    return (said,) if isinstance(said, str) else tuple(said or ())


def name_of(message: Message) -> str:
    """Return a message's name, which is what the code asks for."""
    return message.id if isinstance(message.id, str) else message.id[0]


def named(catalog: Catalog) -> dict[str, Message]:
    """Return messages by name, without the header and what was taken out."""
    return {name_of(one): one for one in catalog if one.id}


def compiled(catalog: Catalog) -> bytes:
    """Return the catalogue as gettext reads it; what is unfinished is left out."""
    catalog.creation_date = catalog.revision_date = _LONG_AGO
    catalog.project, catalog.version = "Homeward", "1"
    for one in list(catalog):
        if one.id and not all(forms(one)):
            catalog.delete(one.id)  # else Babel gives a plural its name for a text
    out = BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def _said(raw: bytes) -> dict[object, str]:
    read: dict[object, str] = vars(GNUTranslations(BytesIO(raw)))["_catalog"]
    return {name: text for name, text in read.items() if name != ""}


def is_fresh(where: Path, lang: str, domain: str) -> bool:
    """Whether what the product reads says what the translator wrote."""
    made = where / lang / f"{domain}.mo"
    if not made.exists():
        return False
    return _said(made.read_bytes()) == _said(compiled(source(where, lang, domain)))


def compile_all(where: Path) -> list[Path]:
    """Compile what is not fresh; return the files that were written."""
    written = []
    for lang in LANGS:
        for domain in domains(where):
            if not is_fresh(where, lang, domain):
                made = where / lang / f"{domain}.mo"
                made.write_bytes(compiled(source(where, lang, domain)))
                written.append(made)
    return written
