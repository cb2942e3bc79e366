import gzip
import shutil

import pytest

from homeward.backtest.believing import Hubs, known_of, last_seen_at
from homeward.backtest.crediting import accepted
from homeward.backtest.reading import MAY_READ, claims, read_counties, read_history, reports
from homeward.backtest.rows import Track
from homeward.backtest.sheets import BadFolder
from homeward.words import AgeBand, Category, Mode, Sex

HEADER = (
    "case_id,reported_category,age,sex,last_seen_hour,report_lat,report_lon,report_accuracy_m,"
    "datum,reported_delay_min,true_delay_min,category\n"
)
GOOD = "A,dementia_or_disability,72.5,F,7.41,33.0,115.0,80,wgs84,93,97,lost_child\n"
TRACK = "case_id,minute,lat,lon\nA,0,33,115\nA,10,33.1,115\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "cases.csv").write_text(HEADER + GOOD)
    (tmp_path / "tracks.csv").write_text(TRACK)
    return tmp_path


def test_a_report_is_read_in_our_words(folder):
    [one] = read_history(folder).reports
    assert (one.category, one.age_band, one.sex) == (Category.DEMENTIA, AgeBand.OLD, Sex.FEMALE)
    assert (one.delay_min, one.accuracy_m, one.last_seen_hour) == (93, 80, 7.41)


def test_truth_is_read_apart(folder):
    truth = read_history(folder).truths["A"]
    assert (truth.category, truth.delay_min) == (Category.LOST_CHILD, 97)
    assert truth.track.at(5) == pytest.approx((33.05, 115.0))
    assert truth.track.at(500) == pytest.approx((33.1, 115.0))


def test_no_policy_is_shown_what_only_the_judge_may_know(made, tmp_path):
    """Everything a policy is asked stays the same, whatever the end was."""
    other = tmp_path / "other"
    shutil.copytree(made, other)
    lines = (other / "cases.csv").read_text().splitlines()
    names = lines[0].split(",")
    for number, line in enumerate(lines[1:], 1):
        fields = line.split(",")
        for place, name in enumerate(names):
            if name not in MAY_READ:
                fields[place] = {"category": "lost_child"}.get(name, "1")
        lines[number] = ",".join(fields)
    (other / "cases.csv").write_text("\n".join(lines) + "\n")
    for name in ("tracks.csv.gz", "sightings_truth.csv", "hub_visits.csv"):
        (other / name).unlink()
    assert reports(other) == reports(made)
    wanted = {one.case for one in reports(made)}
    assert claims(other, wanted) == claims(made, wanted)
    for one in reports(other):
        heard = claims(other, wanted).get(one.case, ())
        assert known_of(one, accepted(one, heard, 120), Hubs.of([]), 50) == known_of(
            one, accepted(one, claims(made, wanted).get(one.case, ()), 120), Hubs.of([]), 50
        )


def test_a_place_from_a_chinese_map_is_shifted_back(folder):
    (folder / "cases.csv").write_text(HEADER + GOOD.replace("wgs84", "gcj02"))
    [one] = reports(folder)
    assert 0.001 < abs(one.lat_deg - 33.0) + abs(one.lon_deg - 115.0) < 0.02


@pytest.mark.parametrize(
    ("said", "band"),
    [
        ("0", AgeBand.TODDLER),
        ("3.9", AgeBand.TODDLER),
        ("16", AgeBand.YOUTH),
        ("", AgeBand.UNKNOWN),
    ],
)
def test_years_become_a_band(folder, said, band):
    (folder / "cases.csv").write_text(HEADER + GOOD.replace("72.5", said))
    assert reports(folder)[0].age_band is band


def test_the_policy_believes_what_was_told(folder):
    [one] = reports(folder)
    known = known_of(one, (), Hubs.of([]), 500)
    assert known.sources[0].seen_at == last_seen_at(one)
    assert (known.mode, known.sources[0].error_m, known.reach_km_max) == (Mode.UNKNOWN, 80, 500)


def test_a_way_over_the_antimeridian_stays_there():
    made = Track(*([0.0, 10.0], [10.0, 10.0], [179.5, 180.5]))
    assert made.at(9.0) == pytest.approx((10.0, -179.6))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("93,97", "x,97"), "cases.csv, line 2: reported_delay_min is 'x'; write a number"),
        (("dementia_or", "alien_or"), "cases.csv, line 2: nobody knows the reported_category"),
        (("33.0,", "133.0,"), "cases.csv, line 2: report_lat is '133.0'; write a number from -90"),
        (("wgs84", "mars"), "cases.csv, line 2: nobody knows the datum 'mars'; known are wgs84"),
        (("A,dem", "B,dem"), "case B has no rows in tracks.csv"),
        ((",lost_child\n", "\n"), "line 2: has 11 fields, the header has 12; mend or delete"),
        (("93,97", "93,nan"), "true_delay_min is 'nan'"),
    ],
)
def test_a_bad_row_is_named_with_its_file_line_and_mend(folder, change, says):
    (folder / "cases.csv").write_text(HEADER + GOOD.replace(*change))
    with pytest.raises(BadFolder) as found:
        read_history(folder)
    assert says in str(found.value)
    assert "\n" not in str(found.value)


def test_a_case_that_stands_twice_is_named(folder):
    (folder / "cases.csv").write_text(HEADER + GOOD + GOOD)
    with pytest.raises(BadFolder, match="line 3: case A stands twice; delete one of them"):
        read_history(folder)


def test_a_way_that_runs_backwards_is_named(folder):
    (folder / "tracks.csv").write_text(TRACK + "A,9,33,115\n")
    with pytest.raises(BadFolder, match=r"tracks.csv, line 4: minute 9 comes after 10"):
        read_history(folder)


def test_a_missing_column_or_file_is_named(folder):
    (folder / "cases.csv").write_text(HEADER.replace("datum,", "") + GOOD.replace("wgs84,", ""))
    with pytest.raises(BadFolder, match="line 1: the header lacks datum; name the columns there"):
        read_history(folder)
    (folder / "cases.csv").unlink()
    with pytest.raises(BadFolder, match=r"holds no cases.csv"):
        read_history(folder)


def test_a_broken_archive_is_named(folder):
    (folder / "tracks.csv").unlink()
    (folder / "tracks.csv.gz").write_bytes(gzip.compress(TRACK.encode())[:-9])
    with pytest.raises(BadFolder, match=r"tracks\.csv\.gz cannot be read"):
        read_history(folder)


def test_only_the_first_cases_are_read_when_so_asked(made):
    found = read_history(made, 5)
    assert [one.case for one in found.reports] == [f"M{number:05}" for number in range(5)]
    assert set(found.truths) == {one.case for one in found.reports}


def test_counties_without_people_are_left_out(tmp_path):
    table = tmp_path / "counties.csv"
    header = "pop2020,urban_share,area_km2,centroid_lat,centroid_lon,seat_lat,seat_lon\n"
    table.write_text(header + ",,10,33,115,,\n1000,,10,33,115,,\n")
    [one] = read_counties(table)
    assert (one.people, one.urban_share, one.seat_lat_deg) == (1_000, 0.5, 33.0)
    table.write_text(header)
    with pytest.raises(BadFolder, match="holds no county with people"):
        read_counties(table)
