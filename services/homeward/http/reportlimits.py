"""How many reports a person and a device may make: a hoax is one report, not twenty (SAFETY).

Of one person, by account or telephone, one report waits unverified at a time; from one device come
three a day. Each is claimed in a stream before the case is raised, so that of two at once the
second meets a conflict and reads the first one's claim. Desks and officers report for others, and
are not limited.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final

from homeward.desk import Asking
from homeward.facts.reporting import ReportClaimed
from homeward.http.problems import ReportOpen, TooManyReports
from homeward.http.rooms import Rooms
from homeward.messages import Recorded
from homeward.policies.screening import telephone
from homeward.record.envelope import read
from homeward.words import Contact, Role, derived_id

DAY: Final = timedelta(hours=24)
A_DAY_MAX: Final = 3
"""Reports from one device: a family makes one, and a second for a brother or after a mistake."""
CLAIM_LASTS: Final = timedelta(minutes=1)
"""So long a claim counts without its case: then the report was refused, or its process died."""
PURPOSE: Final = "reporting"
Check = Callable[[Rooms, str, Sequence[Recorded]], Awaitable[None]]


async def claim(
    rooms: Rooms, asking: Asking, case: str, reporter: Contact | None, device: str | None
) -> None:
    """Let a reporter make one more report. Raises ReportOpen, TooManyReports, LogUnavailable."""
    if asking.by.role is not Role.REPORTER:
        return
    form = asking.by.auth == "form"  # its account is the form's own, and new each time
    phone = telephone(reporter.phone) if reporter and reporter.phone else ""
    if not form:
        await _claim(rooms, asking, case, f"account {asking.by.id}", _one_open)
    if phone:
        await _claim(rooms, asking, case, f"phone {phone}", _one_open)
    if device:
        await _claim(rooms, asking, case, f"device {device}", _few_a_day)


async def _claim(rooms: Rooms, asking: Asking, case: str, who: str, check: Check) -> None:
    digest = rooms.ring.mac(PURPOSE, who.encode()).hex()
    stream = f"access-{derived_id(rooms.log.origin, 'reporting', digest)}"

    async def load() -> Sequence[Recorded]:
        claims = [read(one) for one in await rooms.log.stream_rows(stream)]
        if all(one.key != case for one in claims):
            await check(rooms, case, claims)
        return claims

    fact = ReportClaimed(case=case, at=rooms.clock.now())
    again = Asking(asking.by, f"{asking.key} claims {digest[:16]}", stream.encode())
    await rooms.desk.submit(
        stream,
        again,
        load,
        lambda claims: () if any(one.key == case for one in claims) else (fact,),
    )


async def _made(rooms: Rooms, claims: Sequence[Recorded]) -> list[tuple[Recorded, bool]]:
    """Return the claims of which a report was made or is being made; and whether it waits."""
    found = []
    for one in claims:
        state = (await rooms.desk.case_now(one.key)).state
        fresh = one.at > rooms.clock.now() - CLAIM_LASTS
        if state.raised is not None or fresh:
            found.append((one, state.unverified))
    return found


async def _one_open(rooms: Rooms, case: str, claims: Sequence[Recorded]) -> None:
    del case
    if any(waits for _, waits in await _made(rooms, claims[-A_DAY_MAX * 10 :])):
        raise ReportOpen


async def _few_a_day(rooms: Rooms, case: str, claims: Sequence[Recorded]) -> None:
    del case
    now = rooms.clock.now()
    recent = [one for one in claims if one.at > now - DAY]
    made = [one for one, _ in await _made(rooms, recent[-A_DAY_MAX * 10 :])]
    if len(made) >= A_DAY_MAX:
        left = made[-A_DAY_MAX].at + DAY - now
        raise TooManyReports(str(max(1, int(left.total_seconds()))))
