"""Asking whether somebody in a report is protected, and holding what is decided with it."""

from collections.abc import Sequence

from homeward.case import Case, decide, fold
from homeward.case.holding import hold_stream, placed
from homeward.desk import Asking, Beside, Receipt
from homeward.http.rooms import Rooms
from homeward.messages import Fact, Recorded
from homeward.policies.screening import asked
from homeward.requests import Request
from homeward.words import Contact, Description

PURPOSE = "protected"
"""What the ring derives the key of the digests for: of one world, and for nothing else."""


def digest_of_form(rooms: Rooms, form: str) -> bytes:
    """Return the keyed digest of a form of `policies.screening`."""
    return rooms.ring.mac(PURPOSE, form.encode())


async def is_protected(
    rooms: Rooms, persons: Sequence[Description], reporter: Contact | None
) -> bool:
    """Return whether the list knows one of those whom a report is about, or who made it.

    Raises LogUnavailable: a report that nobody could ask for is not raised.
    """
    year = rooms.clock.now().year
    forms = {one for person in persons for one in asked(person, reporter, year)}
    return await rooms.protected.knows([digest_of_form(rooms, one) for one in sorted(forms)])


async def decide_screened(
    rooms: Rooms, case: str, asking: Asking, request: Request, *, screened: bool = False
) -> Receipt:
    """Make a request about a case true, and the hold that follows from it, in one unit.

    The receipt is that of the case, which says nothing of the hold. Raises Refused,
    LogUnavailable.
    """
    before: list[Case] = []

    def deciding(recorded: Sequence[Recorded]) -> Sequence[Fact]:
        before[:] = [fold(recorded)]
        return decide(before[0], request)

    beside = Beside(hold_stream(case), lambda facts: placed(before[0], facts, screened=screened))
    return await rooms.desk.submit(
        f"case-{case}", asking, lambda: rooms.desk.case_facts(case), deciding, beside
    )
