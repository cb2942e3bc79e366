"""Who looks where is written down before they are answered (SAFETY "curious or bribed insider")."""

from collections.abc import Sequence

from homeward.desk import Asking
from homeward.http.rooms import Rooms
from homeward.messages import Actor, Fact, Recorded
from homeward.words import derived_id


async def note_look(
    rooms: Rooms, by: Actor, fact: Fact, *, of: str, what: str = "", asking: Asking | None = None
) -> None:
    """Append the fact to the access stream of a case, or of ``areas``; durable on return.

    Without ``asking`` each look is an access of its own, by who looked at ``what``, when, and
    what was seen: not by chance, for a story says the same words wherever it is played. Raises
    Refused, LogUnavailable.
    """
    if asking is None:
        look = derived_id(fact.kind, of, what, by.id, rooms.clock.real().isoformat(), fact.public())
        asking = Asking(by, look, look.encode())
    await rooms.desk.submit(f"access-{of}", asking, _nothing, lambda _: (fact,))


async def _nothing() -> Sequence[Recorded]:
    return ()
