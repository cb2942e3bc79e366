import json

import pytest

from homeward.geography.hubbook import (
    HUBS_MAX,
    Duty,
    Hub,
    boarding_cells,
    degrees,
    read_hub_book,
    write_hub_book,
)

STATION = Hub.at("hub-b", "rail", 32.9, 115.8, 2)
PORT = Hub.at("hub-a", "port", 31.2, 121.5, 0)


def test_a_book_and_back_sorted_by_id():
    assert read_hub_book(write_hub_book([STATION, PORT])) == (PORT, STATION)


def test_a_book_is_canonical_and_holds_no_float():
    raw = write_hub_book([STATION])
    assert json.loads(raw) == [
        {"id": "hub-b", "kind": "rail", "lat_e7": 329000000, "lon_e7": 1158000000, "contacts": 2}
    ]
    assert write_hub_book([PORT, STATION]) == write_hub_book([STATION, PORT])
    assert b" " not in raw


def test_degrees_come_back():
    lat_deg, lon_deg = degrees([STATION, PORT])
    assert lat_deg.tolist() == [32.9, 31.2]
    assert lon_deg.tolist() == [115.8, 121.5]
    assert degrees([])[0].shape == (0,)


def test_a_book_too_thick_is_refused():
    with pytest.raises(ValueError, match="at most"):
        write_hub_book([STATION] * (HUBS_MAX + 1))


def test_shifts_stand_in_the_book_and_a_book_without_them_is_as_it_was():
    duty = Duty("Europe/Berlin", "Mo-Fr 06:00-22:00", ("", "Sa 08:00-12:00"))
    manned = Hub.at("hub-c", "rail", 52.5, 13.4, 2, duty)
    raw = write_hub_book([manned, STATION])
    assert read_hub_book(raw) == (STATION, manned)
    assert [sorted(row) for row in json.loads(raw)] == [
        ["contacts", "id", "kind", "lat_e7", "lon_e7"],
        ["contacts", "duty", "id", "kind", "lat_e7", "lon_e7"],
    ]


@pytest.mark.parametrize(
    ("kind", "boards"),
    [
        *((one, True) for one in ("rail", "coach", "bus", "port", "ferry", "airport")),
        *((one, True) for one in ("road_terminal", "road-terminal")),
        *((one, False) for one in ("service_area", "service-area", "border-crossing")),
    ],
)
def test_people_board_where_a_file_or_a_roster_says_so(kind, boards):
    assert bool(len(boarding_cells([Hub.at("hub-d", kind, 32.9, 115.8, 1)]))) is boards
