"""What officers ask when facts of a report are wrong, or somebody says other ones."""

from homeward.requests import Request
from homeward.words import Cell, Id, Instant, Line, Metres, Place


class AcceptProposal(Request):
    """Hold what somebody proposed for true."""

    proposal: Id


class RefuseProposal(Request):
    """Do not go by what somebody proposed."""

    proposal: Id


class CorrectLastSeen(Request):
    """Say when, and where, the person was really seen last."""

    seen_at: Instant
    cell: Cell | None = None
    """None: where it was said."""
    error_m: Metres | None = None
    place: Place | None = None
    place_text: Line | None = None
    hubs: bytes | None = None
