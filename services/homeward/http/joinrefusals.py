"""What is refused about invites, and to whoever joins by one."""

from homeward.refusals import Refused


class NoOrganisation(Refused):
    """The key names no organisation, so nobody would know whose volunteers these are."""

    code = "organisation-missing"
    status = 403
    mend = "Ask the administrator for a key with your organisation (homeward keys create --org)."


class NoSuchInvite(Refused):
    """Your organisation has no such invite."""

    code = "invite-not-found"
    status = 404
    mend = "List the invites and take an id from there."


class NobodyWaits(Refused):
    """Nobody with this id waits for your organisation."""

    code = "nobody-waits"
    status = 404
    mend = "List who waits (GET /v1/waiting); others may have decided meanwhile."


class InviteClosed(Refused):
    """The invite lets nobody in any more: it was revoked, is used up, or its time is over."""

    code = "invite-closed"
    status = 410
    mend = "Ask the organisation that invited you for a new link."


class NotAdult(Refused):
    """Whoever joins must say that they are 18 or older."""

    code = "age-unconfirmed"
    status = 422
    mend = "Tick the box if it is true; who is younger cannot join."


class TooManyJoins(Refused):
    """More people joined by this link, or from this connection, than do within an hour."""

    code = "too-many-joins"
    status = 429
    mend = "Wait as long as the Retry-After header says."
