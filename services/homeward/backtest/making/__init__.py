"""Makes a folder of invented histories, for those who have none of their own.

It shares no code and no figure with the policies, or a policy would be judged by itself: places,
people and ways are its own, drawn from published distances where there are any.
"""

from homeward.backtest.making.folder import CASES, make_folder

__all__ = ["CASES", "make_folder"]
