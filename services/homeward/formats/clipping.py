"""Making text fit without breaking it."""

import unicodedata
from collections.abc import Iterable
from typing import Final

_JOINER: Final = "\u200d"
_MODIFIERS: Final = range(0x1F3FB, 0x1F400)
"""Skin tones: they belong to the character before them."""


def clean(text: str) -> str:
    """Return text on one line, without controls and without marks that turn writing around."""
    shown = "".join(
        " " if one.isspace() else one for one in text if one.isspace() or not _hidden(one)
    )
    return " ".join(shown.split())


def _hidden(one: str) -> bool:
    return unicodedata.category(one) in {"Cc", "Cf", "Co", "Cs"} and one != _JOINER


def _belongs_to_the_last(one: str) -> bool:
    return unicodedata.combining(one) > 0 or one in {_JOINER, "\ufe0f"} or ord(one) in _MODIFIERS


def clip(text: str, limit: int) -> str:
    """Return at most ``limit`` characters, ending in an ellipsis where something was left off.

    No accent or joined sign is cut off the character it belongs to.
    """
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    end = limit - 1
    while end > 0 and (_belongs_to_the_last(text[end]) or text[end - 1] == _JOINER):
        end -= 1
    return text[:end].rstrip() + "…"


def fit(limit: int, head: str, parts: Iterable[str], tail: str, between: str) -> str:
    """Return head, as many whole parts as fit, and tail, at most ``limit`` characters.

    The tail is never shortened: that is where it says what to do.
    """
    room = limit - len(tail) - len(between)
    said = clip(head, room)
    for part in parts:
        if part and len(said) + len(between) + len(part) <= room:
            said += between + part
    return said + between + tail
