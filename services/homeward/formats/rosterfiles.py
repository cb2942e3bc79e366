"""Hubs and recipients from CSV files: what is good is kept, what is bad is listed.

The same file gives the same ids, so loading it twice changes nothing. A place that was given as a
point leaves here as a cell no finer than its kind may keep (SAFETY I-16).
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from homeward.formats import rosterfields as read
from homeward.formats.tables import BadLine, BadRow, Line, records
from homeward.policies.attention import PER_DAY_MAX
from homeward.ports import Contact, Recipient
from homeward.words import RES_VOLUNTEER_MAX, RecipientKind, Severity, Tier

CONTACT_COLUMNS: Final = tuple(f"contact{number}" for number in range(1, 6))
HUB_COLUMNS_NEEDED: Final = ("kind", "name", "lat", "lon", "source", "ref")
SHIFT_COLUMNS: Final = tuple(f"shift{number}" for number in range(1, 6))
HUB_COLUMNS: Final = (
    *HUB_COLUMNS_NEEDED,
    *("country", "precision_m", "datum", *CONTACT_COLUMNS, "zone", "hours", *SHIFT_COLUMNS),
)
CELL_COLUMNS: Final = ("cell1", "cell2", "cell3")
RECIPIENT_COLUMNS: Final = (
    *("id", "kind", "lat", "lon", "datum", *CELL_COLUMNS, "lang", "reach_km_max"),
    *("severity_min", "quiet_from", "quiet_to", "zone", "channel", "address", "level"),
    *("private", "per_day", "tier"),
)
RES_EXACT: Final = 10
RES_PRIVATE: Final = 5
_YES: Final = {
    **dict.fromkeys(("", "no", "false", "0"), False),
    **dict.fromkeys(("yes", "true", "1"), True),
}
_NAME_CHARS_MAX: Final = 200
_HUB_KIND_CHARS_MAX: Final = 40
_LEVEL_MAX: Final = 3
_REACH_KM_MAX: Final = 5_000
_HUB_KIND: Final = re.compile(r"[a-z]+(-[a-z]+)*")
_RECIPIENT_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

Fields: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """A good line."""

    number: int
    recipient: Recipient


Read: TypeAlias = Kept | BadLine


@dataclass(slots=True)
class Tally:
    """What became of a file's lines."""

    rows: int = 0
    kept: int = 0
    unreachable: int = 0
    bad: list[BadLine] = field(default_factory=list)

    def add(self, one: Read) -> None:
        """Count a line."""
        self.rows += 1
        if isinstance(one, BadLine):
            self.bad.append(one)
            return
        self.kept += 1
        self.unreachable += not one.recipient.contacts

    def refuse(self, one: Kept, reason: str) -> None:
        """Count a line as bad after all."""
        self.kept -= 1
        self.unreachable -= not one.recipient.contacts
        self.bad.append(BadLine(one.number, reason))


def read_hubs(raw: bytes) -> Iterator[Read]:
    """Yield the hubs of a file, and its bad lines. Raises NoSuchTable."""
    seen: set[str] = set()
    return _read(
        records(raw, needed=HUB_COLUMNS_NEEDED, known=HUB_COLUMNS),
        lambda line: _hub(line.fields, seen),
    )


def read_recipients(raw: bytes) -> Iterator[Read]:
    """Yield the recipients of a file, and its bad lines. Raises NoSuchTable.

    A line without an id is named after the whole file and its number: an id made of a place or an
    address would be personal. So such a file loads once; edited, it is other people.
    """
    whole = hashlib.sha256(raw).hexdigest()[:16]
    seen: set[str] = set()
    return _read(
        records(raw, needed=("kind",), known=RECIPIENT_COLUMNS),
        lambda line: _recipient(line.fields, f"row-{whole}-{line.number}", seen),
    )


def _read(lines: Iterator[Line | BadLine], make: Callable[[Line], Recipient]) -> Iterator[Read]:
    for line in lines:
        if isinstance(line, BadLine):
            yield line
            continue
        try:
            yield Kept(line.number, make(line))
        except BadRow as why:
            yield BadLine(line.number, str(why))


def _hub(fields: Fields, seen: set[str]) -> Recipient:
    kind = fields["kind"].lower().replace("_", "-")
    if not _HUB_KIND.fullmatch(kind) or len(kind) > _HUB_KIND_CHARS_MAX:
        raise BadRow("the kind of a hub must be a word like rail, port or service-area")
    name = fields["name"]
    if not name or len(name) > _NAME_CHARS_MAX:
        raise BadRow(f"a hub needs a name of at most {_NAME_CHARS_MAX} characters")
    cell = read.point(fields["lat"], fields["lon"], fields.get("datum", ""), RES_EXACT)
    contacts, shifts = _manned(fields)
    return Recipient(
        id=_hub_id(kind, fields, seen),
        kind=RecipientKind.HUB,
        cells=(cell,),
        hub_kind=kind,
        name=name,
        contacts=contacts,
        zone=read.zone(fields.get("zone", "")),
        hours=read.hours(fields.get("hours", "")),
        shifts=shifts,
    )


def _hub_id(kind: str, fields: Fields, seen: set[str]) -> str:
    """Name a hub after its register's number; a file may say one number twice.

    UN/LOCODE lists a port under each of its names. The first keeps the short id, so that a hub
    whose name is corrected stays the same hub.
    """
    place = (fields["name"], fields["lat"], fields["lon"])
    ref = (fields["ref"],) if fields["ref"] else place
    names = [(kind, fields["source"], *ref), (kind, fields["source"], fields["ref"], *place)]
    for parts in names:
        said = "".join(f"{len(part)}:{part}" for part in parts)
        hub = "hub-" + hashlib.sha256(said.encode()).hexdigest()[:24]
        if hub not in seen:
            seen.add(hub)
            return hub
    raise BadRow("the same hub stands in an earlier line")


def _manned(fields: Fields) -> tuple[tuple[tuple[Contact, ...], ...], tuple[str, ...]]:
    """Return a hub's contacts, and the shift of each."""
    contacts, shifts = [], []
    for contact, shift in zip(CONTACT_COLUMNS, SHIFT_COLUMNS, strict=True):
        found, when = read.contact(fields.get(contact, "")), fields.get(shift, "")
        if when and not found:
            raise BadRow(f"{shift} is of nobody: there is no {contact}")
        if found:
            contacts.append(found)
            shifts.append(when)
    return tuple(contacts), read.shifts(shifts, len(contacts))


def _recipient(fields: Fields, named: str, seen: set[str]) -> Recipient:
    try:
        kind = RecipientKind(fields["kind"])
    except ValueError:
        kinds = ", ".join(one for one in RecipientKind if one is not RecipientKind.HUB)
        raise BadRow(f"kind must be one of {kinds}") from None
    try:
        severity = Severity(fields.get("severity_min") or Severity.MINOR)
    except ValueError:
        raise BadRow(f"severity_min must be one of {', '.join(Severity)}") from None
    if kind is RecipientKind.HUB:
        raise BadRow("a hub is no line of this file; load hubs with: homeward hubs load FILE")
    recipient = fields.get("id") or named
    if not _RECIPIENT_ID.fullmatch(recipient):
        raise BadRow("an id has up to 64 of a-z 0-9 . _ - and begins with a letter or digit")
    if recipient in seen:
        raise BadRow("the same id stands in an earlier line")
    quiet = [read.minutes(fields.get(name, "")) for name in ("quiet_from", "quiet_to")]
    if quiet.count(-1) == 1:
        raise BadRow("quiet hours need both quiet_from and quiet_to")
    made = Recipient(
        id=recipient,
        kind=kind,
        cells=_cells(fields, kind),
        lang=read.lang(fields.get("lang", "")),
        reach_km_max=read.whole(fields.get("reach_km_max", ""), "reach_km_max", _REACH_KM_MAX),
        severity_min=severity,
        quiet_from_min=quiet[0],
        quiet_to_min=quiet[1],
        zone=read.zone(fields.get("zone", "")),
        level=read.whole(fields.get("level", ""), "level", _LEVEL_MAX),
        per_day=read.whole(fields.get("per_day", ""), "per_day", PER_DAY_MAX),
        tier=_tier(fields, kind),
        contacts=_only_way(kind, fields),
    )
    seen.add(recipient)
    return made


def _tier(fields: Fields, kind: RecipientKind) -> Tier:
    try:
        tier = Tier(fields.get("tier") or Tier.PUBLIC)
    except ValueError:
        raise BadRow(f"tier must be one of {', '.join(Tier)}") from None
    if tier is not Tier.PUBLIC and kind is not RecipientKind.VOLUNTEER:
        raise BadRow("only a volunteer has a tier")
    return tier


def _only_way(kind: RecipientKind, fields: Fields) -> tuple[tuple[Contact, ...], ...]:
    """Return how to tell somebody; a desk that named no way holds no link, and has none."""
    channel, address = fields.get("channel", ""), fields.get("address", "")
    if kind is RecipientKind.DESK and not (channel or address):
        return ()
    return ((read.way(channel or "inbox", address),),)


def _cells(fields: Fields, kind: RecipientKind) -> tuple[str, ...]:
    private = _YES.get(fields.get("private", "").lower())
    if private is None:  # whoever wrote something there wanted something kept from us
        raise BadRow("private must be yes or no")
    res_max = RES_EXACT
    if kind is RecipientKind.VOLUNTEER:
        res_max = RES_PRIVATE if private else RES_VOLUNTEER_MAX
    found = read.cells((fields.get(name, "") for name in CELL_COLUMNS), res_max)
    lat, lon = fields.get("lat", ""), fields.get("lon", "")
    if found and (lat or lon):
        raise BadRow("give lat and lon or cells, not both")
    if lat or lon:
        return (read.point(lat, lon, fields.get("datum", ""), res_max),)
    if not found and kind is not RecipientKind.DESK:
        raise BadRow("lacks a place: give lat and lon, or cell1 to cell3")
    return found
