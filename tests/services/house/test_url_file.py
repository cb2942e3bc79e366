"""The url file says where a server listens, and nothing once none does."""

from types import SimpleNamespace

import pytest

from homeward.house.first import saying_where
from homeward.settings import Settings


@pytest.fixture
def house(tmp_path):
    (tmp_path / "drill").mkdir()
    return lambda port: SimpleNamespace(
        settings=Settings(data_folder=tmp_path), world="drill", url=f"http://127.0.0.1:{port}"
    )


def test_it_is_there_as_long_as_the_server_and_its_owners_alone(house, tmp_path):
    path = tmp_path / "drill" / "url"
    with saying_where(house(1)):
        assert path.read_text() == "http://127.0.0.1:1\n"
        assert path.stat().st_mode & 0o077 == 0
    assert not path.exists()


def test_another_servers_is_left_alone(house, tmp_path):
    path = tmp_path / "drill" / "url"
    with saying_where(house(2)):
        with saying_where(house(1)):
            path.write_text("http://127.0.0.1:2\n")
        assert path.read_text() == "http://127.0.0.1:2\n"
    assert not path.exists()


def test_a_file_that_somebody_removed_is_no_trouble(house, tmp_path):
    with saying_where(house(1)):
        (tmp_path / "drill" / "url").unlink()
