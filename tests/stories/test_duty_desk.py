"""Two officers take a case from a mother's report to its close-out, through pages only.

Forms are filled in as the pages show them, over a real server; who was told is read from the
sink's own file.
"""

import asyncio
import re
import time

import httpx2
from tests.services.http.desking import Browser
from tests.services.http.looking import BROWSER, FORM
from tests.stage import SEAT, Stage, Unanswered, count, register, volunteers

NO_HISTORY = (
    "what is asked here demo and fast_lane ask, which are played; its own is that forms ask"
)
PEOPLE = 200
PATIENCE_S = 90.0


async def until(condition, what):
    """Wait until a page or the sink shows something."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if await condition():
            return
        await asyncio.sleep(0.2)
    raise Unanswered(what)


async def report(url):
    """Fill in the parent's form, and return the code of the case."""
    async with httpx2.AsyncClient(base_url=url, headers=BROWSER, timeout=30) as http:
        form = (await http.get("/report?lang=en")).text
        now = re.search(r'name="last_seen_time" value="(\d\d:\d\d)"', form)[1]
        date = re.search(r'name="last_seen_date" id="last_seen_date" value="([\d-]+)"', form)[1]
        said = {
            "form": FORM.search(form)[1],
            "category": "stranger-abduction",
            "mode": "vehicle",
            "custody": "none",
            "protection_order": "no",
            "last_seen_date": date,
            "last_seen_time": now,
            "place": f"{SEAT[0]}, {SEAT[1]}",
            "datum": "wgs84",
            "name": "Invented Child",
        }
        answer = await http.post("/report?lang=en", data=said)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].split("/")[2]


async def test_from_a_report_to_the_close_out_through_pages_only(stage: Stage) -> None:
    address = stage.start_sink()
    stage.start()
    stage.make_keys("officer", "supervisor")
    people = volunteers(address, PEOPLE)
    register(stage, people)
    everybody = {one["recipient"] for one in people}
    url = (stage.world / "url").read_text().strip()
    first, second = Browser(url=url), Browser(url=url)
    async with first.http, second.http:
        await work(stage, everybody, await report(url), first, second)
    for purpose in ("alert", "close-out"):
        found = count(stage.messages(), purpose, 1)
        assert (found.shown_twice, found.recipients) == (0, everybody)
    said = (stage.folder / "server.log").read_text()
    assert [one for one in ("Invented Child", *stage.keys.values()) if one in said] == []
    assert stage.cli("verify", "--drill").returncode == 0


async def work(
    stage: Stage, everybody: set[str], code: str, first: Browser, second: Browser
) -> None:
    """Take the case from its report to its end; the second officer has the next shift."""
    await first.sign_in(key=stage.keys["officer"])
    await first.show("/duty/hand-over")
    await first.send("/hand-over/accept")
    assert "The report waits for somebody to take it up" in first.text
    case = re.search(r'href="(/duty/cases/[0-9a-f-]+)\?', await first.show("/duty"))[1]
    assert code in await first.show(case)
    await first.send("/take-up", unit="Linquan PSB")
    assert "Invented Child" in await first.show(f"{case}?purpose=verification")
    await first.send("/verify")
    await first.show(f"{case}/draft")
    await first.send("/draft", reach_km_max=300, hours=6, policy="circles")
    draft = first.path
    assert "someone else must approve it" in first.text
    await first.send("/issue")

    await second.sign_in(key=stage.keys["supervisor"])
    assert "Waits for a second person" in second.text
    page = await second.show(draft)
    assert "DRILL: " in page
    await second.send("/approve", confirm=code)

    async def all_told() -> bool:
        return count(stage.messages(), "alert", 1).recipients == everybody

    await until(all_told, "everybody is told of the alert, near and far")
    await first.show("/duty/hand-over")
    await first.send("/hand-over", note=f"{code} is out, approved; wait for the hubs")
    await first.sign_out()
    assert "nobody has accepted" in await second.show("/duty")
    assert f"{code} is out, approved" in await second.show("/duty/hand-over")
    await second.send("/hand-over/accept")
    await second.show(case)
    await second.send("/resolve", outcome="found-safe")
    await second.send("/close-out")
    assert "There is no open case." in await second.show("/duty")

    async def all_know() -> bool:
        return count(stage.messages(), "close-out", 1).recipients == everybody

    await until(all_know, "exactly those who were told hear that it is over")
