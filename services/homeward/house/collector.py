"""The garbage collector of a process that stays."""

import gc
from typing import Final

NET_OBJECTS: Final = 50_000
"""New objects between two looks for rings among them. Reading a case makes some ten thousand that
go by themselves, and at the interpreter's 700 it is looked through a dozen times."""


def spare_what_stays() -> None:
    """Let the collector look no more at what was imported and opened, and seldom at what is new."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NET_OBJECTS, *gc.get_threshold()[1:])
