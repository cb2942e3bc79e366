"""The listening socket: prompt answers, and a taken port said in words."""

import asyncio
import socket

import pytest

from homeward.house.listening import bound_socket
from homeward.house.opening import HouseRefused
from homeward.settings import Settings


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_no_answer_on_a_kept_connection_waits_for_an_acknowledgement(tmp_path, host):
    accepted: asyncio.Queue[int] = asyncio.Queue()

    def arrived(_, writer):
        inner = writer.get_extra_info("socket")
        accepted.put_nowait(inner.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    try:
        listening = bound_socket(Settings(data_folder=tmp_path, host=host, port=0))
    except HouseRefused:
        pytest.skip("this machine has no IPv6")
    async with await asyncio.start_server(arrived, sock=listening):
        _, writer = await asyncio.open_connection(*listening.getsockname()[:2])
        assert await asyncio.wait_for(accepted.get(), 5) == 1
        writer.close()
        await writer.wait_closed()


def test_a_port_that_is_taken_is_refused_with_the_mend(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(HouseRefused, match="--port 0"):
            bound_socket(Settings(data_folder=tmp_path, host="127.0.0.1", port=port))
