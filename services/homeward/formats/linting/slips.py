"""What the lint says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

DONT: Final[Mapping[str, str]] = {"en": "not approach", "zh-Hans": "勿靠近", "zh-Hant": "勿靠近"}
"""The stem of "do not approach"; of other languages the whole of ``said-dont``."""


@dataclass(frozen=True, slots=True)
class Slip:
    """Something that a translator must mend."""

    rule: str
    lang: str
    where: str
    """The domain and the name of the phrase, or the message and the form."""
    says: str
