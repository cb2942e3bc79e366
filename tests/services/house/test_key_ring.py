"""A world and its key ring: what cannot be opened is refused in one line, with the mend."""

import pytest

from homeward.house.opening import HouseRefused, open_house
from homeward.settings import Settings


@pytest.mark.parametrize(
    ("text", "mode"), [("", 0o600), ("{", 0o600), ("{}", 0o600), (None, 0o644)]
)
async def test_a_ring_that_is_none_or_open_to_others_is_refused(tmp_path, text, mode):
    path = tmp_path / "drill" / "keyring.json"
    path.parent.mkdir()
    path.write_text(text or "{}")
    path.chmod(mode)
    with pytest.raises(HouseRefused, match=r"key ring|chmod 600"):
        async with open_house(Settings(data_folder=tmp_path), "drill"):
            pass


async def test_another_ring_or_none_at_all_is_refused_where_a_database_is(tmp_path, empty_dsn):
    settings = Settings(data_folder=tmp_path / "home", database_url=empty_dsn)
    async with open_house(settings, "drill"):
        pass
    ring = tmp_path / "home" / "drill" / "keyring.json"
    kept = ring.rename(tmp_path / "kept.json")
    with pytest.raises(HouseRefused, match="another key ring"):
        async with open_house(settings, "drill"):
            pass
    kept.replace(ring)
    async with open_house(settings, "drill"):
        pass


@pytest.mark.parametrize("folder", ["/proc", "a-file"])
async def test_a_folder_that_cannot_be_written_is_refused_with_the_mend(tmp_path, folder):
    (tmp_path / "a-file").touch()
    with pytest.raises(HouseRefused, match="--data-folder"):
        async with open_house(Settings(data_folder=tmp_path / folder), "drill"):
            pass
