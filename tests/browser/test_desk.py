"""The desk where time counts: an alert is taken back without a mouse, and what is new sounds."""

from dataclasses import dataclass
from typing import Any, Self

from playwright.sync_api import CDPSession, Page, expect
from tests.browser.person import PATIENCE_S, Person
from tests.stage import SEAT, Stage, alert, count, raise_case, register, until

from homeward.words import case_code

NEAR = tuple(f"near-{number}" for number in range(5))
COUNTS_TONES = """(() => {
  window.tones = 0;
  const start = AudioScheduledSourceNode.prototype.start;
  AudioScheduledSourceNode.prototype.start = function (...when) {
    window.tones += 1;
    return start.apply(this, when);
  };
})()"""


def opens(stage: Stage) -> None:
    """Start a drill world whose neighbours have the sink's address, and make officers' keys."""
    address = stage.start_sink()
    stage.start()
    stage.make_keys("officer", "supervisor")
    place = {"lat": SEAT[0], "lon": SEAT[1], "datum": "wgs84"}
    reached = {"places": [place], "contacts": [[{"channel": "webhook", "address": address}]]}
    register(stage, [{"recipient": who, "kind": "volunteer", **reached} for who in NEAR])


def told(stage: Stage, purpose: str) -> frozenset[str]:
    return count(stage.messages(), purpose, 1).recipients


def by_keyboard(one: Person, code: str) -> None:
    """Take back a live alert: from the queue to the case, then one form that is ready to send.

    The queue stands still, as for who needs longer than the time until it is read again.
    """
    d, page = one.d, one.page
    one.go("/duty?still=1")
    one.tab_to(page.get_by_role("link", name=code))
    one.send_by("Enter")
    cancel = page.locator("summary.grave", has_text=d["cancel"])
    one.tab_to(cancel)
    page.keyboard.press("Enter")
    ready = page.locator("details[open]", has=cancel)
    retraction = ready.locator(f'.words[lang="{one.lang}"]')
    expect(retraction).to_contain_text(code)
    one.tab_to(ready.get_by_role("radio", name=d["reason-false"], exact=True))
    page.keyboard.press("Space")
    one.tab_to(one.button(d["cancel-do"], ready))
    one.send_by("Enter")
    one.reads(d["done-cancel"])


def test_an_alert_is_taken_back_by_keyboard_in_one_form(stage, person):
    opens(stage)
    for number, lang in enumerate(("zh-Hans", "en"), start=1):
        case = raise_case(stage, key=lang)
        path = f"/v1/cases/{case}/verify"
        stage.ask("POST", path, {"unit": "t"}, role="officer", key=f"verify-{lang}")
        alert(stage, case, tag=lang)
        alerts = len(NEAR) * number
        until(lambda alerts=alerts: lines(stage, "alert") >= alerts, PATIENCE_S, "all are told")
        one = person(lang)
        one.sign_in(stage.keys["officer"])
        by_keyboard(one, case_code(case))
        until(lambda alerts=alerts: lines(stage, "cancel") >= alerts, PATIENCE_S, "taken back")
    assert told(stage, "cancel") == told(stage, "alert") == {*NEAR}
    assert lines(stage, "cancel") == lines(stage, "alert") == 2 * len(NEAR)


def lines(stage: Stage, purpose: str) -> int:
    """Count the messages of a purpose, each once."""
    return len({one["message_id"] for one in stage.messages() if one["purpose"] == purpose})


@dataclass
class Ears:
    """What a tab sounds and says, asked so that the asking is no touch of the page.

    Playwright asks as if somebody had clicked, which lets every page sound; this does not.
    """

    page: Page
    cdp: CDPSession

    @classmethod
    def on(cls, page: Page) -> Self:
        """Listen to a tab."""
        return cls(page, page.context.new_cdp_session(page))

    def ask(self, script: str) -> Any:
        """Return what a script says; None while the page is on its way."""
        asked = {"expression": script, "returnByValue": True, "userGesture": False}
        return self.cdp.send("Runtime.evaluate", asked)["result"].get("value")

    @property
    def tones(self) -> int:
        """How many tones were started since the page was opened."""
        return int(self.ask("window.tones"))

    def says(self, text: str) -> None:
        """Wait until the button reads so."""
        read = "document.getElementById('sound')?.textContent"
        until(lambda: self.ask(read) == text, PATIENCE_S, f"the button says {text!r}")

    def click(self) -> None:
        """Click the button as a hand does."""
        script = (
            "(() => { const at = document.getElementById('sound').getBoundingClientRect();"
            " return [at.x + at.width / 2, at.y + at.height / 2]; })()"
        )
        self.page.mouse.click(*self.ask(script))

    def hears(self, stage: Stage, key: str) -> int:
        """Raise a case, wait until the queue shows it, and return how many tones that made."""
        before = self.tones
        code = case_code(raise_case(stage, key=key))
        read = f"document.getElementById('queue').textContent.includes('{code}')"
        until(lambda: self.ask(read), PATIENCE_S, "the queue shows it")
        return self.tones - before


def test_a_new_case_sounds_once_somebody_has_clicked_and_never_before(stage, person):
    stage.env["HOMEWARD_DESK_REFRESH_S"] = "2"
    opens(stage)
    one = person("en", scripts=True)
    d = one.d
    one.page.context.add_init_script(COUNTS_TONES)
    one.sign_in(stage.keys["officer"])
    seat = Ears.on(one.page)
    assert seat.hears(stage, "unasked") == 0, "nobody wanted sound yet"
    seat.says(d["sound-on"])
    seat.click()
    seat.says(d["sound-off"])
    assert seat.hears(stage, "first") == 3

    # A tab that nobody has touched may not sound: it says so, and one click is enough.
    other = Ears.on(one.page.context.new_page())
    other.page.goto(f"{one.url}/duty?lang=en")
    other.says(d["sound-wait"])
    assert other.hears(stage, "silent") == 0
    other.click()
    other.says(d["sound-off"])
    assert other.hears(stage, "second") == 3
