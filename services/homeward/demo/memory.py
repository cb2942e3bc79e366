"""What the demo remembers, so that an interrupted run goes on where it stopped."""

import fcntl
import json
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

GOES_ON_S: Final = 2 * 3_600
"""The alert of an older run will have expired (the case clock runs on): a new one begins."""
FILE: Final = "demo.json"


class Busy(Exception):
    """Another demo runs in this folder."""


@dataclass(slots=True)
class Memory:
    """One run, and what stays from run to run; written before each step that it makes possible."""

    path: Path
    run: str = ""
    began: float = 0.0
    done: bool = True
    sink_port: int = 0
    registered: int = 0
    """Volunteers that were ever registered in this folder's world."""
    loaded: str = ""
    """What the roster was loaded for: people and address of the sink."""
    keys: dict[str, str] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)
    """Bodies of this run's requests: asked again, they are the same to the letter."""

    @classmethod
    def of(cls, folder: Path) -> "Memory":
        """Return what is remembered in a folder; nothing in a new one."""
        path = folder / FILE
        try:
            return cls(path, **json.loads(path.read_text()))
        except (OSError, ValueError, TypeError):
            return cls(path)

    def begin(self) -> bool:
        """Go on with an unfinished run, or begin a new one; True when it goes on."""
        if not self.done and time.time() - self.began < GOES_ON_S:
            return True
        self.run = time.strftime("%Y%m%d-", time.gmtime()) + secrets.token_hex(4)
        self.began, self.done, self.said = time.time(), False, {}
        self.keep()
        return False

    def once(self, name: str, make: Callable[[], Any]) -> Any:  # noqa: ANN401 -- JSON
        """Return what was said under a name in this run, making it the first time."""
        if name not in self.said:
            self.said[name] = make()
            self.keep()
        return self.said[name]

    def keep(self) -> None:
        """Write it down, whole or not at all; it holds keys, so it is for its owner only."""
        content = {name: value for name, value in asdict(self).items() if name != "path"}
        fresh = self.path.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder for this demo. Raises Busy."""
    handle = os.open(folder / "demo.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Busy from None
    finally:
        os.close(handle)
