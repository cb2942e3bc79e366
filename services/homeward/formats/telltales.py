"""What says something of a suspect where everybody reads: plates, and words that were noted.

Pure. A name cannot be told from other words, so nobody is asked for one.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from homeward.formats.texts import Subject

PLATE: Final = re.compile(
    # A plate of the mainland: province, letter, and five or six (older and special ones: four).
    r"[京津沪冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼渝使领]"
    r"[A-Z][·•・.\- ]?[0-9A-Z]{4,6}"
    # Of elsewhere: letters and four figures, in capitals; fewer figures are a bus line or a size.
    r"|\b[A-Z]{1,3}[·•\- ]?[0-9]{4,5}\b"
)
"""As NFKC writes it; a false alarm costs a field of the text, which can be left out."""
SPLIT: Final = re.compile(r"[,.;:，。；：、\n]")
LETTERS_MIN: Final = 6
"""Of a noted word in letters: shorter ones ("grey") stand in too many descriptions."""
SIGNS_MIN: Final = 3
"""Of one in Chinese characters, where each is more than a letter."""
_TYPED: Final = ("name", "clothing", "marks", "language", "medical_need")


def telltales(subject: Subject, noted: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the fields that say of a suspect what others than hubs would read.

    ``noted``: all that was said of suspects and vehicles, by anybody.
    """
    fields = [(name, getattr(child, name)) for name in _TYPED for child in subject.persons]
    words = {part for text in noted for part in _parts(text)}
    told = (
        name
        for name, text in (*fields, ("place_text", subject.place_text))
        if text and (PLATE.search(_wide(text)) or any(one in _bare(text) for one in words))
    )
    return tuple(dict.fromkeys(told))


def _parts(text: str) -> Iterator[str]:
    for part in SPLIT.split(text):
        bare = _bare(part)
        if len(bare) >= (LETTERS_MIN if bare.isascii() else SIGNS_MIN):
            yield bare


def _wide(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _bare(text: str) -> str:
    return "".join(one for one in _wide(text).casefold() if one.isalnum())
