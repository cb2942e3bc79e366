"""Everything that gates a merge. `make test` runs it all and lets pytest speak last.

The sessions use the environment that runs nox (infra/setup makes it), so that they start at once;
`wheel` alone builds a clean one, because a clean one is what it asks about.
"""

import os
import sys
from pathlib import Path

import nox

BIN = Path(sys.executable).parent
ROOTS = ("schemas", "streams", "services")

nox.needs_version = ">=2026"
nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "rings", "wheel", "tests"]


def run(session: nox.Session, program: str, *args: str) -> None:
    session.run(str(BIN / program), *args, external=True)


@nox.session
def lint(session: nox.Session) -> None:
    """Style and form."""
    run(session, "ruff", "check", "--quiet")
    run(session, "ruff", "format", "--check", "--quiet")


@nox.session
def types(session: nox.Session) -> None:
    """Types, strictly."""
    run(session, "mypy")


@nox.session
def rings(session: nox.Session) -> None:
    """Imports point inwards, and every import is declared."""
    run(session, "lint-imports", "--no-logo")
    run(session, "deptry", *ROOTS)


@nox.session
def docs(session: nox.Session) -> None:
    """What STYLE.md and the documents promise, and the README's commands."""
    run(session, "python", "-m", "pytest", "tests/tidy", *session.posargs)


@nox.session
def wheel(session: nox.Session) -> None:
    """The wheel is whole: installed into a clean environment it imports and answers."""
    tmp = Path(session.create_tmp())
    dist, venv = tmp / "dist", tmp / "venv"
    uv = str(BIN / "uv")
    for old in dist.glob("*.whl"):
        old.unlink()
    # One line of output is enough: the build's own is long.
    run(session, "python", "-m", "build", "--wheel", "--no-isolation", "--outdir", str(dist), "-q")
    (built,) = dist.glob("*.whl")
    clean = os.environ | {"VIRTUAL_ENV": str(venv.resolve())}
    session.run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(venv))
    lock = "requirements/runtime.lock"
    session.run(uv, "pip", "install", "--quiet", "--require-hashes", "-r", lock, env=clean)
    session.run(uv, "pip", "install", "--quiet", "--no-deps", str(built), env=clean)
    python = str((venv / "bin" / "python").absolute())
    session.run(python, "-I", "infra/wheel_is_whole.py", str(built), external=True)
    session.run(str((venv / "bin" / "homeward").absolute()), "--version", external=True)


@nox.session
def tests(session: nox.Session) -> None:
    """All tests but those that take minutes (`make test-faults`)."""
    run(session, "python", "-m", "pytest", *session.posargs)


@nox.session
def mutants(session: nox.Session) -> None:
    """Change policies and deciders as mutmut would: do their tests notice? (`make mutants`)."""
    run(session, "python", "infra/mutants", *session.posargs)
