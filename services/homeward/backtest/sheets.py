"""Tables of a history's folder, row by row; a bad row is named with its file, line and mend."""

import csv
import gzip
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

from homeward.geography.datum import place_from
from homeward.words import Category, Datum, Mode, Sex

T = TypeVar("T")

CATEGORIES: Final = {one.value: one for one in Category} | {
    "dementia-or-disability": Category.DEMENTIA,
    "dementia": Category.DEMENTIA,
    "runaway": Category.RUNAWAY,
    "lost": Category.LOST_CHILD,
}
MODES: Final = {
    **dict.fromkeys(("foot", "bicycle", "indoors"), Mode.FOOT),
    **dict.fromkeys(("car", "coach", "bus", "vehicle"), Mode.VEHICLE),
    **dict.fromkeys(("rail", "metro", "air"), Mode.RAIL),
    **dict.fromkeys(("still", "unknown", ""), Mode.UNKNOWN),
}
"""As our modes: who stands still may go on in any way."""
SEXES: Final = {"m": Sex.MALE, "male": Sex.MALE, "f": Sex.FEMALE, "female": Sex.FEMALE}


class BadFolder(ValueError):
    """A folder that cannot be judged; one line, with the mend."""

    def __init__(self, what: str, mend: str) -> None:
        """``what`` without a full stop."""
        super().__init__(f"{what}; {mend}")
        self.what, self.mend = what, mend


class Row:
    """One row of a table; its fields are read by name, and a wrong one says where it stands."""

    def __init__(self, path: Path, line: int, columns: dict[str, int], fields: list[str]) -> None:
        """``columns`` gives each column's place."""
        self._path, self._line, self._columns, self._fields = path, line, columns, fields

    def bad(self, what: str, mend: str) -> BadFolder:
        """Return the complaint about this row."""
        return BadFolder(f"{self._path.name}, line {self._line}: {what}", mend)

    def text(self, column: str) -> str:
        """Return a field; "" when the table has no such column."""
        place = self._columns.get(column)
        return "" if place is None else self._fields[place].strip()

    def number(self, column: str, low: float, high: float) -> float:
        """Return a field as a number. Raises BadFolder."""
        return self._read(column, float, f"a number from {low:g} to {high:g}", low, high)

    def word(self, column: str, words: dict[str, T]) -> T:
        """Return what a field's word stands for. Raises BadFolder."""
        said = self.text(column)
        found = words.get(said.lower().replace("_", "-"))
        if found is None:
            known = ", ".join(one for one in words if one)
            raise self.bad(f"nobody knows the {column} {said[:40]!r}", f"known are {known}")
        return found

    def place(self) -> tuple[float, float]:
        """Return latitude and longitude in WGS-84 of lat, lon, datum. Raises BadFolder."""
        return self.place_in("lat", "lon")

    def place_in(self, lat_column: str, lon_column: str) -> tuple[float, float]:
        """Return the place in two columns, whatever its datum. Raises BadFolder."""
        lat, lon = self.number(lat_column, -90, 90), self.number(lon_column, -180, 180)
        words = {one.value: one for one in Datum} | {"": Datum.WGS84}
        place = place_from(lat, lon, self.word("datum", words))
        return place.lat_deg, place.lon_deg

    def _read(
        self, column: str, as_: Callable[[str], float], what: str, low: float, high: float
    ) -> float:
        said = self.text(column)
        try:
            found = as_(said)
        except ValueError:
            found = float("nan")
        if not low <= found <= high:
            raise self.bad(f"{column} is {said[:40]!r}", f"write {what}")
        return found


def rows(path: Path, needed: Sequence[str]) -> Iterator[Row]:
    """Yield a CSV's rows; ``.gz`` beside it is as good. Raises BadFolder."""
    path = path if path.exists() else path.with_name(path.name + ".gz")
    if not path.exists():
        name = path.name.removesuffix(".gz")
        raise BadFolder(f"{path.parent} holds no {name}", "see docs/backtest.md for its form")
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8-sig", newline="")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8-sig", newline="")
        ) as lines:
            yield from _rows(path, csv.reader(lines), needed)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as why:
        raise BadFolder(f"{path.name} cannot be read: {why}", "save it as CSV in UTF-8") from None


def _rows(path: Path, table: Iterator[list[str]], needed: Sequence[str]) -> Iterator[Row]:
    header = [one.strip().lower() for one in next(table, [])]
    missing = [one for one in needed if one not in header]
    if missing:
        raise BadFolder(
            f"{path.name}, line 1: the header lacks {', '.join(missing)}",
            f"name the columns there: {','.join(needed)}",
        )
    columns = {name: place for place, name in enumerate(header)}
    for number, fields in enumerate(table, 2):
        if len(fields) == len(header):
            yield Row(path, number, columns, fields)
        elif fields:
            what = f"has {len(fields)} fields, the header has {len(header)}"
            raise Row(path, number, columns, fields).bad(what, "mend or delete that line")
