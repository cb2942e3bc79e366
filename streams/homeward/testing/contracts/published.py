"""What every `Published` keeps."""

from homeward.testing.contracts.pen import Ports


class PublishedContract:
    """One number that rises, unless somebody begins anew."""

    async def test_nobody_has_begun(self, store: Ports) -> None:
        assert await store.published.size() is None

    async def test_it_rises_and_never_falls(self, store: Ports) -> None:
        for size, kept in ((3, 3), (10, 10), (7, 10), (10, 10), (11, 11)):
            await store.published.raise_to(size)
            assert await store.published.size() == kept

    async def test_who_begins_anew_may_go_back(self, store: Ports) -> None:
        await store.published.begin_at(10)
        await store.published.begin_at(4)
        assert await store.published.size() == 4
        await store.published.raise_to(5)
        assert await store.published.size() == 5
