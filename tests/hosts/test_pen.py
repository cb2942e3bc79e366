"""What a consumer says is written whole or not at all."""

from types import SimpleNamespace

import pytest

from homeward.hosts.pen import Pen
from homeward.record.chain import chain_start
from homeward.record.envelope import StreamHead
from homeward.testing import samples
from homeward.testing.memory import ORIGIN, MemoryStore


class Unwritable:
    """A fact that no envelope can hold."""

    def __getattr__(self, name):
        raise ValueError(name)


async def test_an_output_that_cannot_be_written_leaves_the_stream_where_it_is():
    pen = Pen(ORIGIN, MemoryStore().clock.real)
    start = chain_start(ORIGIN, "echo-a")
    head = StreamHead("echo-a", 0, start)
    cause = SimpleNamespace(id=samples.DRAFT, corr=None)
    with pytest.raises(ValueError, match="personal"):
        pen.outputs("echo", cause, (samples.issued(), Unwritable()), head)
    assert (head.version, head.chain) == (0, start)
