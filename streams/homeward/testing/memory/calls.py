"""Where a process may die: before or after any call of a port (SAFETY "Faults", simulation)."""

from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from homeward.ports import LogUnavailable


class Crashed(BaseException):
    """The process died here; whoever catches it must throw away all that the process knew.

    No `Exception`, because a host retries those, and the dead retry nothing.
    """


class Fault(Enum):
    """What happens to one port call."""

    CRASH_BEFORE = auto()
    """The process dies before the work was done."""
    CRASH_AFTER = auto()
    """The work is done, the process dies before it hears so."""
    AWAY_BEFORE = auto()
    """The store does not answer: nothing was done."""
    AWAY_AFTER = auto()
    """The work is done, the answer is lost on its way: the caller must take it for not done."""


def unharmed(_: int) -> Fault | None:
    """Let every call be."""
    return None


def crash_at(call: int, fault: Fault = Fault.CRASH_BEFORE) -> Callable[[int], Fault | None]:
    """Harm one call, counted from 1."""
    return {call: fault}.get


@dataclass(slots=True)
class Calls:
    """Counts one process's port calls, and harms those that were planned."""

    faults: Callable[[int], Fault | None] = unharmed
    """What is to befall the call with that number, counted from 1."""
    pause: Callable[[], Awaitable[None]] | None = None
    """Runs before each call: where a test lets another process go first."""
    count: int = 0
    by_name: Counter[str] = field(default_factory=Counter)
    dead: bool = False

    def at(self, name: str) -> Fault | None:
        """Count a call and return what is to befall it. Raises Crashed once the process died."""
        if self.dead:
            raise Crashed(name)
        self.count += 1
        self.by_name[name] += 1
        return self.faults(self.count)

    def befall(self, fault: Fault | None, name: str, *, done: bool) -> None:
        """Do what the fault says before (or after) the work."""
        if fault is (Fault.CRASH_AFTER if done else Fault.CRASH_BEFORE):
            self.dead = True
            raise Crashed(name)
        if fault is (Fault.AWAY_AFTER if done else Fault.AWAY_BEFORE):
            raise LogUnavailable(name)


class _Called(Protocol):
    calls: Calls


A = TypeVar("A", bound=_Called)
P = ParamSpec("P")
R = TypeVar("R")


def port_call(
    method: Callable[Concatenate[A, P], Awaitable[R]],
) -> Callable[Concatenate[A, P], Coroutine[Any, Any, R]]:
    """Make a method a port call: counted, and a place where the process may die."""
    name = getattr(method, "__qualname__", "?")

    async def called(adapter: A, /, *args: P.args, **kwargs: P.kwargs) -> R:
        calls = adapter.calls
        if calls.pause is not None:
            await calls.pause()
        fault = calls.at(name)
        if fault is None:
            return await method(adapter, *args, **kwargs)
        calls.befall(fault, name, done=False)
        answer = await method(adapter, *args, **kwargs)
        calls.befall(fault, name, done=True)
        return answer

    update_wrapper(called, method)
    return called
