"""Single fields of roster files: each reads one text or says what is wrong with it."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import h3

from homeward.formats.catalogues import LANGS
from homeward.formats.tables import BadRow
from homeward.geography.datum import cell_of, place_from
from homeward.policies.duty import NotHours, spans_of
from homeward.ports import Contact
from homeward.words import Datum

CHANNELS: Final = ("inbox", "webhook")
_DEGREES: Final = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{1,15})?")
_CLOCK: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_WHOLE: Final = re.compile(r"[0-9]{1,6}")
_URL: Final = re.compile(r"https?://[^\s/@]+(/\S*)?")
_CELL: Final = re.compile(r"[0-9a-f]{15}")
_BETWEEN_WAYS: Final = re.compile(r"[\s|]+")


def point(lat: str, lon: str, datum: str, res: int) -> str:
    """Return the cell that holds a point given in degrees."""
    if not (_DEGREES.fullmatch(lat) and _DEGREES.fullmatch(lon)):
        raise BadRow("lat and lon must be decimal degrees like 33.0697 and 115.2611")
    try:
        against = Datum(datum or Datum.WGS84)
    except ValueError:
        raise BadRow(f"the datum must be one of {', '.join(Datum)}") from None
    try:
        return cell_of(place_from(float(lat), float(lon), against), res)
    except ValueError as why:
        raise BadRow(str(why)) from None


def cells(texts: Iterable[str], res_max: int) -> tuple[str, ...]:
    """Return the cells that are there, each once."""
    found = [text.lower() for text in texts if text]
    for cell in found:
        if not _CELL.fullmatch(cell) or not h3.is_valid_cell(cell):
            raise BadRow("a cell must be 15 hex digits that name an H3 cell")
        if h3.get_resolution(cell) > res_max:
            raise BadRow(f"a cell is finer than resolution {res_max}; give its parent")
    return tuple(dict.fromkeys(found))


def contact(text: str) -> tuple[Contact, ...]:
    """Return the ways to one contact, in order of preference: ``webhook:https://… inbox``."""
    return tuple(_way(one) for one in _BETWEEN_WAYS.split(text) if one)


def way(channel: str, address: str) -> Contact:
    """Return one way: a channel and its address."""
    if channel not in CHANNELS:
        raise BadRow(f"a channel must be one of {', '.join(CHANNELS)}")
    if channel == "inbox" and address:
        raise BadRow("the inbox has no address")
    if channel == "webhook" and not _URL.fullmatch(address):
        raise BadRow("a webhook needs an http(s) URL, like webhook:https://station.example/alerts")
    return Contact(channel, address)


def _way(text: str) -> Contact:
    channel, _, address = text.partition(":")
    return way(channel, address)


def minutes(text: str) -> int:
    """Return minutes after midnight, -1 for nothing."""
    if not text:
        return -1
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise BadRow("quiet hours must be times like 22:00")
    return int(found[1]) * 60 + int(found[2])


def whole(text: str, name: str, at_most: int) -> int:
    """Return a number from 0, which is also what nothing stands for."""
    if not text:
        return 0
    if not _WHOLE.fullmatch(text) or int(text) > at_most:
        raise BadRow(f"{name} must be a whole number from 0 to {at_most}")
    return int(text)


def lang(text: str) -> str:
    """Return a language, zh-Hans for nothing."""
    if text and text not in LANGS:
        raise BadRow(f"lang must be one of {', '.join(LANGS)}")
    return text or LANGS[0]


def hours(text: str) -> str:
    """Return opening hours or a shift, empty for always."""
    try:
        return text.strip() if spans_of(text) else ""
    except NotHours as why:
        raise BadRow(str(why)) from None


def shifts(texts: Iterable[str], contacts: int) -> tuple[str, ...]:
    """Return one shift a contact; () when all are always on duty."""
    found = [hours(text) for text in texts]
    if len(found) > contacts:
        raise BadRow("there are more shifts than contacts")
    return tuple(found) if any(found) else ()


def zone(text: str) -> str:
    """Return a time zone's name, Asia/Shanghai for nothing."""
    if text and not _is_zone(text):
        raise BadRow("zone must be a time zone's name like Asia/Shanghai")
    return text or "Asia/Shanghai"


@cache
def _is_zone(text: str) -> bool:
    try:
        return bool(ZoneInfo(text).key)
    except (KeyError, ValueError, OSError):
        return False
