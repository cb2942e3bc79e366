"""The whole demo: set the stage, play the case, report."""

import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from homeward import interrupts
from homeward.client import Server, Trouble, server
from homeward.demo.bystanders import Bystanders
from homeward.demo.children import NotStarted
from homeward.demo.feed import Feed, TookTooLong
from homeward.demo.memory import Busy, Memory, only_one
from homeward.demo.printing import print_report
from homeward.demo.report import Report, report_of
from homeward.demo.sinkfile import Tail
from homeward.demo.stage import Stage, cast, load_roster, set_up
from homeward.demo.story import Story, raise_case
from homeward.demo.telling import Teller

HUBS_AROUND: Final = "33.04,115.26"
HUBS_WITHIN_KM: Final = 300


class DemoFailed(Exception):
    """The demo could not be played to its end; one line, and what to do."""

    def __init__(self, what: str, mend: str) -> None:
        """``mend`` says what to do about it."""
        super().__init__(what)
        self.what, self.mend = what, mend


def play_demo(folder: Path, *, volunteers: int, keep: bool, as_json: bool, kafka: str = "") -> int:
    """Play it and return the exit code: 0 only when nobody was missed or shown anything twice.

    ``kafka``: with the server's parts as processes of their own, and these brokers between them.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    teller = Teller.beside(json=as_json)
    try:
        with only_one(folder):
            memory = Memory.of(folder)
            if memory.begin():
                teller.step(f"going on with the run that was interrupted ({memory.run})")
            with set_up(folder, memory, teller, kafka) as stage:
                report = interrupts.run(_play(stage, memory, teller, volunteers))
                if as_json:
                    sys.stdout.write(json.dumps(report.shown(), ensure_ascii=False, default=str))
                    sys.stdout.write("\n")
                else:
                    print_report(report, teller)
                if keep:
                    _keep(stage, teller)
    except KeyboardInterrupt:
        teller.step("stopped; the next demo goes on from here")
        raise
    except Busy:
        raise DemoFailed(f"another demo runs in {folder}", "wait for it, or stop it") from None
    except NotStarted as why:
        raise DemoFailed(str(why), f"look into {folder}/server.log") from None
    return 0 if report.sound else 1


async def _play(stage: Stage, memory: Memory, teller: Teller, volunteers: int) -> Report:
    async with server(stage.url, stage.admin_key) as there:
        try:
            report = await _story(there, stage, memory, teller, volunteers)
        except TookTooLong as what:
            memory.done = True
            memory.keep()
            raise DemoFailed(
                f"this did not happen in time: {what}",
                f"look into {stage.folder}/server.log; the next demo begins anew",
            ) from None
    memory.done = True
    memory.keep()
    return report


async def _story(
    there: Server, stage: Stage, memory: Memory, teller: Teller, volunteers: int
) -> Report:
    people = await cast(there, memory)
    teller.step(f"registering 40 invented hubs and {volunteers:,} invented volunteers ...")
    await load_roster(there, stage, memory, teller, volunteers)
    near = await there.get("/v1/hubs", near=HUBS_AROUND, within_km=HUBS_WITHIN_KM, limit=200)
    names = {one["hub"]: one["name"] for one in near["items"]}
    teller.title("Linquan county; one second of yours is half a minute of theirs")
    raised = await raise_case(people, memory)
    code = raised["code"]
    teller.step(f"case {code}; the parent's own page: {raised['link']}")
    feed = Feed(people["a-zhao"], code, teller, names)
    bystanders = Bystanders(there, Tail(stage.sink_file), code)
    beside = [asyncio.create_task(feed.follow()), asyncio.create_task(bystanders.live())]
    try:
        await feed.until("the report is in the log", lambda: feed.facts)
        story = Story(stage, people, memory, teller, feed, code)
        await story.officers_look()
        await story.alert_goes_out()
        await story.hubs_watch()
        helped_by = await story.sightings()
        await story.found(helped_by)
    finally:
        feed.rest()
        for task in beside:
            task.cancel()
        for task in beside:
            with suppress(asyncio.CancelledError, Trouble):
                await task
    return await report_of(stage, raised["case"])


def _keep(stage: Stage, teller: Teller) -> None:
    teller.step(f"the server stays at {stage.url} until Ctrl-C")
    with suppress(KeyboardInterrupt):
        while stage.server.running:
            stage.server.process.wait()
