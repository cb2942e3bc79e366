"""Plays scripts step by step, each after the last came to rest, and writes down what was said."""

import ast
import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeAlias

from tests.stories.scripts.steps import Ago, Ask, Move, Pass, Script, Send, Step

from homeward.record.envelope import Row
from homeward.testing.memory import said

Words: TypeAlias = tuple[str, str, str, str]
"""(derived id, stream, kind, public part)"""
Told: TypeAlias = tuple[str, str]
"""(recipient, message id)"""


class Host(Protocol):
    """Whatever hears facts and tells people, behind the same doors."""

    async def ask(self, who: str, method: str, path: str, body: Any, key: str) -> Any:
        """Return the answer to a request; it has to be granted."""
        ...

    async def here(self, recipient: str) -> str | None:
        """Return where a recipient is by the roster."""
        ...

    async def send(self, *, on: bool) -> None:
        """Start or stop the senders."""
        ...

    def now(self) -> datetime:
        """Return the case clock."""
        ...

    async def move_to(self, moment: datetime) -> None:
        """Set the case clock, and let be said what is due then."""
        ...

    async def next_due(self) -> datetime | None:
        """Return the next moment somebody waits for."""
        ...

    async def quiet(self) -> None:
        """Wait until nothing more follows."""
        ...

    async def size(self) -> int:
        """Return the size of the log."""
        ...

    async def rows(self, after: int) -> Sequence[Row]:
        """Return every fact from a size of the log on."""
        ...

    async def told(self) -> frozenset[Told]:
        """Return every message that anybody has."""
        ...


@dataclass(frozen=True, slots=True)
class Moment:
    """A step of a script, and what was said until it came to rest."""

    script: str
    step: str
    words: frozenset[Words]


def words_of(row: Row) -> Words:
    """Return what is compared of a fact.

    An approval names the hash of sealed bytes, and no two hosts share their nonces.
    """
    id_, stream, kind, public = said(row)
    if kind == "case.alert-approved/1":
        told = {name: one for name, one in ast.literal_eval(public).items() if name != "digest"}
        public = str(told)
    return id_, stream, kind, public


Between: TypeAlias = Callable[[Script, int], Awaitable[None]]
"""Called (script, number of the step) before a step's facts come to rest."""


async def undisturbed(_script: Script, _number: int) -> None:
    """Disturb nothing."""


@dataclass(slots=True)
class Player:
    """Plays on one host."""

    host: Host
    between: Between = undisturbed
    moments: list[Moment] = field(default_factory=list)

    async def play(self, scripts: Sequence[Script]) -> None:
        """Play scripts one after another in one world."""
        for number, script in enumerate(scripts):
            await self._pass_until(script.begins(number))
            saved: dict[str, str] = {}
            for place, step in enumerate(script.steps):
                before = await self.host.size()
                await self._step(script, step, saved)
                await self.between(script, place)
                await self.host.quiet()
                words = frozenset(map(words_of, await self.host.rows(before)))
                self.moments.append(Moment(script.name, step.name, words))

    async def _step(self, script: Script, step: Step, saved: dict[str, str]) -> None:
        key = f"{script.name}.{step.name}".replace(" ", "-")
        match step:
            case Ask():
                await self._ask(step, key, saved)
            case Move():
                await self._move(step, key)
            case Pass():
                await self._pass_until(self.host.now() + timedelta(minutes=step.minutes))
            case Send():
                await self.host.send(on=step.on)

    async def _ask(self, step: Ask, key: str, saved: dict[str, str]) -> None:
        path, body = step.path.format_map(saved), self._filled(step.body, saved)
        answer = await self.host.ask(step.who, step.method, path, body, key)
        if isinstance(answer, dict):
            assert not answer.get("refused"), answer
        for name, where in step.saves.items():
            found = answer
            for part in where.split("."):
                found = found[int(part)] if part.isdigit() else found[part]
            saved[name] = found

    async def _move(self, step: Move, key: str) -> None:
        """Say where people are, and wait until the roster knows: it may come by a topic."""
        if step.who == "admin":
            said_ = [{"recipient": one, "cell": cell} for one, cell in step.cells]
            body: dict[str, Any] = {"positions": said_}
        else:
            [(_, cell)] = step.cells
            body = {"cell": cell}
        await self.host.ask(step.who, "POST", "/v1/positions", body, key)
        for recipient, cell in step.cells:
            await until(lambda who=recipient, at=cell: self._is_here(who, at), recipient)

    async def _is_here(self, recipient: str, cell: str) -> bool:
        return await self.host.here(recipient) == cell

    async def _pass_until(self, moment: datetime) -> None:
        host = self.host
        await host.quiet()
        while (due := await host.next_due()) is not None and due <= moment:
            await host.move_to(due)
            await host.quiet()
        await host.move_to(moment)

    def _filled(self, part: Any, saved: dict[str, str]) -> Any:
        match part:
            case Ago(minutes=minutes):
                return (self.host.now() - timedelta(minutes=minutes)).isoformat()
            case dict():
                return {name: self._filled(one, saved) for name, one in part.items()}
            case list() | tuple():
                return [self._filled(one, saved) for one in part]
            case str() if "{" in part:
                return part.format_map(saved)
        return part


async def until(
    condition: Callable[[], Awaitable[bool]], what: str, patience_s: float = 60.0
) -> None:
    """Wait until something holds, looking at it again and again."""
    async with asyncio.timeout(patience_s):
        while not await condition():  # noqa: ASYNC110 -- what it waits for is in a database
            await asyncio.sleep(0.02)
