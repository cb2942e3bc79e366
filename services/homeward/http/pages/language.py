"""Which language a page speaks: as asked for, else as the browser says, Chinese first."""

from typing import Final

from fastapi import Request

LANGS: Final = ("zh-Hans", "en")


def language(request: Request, own: str | None = None) -> str:
    """Return ``?lang=``, else the reader's ``own``, else what the browser prefers, else zh."""
    asked = request.query_params.get("lang")
    if asked in LANGS:
        return asked
    if own is not None:
        return "zh-Hans" if own.startswith("zh") else "en"
    for part in request.headers.get("accept-language", "").split(","):
        tag = part.partition(";")[0].strip().lower()
        if tag.startswith("zh"):
            return "zh-Hans"
        if tag.startswith("en"):
            return "en"
    return LANGS[0]
