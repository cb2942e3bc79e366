"""The SQL that stands in files, by name."""

import re
from functools import cache
from importlib.resources import files
from typing import Final

WORLD: Final = re.compile(r"[a-z][a-z0-9]{0,20}")


@cache
def sql(name: str) -> str:
    """Return the statement in ``sql/<name>.sql``."""
    return (files("homeward.postgres") / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def schema_of(world: str) -> str:
    """Return the database schema of a world (live, drill); ValueError for no plain word."""
    if not WORLD.fullmatch(world):
        raise ValueError("a world is named by one lower-case word")
    return f"homeward_{world}"


def app_role_of(world: str) -> str:
    """Return the role that the application works as in a world."""
    return f"{schema_of(world)}_app"


def in_world(name: str, world: str) -> str:
    """Return a statement in which ``@schema`` and ``@app`` stand for those of a world."""
    return sql(name).replace("@schema", schema_of(world)).replace("@app", app_role_of(world))
