import ast
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

RINGS = ("schemas", "streams", "services")
BINARY = {".png", ".jpg", ".jpeg", ".heic", ".ico", ".woff2", ".gz", ".zip", ".pbf", ".mo"}


@dataclass(frozen=True)
class File:
    """One file of the project, named as git names it."""

    root: Path
    name: str

    @cached_property
    def text(self) -> str:
        return (self.root / self.name).read_text(encoding="utf-8")

    @cached_property
    def lines(self) -> int:
        return self.text.count("\n")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.name)

    @property
    def is_python(self) -> bool:
        return self.name.endswith(".py")

    @property
    def is_product(self) -> bool:
        return self.name.split("/")[0] in RINGS


@pytest.fixture(scope="session")
def files(project: Path) -> list[File]:
    """Every text file that is committed or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=project,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    return [
        File(project, name)
        for name in sorted(filter(None, listed))
        if Path(name).suffix not in BINARY and (project / name).is_file()
    ]


@pytest.fixture(scope="session")
def python(files: list[File]) -> list[File]:
    return [file for file in files if file.is_python]


@pytest.fixture(scope="session")
def product(python: list[File]) -> list[File]:
    return [file for file in python if file.is_product]
