"""What the pages say, by language and name; translators keep it in ``formats/catalogues``."""

from homeward.formats.catalogues import PAGES as PHRASES

__all__ = ["PHRASES"]
