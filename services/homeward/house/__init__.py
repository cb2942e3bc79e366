"""The composition root: settings -> adapters -> hosts; the only room that knows them all."""

from homeward.house.opening import House, HouseRefused, World, folder_of, open_house
from homeward.house.running import run_up

__all__ = ["House", "HouseRefused", "World", "folder_of", "open_house", "run_up"]
