"""Which languages there are, and which of them somebody reads who asks for another."""

from collections.abc import Iterable
from typing import Final

LANGS: Final = ("zh-Hans", "zh-Hant", "en")
"""The one place that names them, each a folder beside this file; the first is for all others."""
TRADITIONAL: Final = frozenset({"tw", "hk", "mo", "hant"})
"""Regions where Chinese is written in Traditional characters, and the script itself."""
TAGS_MAX: Final = 20
"""Of one header: nobody reads more languages than that."""


def kindred(tag: str) -> str | None:
    """Return the language of ours that a reader of ``tag`` (BCP 47) reads; None: none of them.

    A script counts before a region: zh-Hans-HK is Simplified. Chinese without either is, too.
    """
    parts = tag.strip().lower().replace("_", "-").split("-")
    if parts[0] == "yue":
        parts = ["zh", *(parts[1:] or ["hant"])]
    if parts[0] == "zh":
        traditional = "hans" not in parts and not TRADITIONAL.isdisjoint(parts[1:])
        return "zh-Hant" if traditional else "zh-Hans"
    exact = [one for one in LANGS if one.lower() == "-".join(parts)]
    near = [one for one in LANGS if one.partition("-")[0].lower() == parts[0]]
    return next(iter([*exact, *near]), None)


def negotiated(accepted: str) -> str:
    """Return the language that an ``Accept-Language`` header (RFC 9110) likes best of ours."""
    known = (kindred(tag) for tag in _by_liking(accepted.split(",")[:TAGS_MAX]))
    return next((lang for lang in known if lang is not None), LANGS[0])


def _by_liking(parts: Iterable[str]) -> list[str]:
    liked = []
    for part in parts:
        tag, _, weight = part.partition(";")
        if (share := _share(weight)) > 0:
            liked.append((-share, tag))
    return [tag for _, tag in sorted(liked, key=lambda pair: pair[0])]


def _share(weight: str) -> float:
    name, _, figure = weight.replace(" ", "").partition("=")
    if name != "q":
        return 1.0
    try:
        return min(max(float(figure), 0.0), 1.0)
    except ValueError:
        return 0.0
