"""A command line parsed as far as running it, for what is written down elsewhere."""

from collections.abc import Sequence
from typing import Any

import typer

from homeward.cli.app import app


def understood(words: Sequence[str]) -> Any:
    """Parse the words behind `homeward`, return the parser's context; raises what it says."""
    command: Any = typer.main.get_command(app)
    context = None
    rest = ["homeward", *words]
    while True:
        name = rest.pop(0)
        context = command.make_context(name, list(rest), parent=context)
        if not hasattr(command, "commands"):
            return context
        name, command, rest = command.resolve_command(context, context._protected_args)
        rest = [name, *rest, *context.args] if not rest else [name, *rest]


__all__ = ["understood"]
