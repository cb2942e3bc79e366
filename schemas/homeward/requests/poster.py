"""What officers ask about the public link of a case."""

from homeward.requests import Request
from homeward.words import CaseId, Id


class OpenPoster(Request):
    """Publish a link by which strangers say what they saw."""

    case: CaseId
    poster: Id


class ClosePoster(Request):
    """Take the link back that is open."""

    case: CaseId
