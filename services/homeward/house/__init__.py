"""The composition root: settings -> adapters -> hosts; the only room that knows them all.

What runs is imported from its own module (`running`, `api`, `worker`, ...): each process loads
what it needs, and is back the sooner after a kill.
"""

from homeward.house.opening import House, HouseRefused, World, folder_of, open_house

__all__ = ["House", "HouseRefused", "World", "folder_of", "open_house"]
