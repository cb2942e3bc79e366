"""Where a recipient is, as a record of the positions' topic: a cell and a moment, nothing else.

No topic holds a place finer than res 7, whoever it is of: what is finer is coarsened before it is
written, and a record that says it all the same is none of ours.
"""

import json
import re
from datetime import datetime
from typing import Annotated, Final, NamedTuple

import h3
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import from_json

from homeward.words import instant_in, instant_text

RES_MAX: Final = 7
CELL: Final = r"^8[0-7][0-9a-f]{13}$"
"""An H3 cell's second digit is its resolution."""
INSTANT: Final = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$"
ID_MAX: Final = 64
VALUE_BYTES_MAX: Final = 1_024
"""An id may take twelve bytes a character as it is escaped."""

_RES_BITS: Final = 52
_DIGIT_BITS: Final = 3
_RES_FINEST: Final = 15
_CELL: Final = re.compile(CELL.strip("^$"))
_FIELDS: Final = {"recipient", "cell", "at"}


class PositionSaid(BaseModel):
    """A recipient says where they are; their key in the topic is their id, the partition the lane.

    Only the newest word counts, whatever order they come in, and nothing is kept for longer than
    some minutes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipient: Annotated[str, Field(min_length=1, max_length=ID_MAX, description="Their id.")]
    cell: Annotated[
        Annotated[str, Field(pattern=CELL)] | None,
        Field(description="An H3 cell of res 7 or coarser; null: forget where they are."),
    ]
    at: Annotated[
        str, Field(pattern=INSTANT, description="When they were there; an older word is nothing.")
    ]


class Said(NamedTuple):
    """The same, in the values that a roster takes."""

    recipient: str
    cell: str | None
    at: datetime


class PositionBroken(ValueError):
    """A record is no position; the text names what is wrong and quotes nothing of it."""


def position_value(recipient: str, cell: str | None, at: datetime) -> bytes:
    """Return the record's value; a cell finer than res 7 is the one above it at res 7."""
    place = "null" if cell is None else f'"{coarsened(cell)}"'
    return (
        f'{{"recipient":{json.dumps(recipient)},"cell":{place},"at":"{instant_text(at)}"}}'.encode()
    )


def position_in(value: bytes) -> Said:
    """Return what a record's value says. Raises PositionBroken.

    Read by hand: a storm of positions is decoded one by one.
    """
    if len(value) > VALUE_BYTES_MAX:
        raise PositionBroken("too long")
    try:
        said = from_json(value)
    except ValueError:
        raise PositionBroken("no JSON") from None
    if not isinstance(said, dict) or said.keys() != _FIELDS:
        raise PositionBroken("other fields")
    recipient, cell, at = said["recipient"], said["cell"], said["at"]
    if not isinstance(recipient, str) or not 0 < len(recipient) <= ID_MAX or "\0" in recipient:
        raise PositionBroken("recipient")  # no roster can hold a NUL: all with it would fail
    if cell is not None and not (_is_cell(cell)):
        raise PositionBroken("cell")
    moment = instant_in(at)
    if moment is None:
        raise PositionBroken("at")
    return Said(recipient, cell, moment)


def _is_cell(cell: object) -> bool:
    return isinstance(cell, str) and bool(_CELL.fullmatch(cell)) and h3.is_valid_cell(cell)


def coarsened(cell: str) -> str:
    """Return a cell of res 7 or coarser: the cell itself, or the one above it.

    H3 keeps the resolution in bits 52-55, and below them three bits a digit, all ones from the
    first that is not used.
    """
    number = int(cell, 16)
    res = number >> _RES_BITS & 0xF
    if res > RES_MAX:
        unused = (1 << _DIGIT_BITS * (_RES_FINEST - RES_MAX)) - 1
        number = number & ~(0xF << _RES_BITS) | RES_MAX << _RES_BITS | unused
    return f"{number:x}"


__all__ = ["PositionBroken", "PositionSaid", "Said", "coarsened", "position_in", "position_value"]
