"""What ``homeward doctor`` looks at in a world's database and roster; it changes nothing."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from pathlib import Path
from typing import TYPE_CHECKING, Final

from homeward.cli.finding import Check
from homeward.cli.hearing import of_processes
from homeward.cli.whereabouts import Whereabouts, settings_with
from homeward.ports import LogUnavailable, Registered, Roster
from homeward.postgres.standing import Standing, look

if TYPE_CHECKING:
    from homeward.postgres.database import Database
    from homeward.seal.keyring import FileKeyRing

KEY_RING_FILE: Final = "keyring.json"
PAGE: Final = 1_000
RECIPIENTS_MAX: Final = 20_000
"""So many are looked at for a channel that is not there: a channel is missing for many or none."""
AHEAD_S_MAX: Final = 5.0
BEHIND_MAX: Final = 10_000
"""``low`` is noted when a consumer rests, so some thousand are nothing."""


async def of_database(where: Whereabouts) -> AsyncIterator[Check]:
    """The database answers, keeps what it acknowledges, and is of this build."""
    dsn = dsn_of(where)
    if dsn is None:
        yield Check(f"no database was made in {where.folder} yet", ok=True)
        return
    try:
        found = await look(dsn, where.world)
    except LogUnavailable as away:
        log = where.folder / "postgres" / "server.log"
        mend = f"start it (homeward up --{where.world}), or mend HOMEWARD_DATABASE_URL; see {log}"
        yield Check(f"the database does not answer ({away})", ok=False, mend=mend)
        return
    for one in judged(found, where.world):
        yield one
    yield ring_is_ours(where.folder / KEY_RING_FILE, where.world)
    if found.rate is not None and not found.missing:
        async for one in of_channels(where, dsn):
            yield one
        now = datetime.now(UTC) + timedelta(seconds=found.ahead_s)
        async for one in of_processes(dsn, where.world, now):
            yield one


def dsn_of(where: Whereabouts) -> str | None:
    """Return where a world's database is reached; None: it was never made."""
    settings = settings_with(data_folder=where.folder.parent)
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    from homeward.postgres.ground import PostgresTrouble
    from homeward.postgres.supervisor import dsn_in

    try:
        return dsn_in(where.folder / "postgres")
    except (OSError, PostgresTrouble):  # the second is said by another check
        return None


def judged(found: Standing, world: str) -> Iterator[Check]:
    """Yield what is to be said of a database."""
    major, minor = divmod(found.version, 10_000)
    yield Check(f"the database answers: PostgreSQL {major}.{minor}", ok=True)
    yield Check(
        f"fsync is {found.fsync}",
        found.fsync == "on",
        "off loses acknowledged facts in a crash: set fsync = on in postgresql.conf, restart it",
    )
    yield Check(
        f"synchronous_commit is {found.synchronous_commit}",
        found.synchronous_commit != "off",
        "off acknowledges before it is durable: ALTER SYSTEM SET synchronous_commit = 'on'",
    )
    yield Check(
        f"full_page_writes is {found.full_page_writes}",
        found.full_page_writes == "on",
        "off tears pages in a crash: ALTER SYSTEM SET full_page_writes = 'on'",
    )
    yield Check(
        "it takes writes" if not found.standby else "it is a standby and takes no writes",
        not found.standby,
        "name the primary in HOMEWARD_DATABASE_URL, or promote this one",
    )
    yield from _migrations(found)
    yield Check(
        f"its clock is {abs(found.ahead_s):.1f} s {'ahead of' if found.ahead_s > 0 else 'behind'} "
        "this machine's",
        abs(found.ahead_s) <= AHEAD_S_MAX,
        "records carry the database's time: set both by NTP",
    )
    if found.rate is not None:
        yield Check(
            f"the case clock runs at {found.rate:g} seconds a second",
            world == "drill" or found.rate == 1,
            "a live world runs at 1: unset HOMEWARD_CASE_CLOCK_RATE and start the server again",
        )
    for consumer, behind in found.behind.items():
        if behind > BEHIND_MAX:
            mend = "start a server; if one runs: homeward parked list, then its log"
            yield Check(f"{consumer} has {behind:,} facts to hear", ok=False, mend=mend)


def _migrations(found: Standing) -> Iterator[Check]:
    for names, what, mend in (
        (found.missing, "not applied", "homeward migrate, or start this build's server"),
        (found.altered, "altered after it was applied", "restore the file; add a new one instead"),
        (found.unknown, "of a newer build", "run the newer build: an older one may not write here"),
    ):
        for name in names:
            yield Check(f"migration {name} is {what}", ok=False, mend=mend)
    if not (found.missing or found.altered or found.unknown):
        yield Check("every migration of this build is applied", ok=True)


def ring_is_ours(path: Path, world: str | None = None) -> Check:
    """The key ring is there and can be read: without it nothing that is sealed opens again."""
    from homeward.seal.keyring import FileKeyRing, KeyRingRefused

    if not path.exists():
        return Check("no key ring was made yet", ok=True)
    try:
        FileKeyRing.open(path, world)
    except (KeyRingRefused, OSError) as refused:
        return Check("the key ring cannot be used", ok=False, mend=str(refused))
    return Check("the key ring is whole; is it in a backup apart from the database's?", ok=True)


def channels(known: set[str], recipients: Sequence[Registered], *, whole: bool) -> Iterator[Check]:
    """Yield whether everybody can be told by a channel that is there.

    Channels stand in the answer, and no recipient.
    """
    lost: Counter[str] = Counter()
    silent = 0
    for one in recipients:
        ways = [way.channel for person in one.recipient.contacts for way in person]
        if not ways:
            silent += 1
        elif not known.intersection(ways):
            lost.update(set(ways))
    part = "" if whole else f" of the first {len(recipients):,}"
    for channel in sorted(lost):
        yield Check(
            f"{lost[channel]:,} recipients{part} are only told by {channel!r}, which is not there",
            ok=False,
            mend=f"this build has {', '.join(sorted(known))}: register them with one of these",
        )
    if not lost:
        yield Check(f"every recipient{part} with a contact has a channel that is there", ok=True)
    if silent:
        yield Check(
            f"{silent:,} recipients{part} have no contact at all and are never told",
            ok=True,
            mend="import them again with a contact",
        )


async def of_channels(where: Whereabouts, dsn: str) -> AsyncIterator[Check]:
    """Who registered can be told by a channel of this build; contacts open with the key ring."""
    from homeward.dispatch.channels.inbox import LiveInboxChannel
    from homeward.dispatch.channels.webhook import LiveWebhookChannel
    from homeward.postgres.bell import Bell
    from homeward.postgres.database import Database
    from homeward.postgres.roster import PostgresRoster
    from homeward.seal.keyring import FileKeyRing, KeyRingRefused

    path = where.folder / KEY_RING_FILE
    if not path.exists():
        return
    database = Database(dsn, where.world, None)
    try:
        ring = FileKeyRing.open(path)
        await database.open()
        if not await _made_with(ring, database):
            what = "the database was sealed under another key ring"
            yield Check(what, ok=False, mend=f"restore that one as {path}")
            return
        found = await _some(PostgresRoster(database, ring, Bell(database)))
    except (LogUnavailable, KeyRingRefused, KeyError, OSError) as failure:
        what = f"the roster cannot be read ({type(failure).__name__})"
        yield Check(what, ok=False, mend=f"is {path} the ring that this database was made with?")
        return
    finally:
        await database.close()
    names = {LiveInboxChannel.name, LiveWebhookChannel.name}
    for one in channels(names, found, whole=len(found) < RECIPIENTS_MAX):
        yield one


async def _made_with(ring: "FileKeyRing", database: "Database") -> bool:
    """Whether this ring may open the world, or nobody has opened it yet."""
    mark = await database.value("key_ring")
    origin = str(await database.value("origin"))
    return mark is None or compare_digest(bytes(mark), ring.mac("world", origin.encode()))


async def _some(roster: Roster) -> list[Registered]:
    found: list[Registered] = []
    while len(found) < RECIPIENTS_MAX:
        page = await roster.page(None, found[-1].recipient.id if found else "", PAGE)
        found += page
        if len(page) < PAGE:
            break
    return found
