"""Lawful histories of cases as plain values: the same walk for seeds and for hypothesis."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final, TypeAlias

Pick: TypeAlias = Callable[[int], int]
"""Returns a number from 0 to n - 1."""

PAUSES_S: Final = (0, 0, 45, 180, 420)
"""Between two acts; longer ones let waves, watches and waiting clocks come due."""

CASES_MAX: Final = 2
LIVE_ACTS_MAX: Final = 5
ALONE_SHARE: Final = 0.5
"""Of updates in histories of the fast lane: so many on one person's word."""

ASKED_SHARE: Final = 0.7
CLOSED_SHARE: Final = 0.2
"""Of the acts of a live case after which helpers are asked for, or no more."""


class Act(Enum):
    """Something that people do to a case, or to the roster."""

    RAISE = auto()
    ADD_FACTS = auto()
    WITHDRAW = auto()
    TAKE_UP = auto()
    VERIFY = auto()
    REJECT = auto()
    ISSUE = auto()
    """Draft, approval and issue: one group of units."""
    UPDATE = auto()
    ISSUE_ALONE = auto()
    """Draft and issue on one officer's word."""
    UPDATE_ALONE = auto()
    APPROVE = auto()
    """Of the version that is out on one officer's word, if it is: it is widened."""
    SIGHT = auto()
    """A sighting that is accepted."""
    MISTAKE = auto()
    """A sighting that is rejected."""
    VEHICLE = auto()
    ACKNOWLEDGE = auto()
    STAND_DOWN = auto()
    OPEN_ASKING = auto()
    CLOSE_ASKING = auto()
    ANSWER = auto()
    """Whoever wants to says whether they come."""
    REGISTER = auto()
    MOVE = auto()
    LEAVE = auto()
    CANCEL = auto()
    RESOLVE = auto()
    CLOSE_OUT = auto()
    WAIT = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """One act, after a pause, with a number that chooses among what it may be about."""

    act: Act
    case: int = 0
    after_s: int = 0
    choice: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """What people do, start to end; ids and times follow from it."""

    seed: int
    steps: tuple[Step, ...]


BEFORE: Final = (Act.TAKE_UP, Act.ADD_FACTS, Act.WAIT, Act.WAIT)
LIVE: Final = (
    Act.SIGHT,
    Act.SIGHT,
    Act.MISTAKE,
    Act.VEHICLE,
    Act.ACKNOWLEDGE,
    Act.ACKNOWLEDGE,
    Act.STAND_DOWN,
    Act.UPDATE,
    Act.REGISTER,
    Act.MOVE,
    Act.LEAVE,
    Act.WAIT,
)


def _acts(pick: Pick) -> Iterator[Act]:
    """Walk one case through its life."""
    yield Act.RAISE
    for _ in range(pick(3)):
        yield BEFORE[pick(len(BEFORE))]
    verdict = pick(10)
    if verdict == 0:
        yield Act.WITHDRAW
        return
    if verdict == 1:
        yield Act.REJECT
        return
    yield Act.VERIFY
    yield Act.ISSUE
    for _ in range(pick(LIVE_ACTS_MAX + 1)):
        yield LIVE[pick(len(LIVE))]
    ending = pick(4)
    if ending == 0:
        return
    if ending == 1:
        yield Act.CANCEL
        yield Act.WAIT
        return
    yield Act.RESOLVE
    yield Act.CLOSE_OUT
    yield Act.WAIT


def walk(seed: int, pick: Pick) -> History:
    """Return a history made of choices."""
    waiting = [
        [Step(act, case, PAUSES_S[pick(len(PAUSES_S))], pick(1_000)) for act in _acts(pick)]
        for case in range(1 + (pick(4) == 0) * (CASES_MAX - 1))
    ]
    steps: list[Step] = []
    while waiting:
        steps.append(waiting[pick(len(waiting))].pop(0))
        waiting = [one for one in waiting if one]
    return History(seed, tuple(steps))


def seen_often(seed: int) -> History:
    """Return the history of a seed in which live cases are seen again and again."""
    chance = random.Random(f"seen {seed}")
    steps: list[Step] = []
    live: set[int] = set()
    for step in seeded(seed).steps:
        steps.append(step)
        if step.act is Act.ISSUE:
            live.add(step.case)
        elif step.act in {Act.CANCEL, Act.RESOLVE}:
            live.discard(step.case)
        if step.case in live:
            steps += [
                Step(Act.SIGHT, step.case, chance.choice(PAUSES_S), chance.randrange(1_000))
                for _ in range(chance.randrange(3))
            ]
    return History(seed, tuple(steps))


def alone_first(seed: int, of: Callable[[int], History] | None = None) -> History:
    """Return the history of a seed in which alerts go out on one word, and many are approved."""
    chance = random.Random(f"alone {seed}")
    steps: list[Step] = []
    live: set[int] = set()
    for step in (of or seeded)(seed).steps:
        act = step.act
        if act is Act.ISSUE:
            live.add(step.case)
            act = Act.ISSUE_ALONE
        elif act is Act.UPDATE and chance.random() < ALONE_SHARE:
            act = Act.UPDATE_ALONE
        elif act in {Act.CANCEL, Act.RESOLVE}:
            live.discard(step.case)
        steps.append(replace(step, act=act))
        if step.case in live and chance.randrange(3) == 0:
            steps.append(Step(Act.APPROVE, step.case, chance.choice(PAUSES_S)))
    return History(seed, tuple(steps))


def asked_often(seed: int) -> History:
    """Return the history of a seed in which helpers are asked to come, and answer."""
    chance = random.Random(f"asked {seed}")
    steps: list[Step] = []
    live: set[int] = set()
    asking: set[int] = set()
    for step in seeded(seed).steps:
        if step.act in {Act.CANCEL, Act.RESOLVE}:
            live.discard(step.case)
            asking.discard(step.case)
        steps.append(step)
        if step.act is Act.ISSUE:
            live.add(step.case)
        if step.case not in live:
            continue
        act = Act.OPEN_ASKING if step.case not in asking else Act.CLOSE_ASKING
        if chance.random() < (ASKED_SHARE if act is Act.OPEN_ASKING else CLOSED_SHARE):
            steps.append(Step(act, step.case, chance.choice(PAUSES_S), chance.randrange(1_000)))
            asking ^= {step.case}
        steps += [
            Step(Act.ANSWER, step.case, chance.choice(PAUSES_S), chance.randrange(1_000))
            for _ in range(chance.randrange(8))
        ]
    return History(seed, tuple(steps))


def seeded(seed: int) -> History:
    """Return the history of a seed: the same on every machine."""
    return walk(seed, random.Random(seed).randrange)
