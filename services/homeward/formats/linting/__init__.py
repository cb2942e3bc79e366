"""What must be true of every template in every language: ``homeward texts lint``."""

from pathlib import Path

from homeward.formats.linting.catalogues import catalogue_slips
from homeward.formats.linting.forms import form_slips
from homeward.formats.linting.slips import Slip

__all__ = ["Slip", "catalogue_slips", "form_slips", "lint"]


def lint(where: Path) -> list[Slip]:
    """Return what is wrong in a folder of catalogues, and in the messages made with ours."""
    return [*catalogue_slips(where), *form_slips()]
