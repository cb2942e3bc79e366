"""How far a long command is, on stderr: a bar on a terminal, a line each tenth in a file."""

import sys
from typing import Any, Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

TENTHS: Final = 10


class Lines(Progress):
    """Says each tenth of a task once, where a bar could not move."""

    # Any: what rich's own method takes, handed on as it is.
    def update(self, task_id: TaskID, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """Take in how far a task is."""
        task = self._tasks[task_id]
        before = _tenth(task.completed, task.total)
        super().update(task_id, *args, **kwargs)
        if _tenth(task.completed, task.total) > before:
            self.console.print(f"{task.description} {task.completed:,.0f} of {task.total:,.0f}")


def bar() -> Progress:
    """Return a bar: what is done, how much of how much, and how long it takes yet."""
    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    if console.is_terminal:
        return Progress(*columns, TimeRemainingColumn(), console=console)
    return Lines(console=console, disable=True)


def _tenth(completed: float, total: float | None) -> int:
    return int(completed * TENTHS / total) if total else 0
