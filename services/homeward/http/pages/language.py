"""Which language a page speaks: as asked for, else as the browser says, Chinese first."""

from fastapi import Request

from homeward.formats.catalogues import LANGS, kindred, negotiated

__all__ = ["LANGS", "language"]


def language(request: Request, own: str | None = None) -> str:
    """Return ``?lang=``, else the reader's ``own``, else what the browser prefers, else zh."""
    asked = kindred(request.query_params.get("lang", ""))
    if asked is not None:
        return asked
    if own is not None:
        return kindred(own) or LANGS[0]
    return negotiated(request.headers.get("accept-language", ""))
