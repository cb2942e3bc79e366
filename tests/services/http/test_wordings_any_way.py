"""Whatever people do and in whichever order: nothing of a suspect reaches anybody before two agree.

Judged at the far side at the moment of each message: from the log as it is then, the reader as
they are then, and the text as it came.
"""

import json
import random
from dataclasses import dataclass, field

import pytest
from tests.services.dispatch.world import FarSide
from tests.services.http.test_emergencies import WHY
from tests.services.http.test_wordings import ALL, BOUNDS, NOTHING, SUSPECT, TABLE, House, marks

from homeward.case.approved import is_approved
from homeward.dispatch.channels.webhook_body import batch_body
from homeward.formats.wordings import wording_of
from homeward.record.envelope import read
from homeward.words import Tier

STEPS = 14
ACTS = (
    *("draft", "approve", "approve", "issue", "issue", "need"),
    *("note", "time", "join", "tier"),
)
SEEDS = range(10)


@dataclass
class Judge(FarSide):
    """A far side that looks at each message when it comes."""

    house: object = None
    wrong: list = field(default_factory=list)
    seen: set = field(default_factory=set)

    async def send(self, batch):
        try:
            self.look(batch)
        except Exception as failure:  # noqa: BLE001 -- a sender would take it for a fault of ours
            self.wrong.append(repr(failure))
        return await super().send(batch)

    def look(self, batch):
        disk = self.house.store.disk
        for one in batch:
            drafted, approved = {}, set()
            for row in disk.log.rows:
                body = json.loads(row.envelope)
                if body["kind"] == "case.alert-drafted/1":
                    drafted[body["id"]] = body["actor"]["id"]
                if body["kind"] == "case.alert-approved/1":
                    of = body["pub"]["draft"]
                    assert drafted[of] != body["actor"]["id"]
                    approved.add(of)
            who = disk.roster.registered[one.recipient].recipient
            may = TABLE[wording_of(who.kind, who.tier, who.level)]
            told = marks(batch_body([one]).decode())
            self.seen.add(told)
            if told - may or (told and one.texts_of not in approved):
                self.wrong.append((one.recipient, sorted(told), one.purpose))


class Any(House):
    """A house in which things happen by chance."""

    def __init__(self, world, seed):
        self.judge_all = Judge("webhook", house=self)
        super().__init__(world, self.judge_all)
        self.chance, self.joined, self.drafts = random.Random(seed), 0, []

    async def ask(self, who, path, body=None):
        answer = await self.world.post(who, path, body)
        assert answer.status_code < 500, answer.text
        return answer.json() if answer.is_success else None

    async def step(self, path):
        draw, newest = self.chance, self.drafts[-1:] or [("", {})]
        draft, seen = draw.choice([*self.drafts, *newest * 3])
        officer = draw.choice(["officer", "officer:o-2", "supervisor", "supervisor:s-2"])
        match draw.choice(ACTS):
            case "draft":
                km = draw.choice([30, 300])
                made = await self.ask(officer, f"{path}/alerts", {**BOUNDS, "reach_km_max": km})
                if made:
                    at = f"{path}/alerts/{made['draft']}"
                    self.drafts.append((at, {"digest": made["digest"]}))
            case "approve" if draft:
                await self.ask(officer, f"{draft}/approve", seen)
            case "issue" if draft:
                await self.ask(officer, f"{draft}/issue")
            case "need" if draft:
                key = await self.world.key("supervisor", "s-3")
                body = {**seen, "reason": WHY, "key": key}
                await self.ask("supervisor:s-3", f"{draft}/emergency", body)
            case "note":
                await self.ask(officer, f"{path}/suspect", SUSPECT)
            case "time":
                self.store.clock.pass_s(60 * draw.randint(1, 12))
            case "join":
                self.joined += 1
                tier = draw.choice(list(Tier))
                await self.register(f"late{self.joined}", tier.value, tier=tier)
            case "tier":
                self.people.pop("vet-webhook", None)
                await self.register("vet", "vetted", tier=draw.choice(list(Tier)))


@pytest.mark.parametrize("seed", SEEDS)
async def test_nothing_of_a_suspect_reaches_anybody_before_a_second_person_agreed(live_world, seed):
    house = Any(live_world, seed)
    await house.rest()
    await house.everybody()
    path = await house.case()
    for _ in range(STEPS):
        await house.step(path)
        if house.chance.random() < 0.7:
            await house.rest()
    await house.rest()
    assert house.judge_all.wrong == [], f"seed {seed}"
    await pages_say_what_is_approved(house, path)


async def pages_say_what_is_approved(house, path):
    case = path.rpartition("/")[2]
    facts = [read(row) for row in await house.store.log.key_rows(case)]
    for message in await house.store.inbox.since("hub-inbox", 0):
        if message.purpose not in {"alert", "watch"}:
            continue
        token = house.store.key_ring.token("inbox", "hub-inbox")
        shown = (await house.world.http.get(f"/v1/inbox/hub-inbox/{token}/messages")).json()
        [text] = [one["text"] for one in shown["items"] if one["seq"] == message.seq]
        assert marks(text) == (ALL if is_approved(facts, message.texts_of) else NOTHING)


async def test_by_chance_they_are_told_of_one_now_and_then(live_world):
    """Or the test above would hold because nothing is ever told."""
    house = Any(live_world, 1)
    await house.rest()
    await house.everybody()
    path = await house.case()
    made = await house.ask("officer", f"{path}/alerts", BOUNDS)
    draft = f"{path}/alerts/{made['draft']}"
    await house.ask("officer", f"{draft}/issue")
    await house.rest()
    assert house.judge_all.seen == {NOTHING}
    await house.ask("supervisor", f"{draft}/approve", {"digest": made["digest"]})
    await house.register("late", "vetted", tier=Tier.VETTED)
    await house.rest()
    assert house.judge_all.seen == {NOTHING, TABLE["vetted"]}
    assert house.judge_all.wrong == []
