"""A database that is not there, or no database at all: one line, with the mend."""

import socket

import pytest

from homeward.house.opening import HouseRefused, open_house
from homeward.postgres.migrate import MigrationRefused
from homeward.settings import Settings


def settings(folder, url):
    return Settings(data_folder=folder, database_url=url)


async def test_a_database_that_does_not_answer_is_refused_with_the_mend(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    with pytest.raises(HouseRefused, match="mend HOMEWARD_DATABASE_URL"):
        async with open_house(settings(tmp_path, f"postgresql://127.0.0.1:{port}/x"), "drill"):
            pass


@pytest.mark.parametrize(
    "url", ["nonsense", "http://x:1/y", "postgresql://a:secret@127.0.0.1:99999/x"]
)
async def test_what_names_no_database_is_refused_without_quoting_it(tmp_path, url):
    with pytest.raises(MigrationRefused, match="mend HOMEWARD_DATABASE_URL") as refused:
        async with open_house(settings(tmp_path, url), "drill"):
            pass
    assert url not in str(refused.value)
    assert "secret" not in str(refused.value)
