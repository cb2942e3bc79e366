"""Somebody at a browser: clicks, types and reads what a page shows, by labels, names and roles.

Every page that is visited is held to what each page must be: no wider than a narrow telephone, in
one language, sound for assistive technology (axe), quiet on the console, and of one origin.
"""

import importlib.util
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import Browser, Locator, Page, Request, expect
from playwright.sync_api import Error as BrowserError
from tests.stage import Unanswered

from homeward.formats.catalogues import PAGES, Phrases

NARROW = {"width": 320, "height": 640}
"""The width that WCAG 2.2 asks of a page that is read without scrolling sideways (1.4.10)."""
PATIENCE_S = 90.0
STEP_S = 45.0
REFUSED_ENTRY = "status of 401"
"""The console says it of the form to sign in, whose status it is."""
LOOKS_MAX = 5
"""A page that reads itself again while it is judged is judged anew, so often."""
TABS_MAX = 120
ENGLISH = re.compile(r"(?:\b[A-Za-z]{2,}\b[ ,.:;]+){3,}")
CHINESE = re.compile(r"[\u4e00-\u9fff]{5,}")
"""Longer than the name of a county, which an English page takes as typed."""
PLACEHOLDER = re.compile(r"{\w+}")
GRAVE = {"serious", "critical"}
SEEN = """() => {
  const copy = document.body.cloneNode(true);
  copy.querySelectorAll("[lang],.words,svg,input,textarea").forEach(one => one.remove());
  return copy.textContent;
}"""
"""What a page itself says; what people wrote, and words marked as another language, are theirs."""
JUDGED = """() => axe.run(document, {resultTypes: ["violations"], preload: false}).then(found =>
  found.violations.map(one => [one.impact, one.id, ...one.nodes.map(node => node.html)]))"""
AT_ONCE = (
    "window.setTimeout = (then, _, ...more) => { Promise.resolve().then(() => then(...more)); };"
)
"""A page without scripts has no timers: axe, which waits for some, goes on without waiting."""


@cache
def axe() -> str:
    """Return axe-core's source, as the package ships it."""
    package = importlib.util.find_spec("axe_playwright_python")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).with_name("axe.min.js").read_text()


@dataclass
class Person:
    """One person, one browser context, one open page."""

    page: Page
    url: str
    lang: str
    scripts: bool
    wrong: list[str] = field(default_factory=list)
    visited: list[str] = field(default_factory=list)

    @classmethod
    def at(cls, browser: Browser, url: str, lang: str, *, scripts: bool = False) -> Self:
        """Sit down at a narrow browser that prefers ``lang``; scripts run only if asked for."""
        context = browser.new_context(
            viewport=NARROW,  # type: ignore[arg-type]
            locale=lang,
            java_script_enabled=scripts,
        )
        context.set_default_timeout(STEP_S * 1_000)
        page = context.new_page()
        one = cls(page, url, lang, scripts)
        page.on("request", one._asked)
        page.on("console", lambda said: one._said(said.type, f"{said.text} {said.location}"))
        page.on("pageerror", lambda error: one._said("error", str(error)))
        return one

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(f"{self.url}/"):
            self.wrong.append(f"another origin: {request.url}")

    def _said(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and REFUSED_ENTRY not in text:
            self.wrong.append(f"{self.page.url}: {kind}: {text}")

    @property
    def t(self) -> Mapping[str, str]:
        """What pages say in this language, by name."""
        return PAGES[self.lang]

    @property
    def d(self) -> Mapping[str, str]:
        """What the duty page says besides."""
        return Phrases("duty", self.lang)

    @property
    def w(self) -> Mapping[str, str]:
        """What a volunteer's own page says besides."""
        return Phrases("own", self.lang)

    def go(self, path: str) -> None:
        """Open a link that somebody gave or sent."""
        self.page.goto(path if path.startswith("http") else self.url + path)
        self.look()

    def look(self) -> None:
        """Hold the page that is shown to what each page must be."""
        for _ in range(LOOKS_MAX):
            try:
                self._look()
            except BrowserError as moved:
                if "context was destroyed" not in str(moved):
                    raise
                self.page.wait_for_load_state()
            else:
                return
        raise Unanswered(f"{self.page.url} never rests")

    def _look(self) -> None:
        self.visited.append(self.page.url)
        where = self.page.url
        assert self.page.evaluate("document.scrollingElement.scrollWidth") <= NARROW["width"], where
        assert self.page.evaluate("document.documentElement.lang") == self.lang, where
        said = self.page.evaluate(SEEN)
        assert PLACEHOLDER.findall(said) == [], where
        other = ENGLISH if self.lang.startswith("zh") else CHINESE
        assert other.findall(said) == [], (where, said)
        self.page.evaluate(f"{'' if self.scripts else AT_ONCE}{axe()};0")
        found = self.page.evaluate(JUDGED)
        if self.page.locator('a[href*="still=1"]').count() > 0:  # it can be turned off
            found = [one for one in found if one[1] != "meta-refresh"]
        grave = [one for one in found if one[0] in GRAVE]
        assert grave == [], (where, grave)

    def button(self, name: str, inside: Locator | None = None) -> Locator:
        """Return the one button that reads so."""
        return (inside or self.page).get_by_role("button", name=name, exact=True)

    def press(self, name: str, inside: Locator | None = None) -> None:
        """Press a button, and look at where it leads."""
        with self.page.expect_navigation():
            self.button(name, inside).click()
        self.look()

    def sign_in(self, key: str) -> None:
        """Sign in at the duty desk by keyboard alone: the field has the focus, Enter sends it."""
        self.go("/duty")
        self.page.keyboard.type(key)
        self.send_by("Enter")
        self.reads(self.d["queue"])

    def send_by(self, key: str) -> None:
        """Press a key that sends the form, and look at where it leads."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        self.look()

    def follow(self, name: str) -> None:
        """Follow a link, and look at where it leads."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name, exact=True).first.click()
        self.look()

    def unfold(self, name: str, inside: Locator | None = None) -> Locator:
        """Open what is folded under a heading, and return it."""
        exactly = re.compile(rf"^\s*{re.escape(name)}\s*$")
        summary = (inside or self.page).locator("summary").filter(has_text=exactly)
        summary.click()
        return summary.locator("..")

    def choose(self, group: str, answer: str, inside: Locator | None = None) -> None:
        """Choose one answer of a question."""
        asked = (inside or self.page).get_by_role("group", name=group, exact=True)
        asked.get_by_role("radio", name=answer, exact=True).check()

    def type_in(self, label: str, said: str, inside: Locator | None = None) -> None:
        """Type into the field of a label."""
        (inside or self.page).get_by_label(label, exact=True).fill(said)

    def reads(self, text: str) -> None:
        """Find a text that is to be seen."""
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=STEP_S * 1_000)

    def tab_to(self, there: Locator) -> None:
        """Press Tab until something has the focus, as who has no mouse."""
        for _ in range(TABS_MAX):
            if there.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise Unanswered(f"no Tab leads to {there}")

    def until(self, condition: Any, what: str) -> None:
        """Read the page again until it shows something."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            if condition():
                self.look()
                return
            time.sleep(0.3)
            with suppress(BrowserError):  # a page that just reads itself again breaks it off
                self.page.reload()
        raise Unanswered((what, self.page.inner_text("main")))
