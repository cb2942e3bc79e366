import asyncio

import pytest
from tests.services.kafka.relaying import World, said_by_asyncio


@pytest.fixture(autouse=True)
async def nothing_unseen():
    """asyncio complains of nothing."""
    with said_by_asyncio() as said:
        yield
    assert said == []


@pytest.fixture
async def world(broker):
    return await asyncio.to_thread(World, broker.bootstrap)
