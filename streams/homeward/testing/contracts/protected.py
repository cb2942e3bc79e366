"""What every `Protected` keeps: digests, each once, until a whole list is loaded without them."""

from homeward.testing.contracts.pen import Ports

ANN, BOB, EVE = (bytes([n]) * 32 for n in range(3))


class ProtectedContract:
    """A list that is loaded and asked."""

    async def test_it_knows_whom_it_was_given(self, store: Ports) -> None:
        assert not await store.protected.knows([ANN])
        await store.protected.add("one", [ANN, BOB, ANN])
        assert await store.protected.count() == 2
        assert await store.protected.knows([EVE, BOB])
        assert not await store.protected.knows([EVE])
        assert not await store.protected.knows([])

    async def test_a_list_loaded_as_a_whole_forgets_the_others(self, store: Ports) -> None:
        await store.protected.add("one", [ANN, BOB])
        await store.protected.add("two", [BOB, EVE])
        assert await store.protected.knows([ANN]), "nobody is forgotten half way"
        await store.protected.finish("two")
        assert not await store.protected.knows([ANN])
        assert await store.protected.knows([BOB])
        assert await store.protected.count() == 2
