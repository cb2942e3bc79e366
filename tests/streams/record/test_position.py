"""Where a recipient is, as a record: no finer than res 7, and read back as it was said."""

import json
from datetime import UTC, datetime, timedelta

import h3
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.docs.published import position_schema
from homeward.record.position import PositionBroken, coarsened, position_in, position_value

NOON = datetime(2026, 5, 1, 4, 0, tzinfo=UTC)
SCHEMA = jsonschema.Draft202012Validator(position_schema())

ids = st.text(st.characters(min_codepoint=1, exclude_categories=["Cs"]), min_size=1, max_size=64)
places = st.builds(h3.latlng_to_cell, st.floats(-89, 89), st.floats(-179, 179), st.integers(0, 15))
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- as it asks


@given(ids, st.none() | places, moments)
def test_what_is_said_is_read_back_coarsened_and_follows_the_schema(recipient, cell, at):
    value = position_value(recipient, cell, at)
    SCHEMA.validate(json.loads(value))
    said = position_in(value)
    assert (said.recipient, said.at) == (recipient, at)
    if cell is None:
        assert said.cell is None
    else:
        res = min(7, h3.get_resolution(cell))
        assert said.cell == coarsened(cell) == h3.cell_to_parent(cell, res)


FINE = h3.latlng_to_cell(33.0, 115.0, 8)
GOOD = {"recipient": "v-1", "cell": None, "at": "2026-05-01T04:00:00.000000Z"}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"cell": FINE}, "cell"),
        ({"cell": "87" + "f" * 13}, "cell"),
        ({"cell": "8740b059affffff\n"}, "cell"),
        ({"cell": 5}, "cell"),
        ({"recipient": ""}, "recipient"),
        ({"recipient": "v" * 65}, "recipient"),
        ({"recipient": "v\0"}, "recipient"),
        ({"recipient": None}, "recipient"),
        ({"at": "2026-13-01T04:00:00.000000Z"}, "at"),
        ({"at": 5}, "at"),
        ({"lat": 33.0}, "other fields"),
    ],
)
def test_what_is_no_position_is_named_and_not_quoted(change, what):
    with pytest.raises(PositionBroken, match=f"^{what}$"):
        position_in(json.dumps({**GOOD, **change}).encode())


@pytest.mark.parametrize("value", [b"", b"{", b"[]", b"null", b"\xff\xfe", b" " * 2_000])
def test_rubbish_is_no_position(value):
    with pytest.raises(PositionBroken):
        position_in(value)


def test_a_moment_of_another_zone_is_the_same_moment():
    at = NOON.astimezone().replace(microsecond=1) + timedelta(hours=8)
    assert position_in(position_value("v", None, at)).at == at
