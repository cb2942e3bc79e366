"""RESULTS.md: what was measured, when, on which machine, with which versions."""

import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

RESULTS: Final = Path(__file__).with_name("RESULTS.md")
PACKAGES: Final = ("asyncpg", "cryptography", "h3", "numpy", "pydantic")


def record(
    header: Sequence[str],
    lines: Sequence[Sequence[str]],
    grounds: Mapping[str, str],
    *,
    quick: bool,
) -> None:
    """Append a run to RESULTS.md."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    said = [
        f"## {now}, commit {_commit()}{', quick' if quick else ''}",
        "",
        f"{_machine()}; Python {platform.python_version()}, {packages}.",
        "",
        *(f"- {name}: {ground}" for name, ground in grounds.items()),
        "",
        *(_row(cells) for cells in (header, ["---"] * len(header), *lines)),
    ]
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write("\n" + "\n".join(said) + "\n")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _machine() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        text = ""
    models = [one.split(":", 1)[1].strip() for one in text.splitlines() if "model name" in one]
    model = models[0] if models else platform.machine()
    load = os.getloadavg()[0]
    kernel = ".".join(platform.release().split(".")[:2])
    return f"{os.cpu_count()} x {model}, {platform.system()} {kernel}, load {load:.1f}"


def _commit() -> str:
    """Return the commit, with a plus when the tree differs from it."""

    def git(*args: str) -> str:
        done = subprocess.run(  # noqa: S603 -- fixed words
            ["git", *args],  # noqa: S607 -- whichever git there is
            cwd=RESULTS.parent,
            check=False,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", "..", f":!{RESULTS.name}")
    return (git("rev-parse", "--short", "HEAD") or "unknown") + ("+" if changed else "")
