from pathlib import Path

import pytest

from homeward.backtest.making import make_folder
from homeward.backtest.people import People
from homeward.backtest.reading import read_counties, read_history
from homeward.backtest.rows import History


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 40 invented cases; whoever changes it copies it first."""
    folder = tmp_path_factory.mktemp("made") / "history"
    make_folder(folder, seed=7, cases=40)
    return folder


@pytest.fixture(scope="session")
def history(made: Path) -> History:
    return read_history(made)


@pytest.fixture(scope="session")
def people(made: Path) -> People:
    return People.of(read_counties(made / "population" / "counties.csv"))
