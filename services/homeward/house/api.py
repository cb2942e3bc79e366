"""The API as a process of its own."""

import asyncio

from homeward.house.collector import spare_what_stays
from homeward.house.first import admin_key, another_answers, saying_where, somebody_else_answers
from homeward.house.lanes import idle_indexes
from homeward.house.listening import bound_socket, first_of, served, url_of
from homeward.house.opening import HouseRefused, World
from homeward.house.positions import positions_by_broker
from homeward.house.processes import Announce, process
from homeward.http.app import create_app
from homeward.settings import Settings


async def run_api(
    settings: Settings, world: World, announce: Announce | None = None, *, share_port: bool = False
) -> None:
    """Answer requests until SIGINT or SIGTERM; nothing is heard, matched or sent here.

    An index is loaded only when a preview asks for one. Raises HouseRefused.
    """
    listening = bound_socket(settings, shared=share_port)
    async with process(settings, world, "api", announce) as one:
        house = one.house
        house.url = url_of(listening)
        if share_port and await asyncio.to_thread(somebody_else_answers, house):
            msg = f"another world is served at {house.url}: choose another port with --port"
            raise HouseRefused(msg)
        key_file = await admin_key(house)
        spare_what_stays()
        another = await asyncio.to_thread(another_answers, house)
        with saying_where(house, another=another, shared=share_port):
            one.beside("idle indexes", lambda: idle_indexes(house, one.stop))
            async with (
                positions_by_broker(house),
                served(create_app(house.rooms()), listening) as serving,
            ):
                one.ready(url=house.url, admin_key_file=str(key_file))
                await first_of(one.stop, serving)
