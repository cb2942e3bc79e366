import json
import re
import shutil

import pytest

from homeward.cli import run

QUICK = ("--policy", "circles", "--processes", "1", "--reach-km", "300", "--no-head-off")


@pytest.fixture
def said(capsys):
    def ask(*args):
        code = run(["backtest", *map(str, args)])
        out, errors = capsys.readouterr()
        return code, out, errors

    return ask


def test_a_folder_is_judged_and_its_tables_are_printed(made, said):
    code, out, errors = said(made, "--cases", "6", *QUICK[2:], "--policy", "circles")
    assert code == 0
    assert "(a) circles: containment at equal people, 60 min after the report" in out
    assert re.search(r"^all +6 +\d", out, re.MULTILINE)
    assert "judging" in errors
    assert "judging" not in out


def test_json_is_one_document(made, said):
    code, out, _ = said(made, "--cases", "6", *QUICK, "--json")
    assert code == 0
    found = json.loads(out)
    assert [one["policy"] for one in found["policies"]] == ["circles"]
    assert found["policies"][0]["budgets"][-1]["cases"] == 6


def test_csv_plots_and_a_page_are_written(made, said, tmp_path, project):
    page = tmp_path / "page.md"
    page.write_text((project / "docs" / "backtest.md").read_text())
    code, _, _ = said(
        *(made, "--cases", "6", *QUICK, "--csv", tmp_path / "x.csv"),
        *("--plots", tmp_path / "plots", "--write", page),
    )
    assert code == 0
    assert len((tmp_path / "x.csv").read_text().splitlines()) == 7
    assert "<svg" in (tmp_path / "plots" / "containment-all.svg").read_text()
    assert "| all | 6 |" in page.read_text()


def test_the_hubs_of_the_folder_are_judged(made, said):
    code, out, _ = said(made, "--cases", "4", "--policy", "circles", "--reach-km", "300")
    assert code == 0
    assert "ordered before the arrival" in out


def test_a_history_without_sightings_and_hubs_is_enough(made, said, tmp_path):
    (tmp_path / "own" / "population").mkdir(parents=True)
    for name in ("cases.csv", "tracks.csv.gz", "population/counties.csv"):
        shutil.copy(made / name, tmp_path / "own" / name)
    code, out, _ = said(tmp_path / "own", "--cases", "4", *QUICK)
    assert code == 0
    assert "(c)" not in out
    assert "(d)" not in out


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ((), "error: there is nothing to judge. Name a folder, or make one"),
        (("nowhere",), "error: nowhere is no folder. Name one"),
        (("{made}", "--policy", "crystal"), "there is no reach policy crystal. Known are"),
        (("{made}", "--people", "nowhere"), "there is no counties.csv or cn_counties"),
        (("{made}", "--hubs", "nowhere"), "there is no hubs.csv. Name one with --hubs"),
        (("--make", "{made}"), "is not empty. Name a new folder"),
        (("{made}", "--write", "nowhere.md"), "cannot write nowhere.md: No such file"),
        (("{made}", "--write", "{made}/cases.csv"), "has no place for tables. It needs a line"),
        (("{made}", "--csv", "nowhere/x.csv"), "cannot write nowhere/x.csv: No such file"),
    ],
)
def test_what_cannot_be_done_is_one_line_with_a_mend(made, said, args, says):
    code, out, errors = said(*(one.replace("{made}", str(made)) for one in args))
    assert code in {1, 2}
    assert not out
    [line] = [one for one in errors.splitlines() if one.startswith("error: ")]
    assert says in line


def test_a_bad_row_is_one_line_with_a_mend(made, said, tmp_path):
    shutil.copytree(made, tmp_path / "own")
    path = tmp_path / "own" / "cases.csv"
    lines = path.read_text().splitlines()
    lines[3] = lines[3].replace("wgs84", "mars")
    path.write_text("\n".join(lines))
    code, _, errors = said(tmp_path / "own", *QUICK)
    assert code == 1
    assert "error: cases.csv, line 4: nobody knows the datum 'mars'. Known are wgs84" in errors


def test_a_folder_is_made(said, tmp_path):
    code, out, errors = said("--make", tmp_path / "new", "--cases", "3", "--seed", "5")
    assert code == 0
    assert out.startswith("3 invented cases in ")
    assert "homeward backtest" in errors
