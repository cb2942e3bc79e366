"""What people ask of the duty at a desk."""

from homeward.requests import Request
from homeward.words import CaseId, Id, Note


class HandOver(Request):
    """Sign over to whoever comes next."""

    cases: tuple[CaseId, ...]
    note: Note | None = None


class TakeOver(Request):
    """Be on duty from now on."""

    handed: Id | None = None
    """The hand-over that was read, as who accepts names it."""
