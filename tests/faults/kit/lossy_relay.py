"""A relay that loses, doubles and reorders what it publishes; no product command starts one.

    python tests/faults/kit/lossy_relay.py --drill [--seed N]

It is a real process otherwise: settings from the environment as `homeward relay`, and one line of
JSON ({"role": "relay", "id", "pid", "metrics"}) on stdout once it is ready.
"""

import argparse
import asyncio
import json
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import structlog

from homeward.house.relay import run_relay
from homeward.kafka.producer import Record
from homeward.settings import Settings

LOST_EVERY = 50
DOUBLED_EVERY = 50
MOVED_EVERY = 20
BEHIND_MAX = 60
"""How many others may overtake one."""


def lossy(seed: int) -> Callable[[list[Record]], list[Record]]:
    """Return what drops and doubles one record of fifty, and lets others overtake one of twenty.

    Which one of them is by chance, that there is one is not. What is overtaken is held back until
    up to sixty others went by, in this batch or in later ones: facts that are said one by one are
    reordered as those of a flood are. What is held at the end is lost.
    """
    chance = random.Random(seed)
    lost, doubled, moved = (
        _one_in(chance, every) for every in (LOST_EVERY, DOUBLED_EVERY, MOVED_EVERY)
    )
    held: list[tuple[int, Record]] = []
    passed = 0

    def mangle(records: list[Record]) -> list[Record]:
        nonlocal passed
        sent: list[Record] = []
        for one in records:
            passed += 1
            due = [late for at, late in held if at <= passed]
            held[:] = [(at, late) for at, late in held if at > passed]
            if not next(lost):
                many = [one, one] if next(doubled) else [one]
                if next(moved):
                    held.extend((passed + chance.randint(1, BEHIND_MAX), late) for late in many)
                else:
                    sent += many
            sent += due
        return sent

    return mangle


def _one_in(chance: random.Random, every: int) -> Iterator[bool]:
    """Say yes once in each run of so many, nobody knows when."""
    while True:
        at = chance.randrange(every)
        yield from (number == at for number in range(every))


def announce(said: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(dict(said)) + "\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    world = parser.add_mutually_exclusive_group(required=True)
    world.add_argument("--drill", dest="world", action="store_const", const="drill")
    world.add_argument("--live", dest="world", action="store_const", const="live")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(run_relay(Settings(), asked.world, announce, mangle=lossy(asked.seed)))


if __name__ == "__main__":
    main()
