"""A real Chromium, Debian's, that reaches nothing but loopback; one for each file of tests."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.browser.person import Person
from tests.stage import Stage, staged

LOOPBACK_ONLY = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
FLAGS = (
    LOOPBACK_ONLY,
    "--disable-gpu",
    "--use-angle=swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def found() -> str:
    """Return the browser's path; without one the test skips, and the gate fails."""
    program = shutil.which("chromium")
    if program:
        return program
    why = "needs Chromium: apt-get install chromium fonts-noto-cjk"
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser; each person gets a context of it, which shares no cookie with another.

    Not one for the session: as long as it is open the driver's event loop counts as running in this
    thread, and no async test of another folder could start its own.
    """
    program = found()
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*FLAGS, *as_root])
        yield browser
        browser.close()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A drill world in a folder of its own, not started yet."""
    with staged(tmp_path) as one:
        yield one


@pytest.fixture
def person(chromium: Browser, stage: Stage) -> Iterator[Callable[..., Person]]:
    """Make people who each sit at a browser of their own; what they saw is judged at the end."""
    everybody: list[Person] = []

    def sits_down(lang: str, **options: Any) -> Person:
        url = (stage.world / "url").read_text().strip()
        everybody.append(Person.at(chromium, url, lang, **options))
        return everybody[-1]

    yield sits_down
    for one in everybody:
        one.page.context.close()
    assert [wrong for one in everybody for wrong in one.wrong] == []
