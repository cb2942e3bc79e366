"""Who reads what of a suspect, judged from what reached each: a marker stands in every field.

The house's own processors, lane and senders over a live world in memory; its channels keep what
they were given.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from tests.services.dispatch.world import KNOBS, FarSide
from tests.services.http.conftest import CELL_7
from tests.services.http.test_emergencies import used

from homeward.dispatch.caller import Caller
from homeward.dispatch.channels.inbox import LiveInboxChannel
from homeward.dispatch.channels.webhook_body import batch_body
from homeward.dispatch.words import SealedWords
from homeward.ports import Contact, Recipient, Verdict
from homeward.testing.histories import History
from homeward.testing.memory import MemoryStore
from homeward.testing.simulation import Simulation, Trouble
from homeward.testing.simulation.running import whole_crew
from homeward.words import RecipientKind, Tier

SUSPECT = {
    "suspect": "Qzlooks",
    "relation": "parent",
    "vehicle": "Qzvehicle",
    "licence_plate": "QZPLATE",
}
MARKS = {"suspect": "qzlooks", "relation": "aparent", "vehicle": "qzvehicle", "plate": "qzplate"}
NOTHING = frozenset[str]()
CAR, ALL = frozenset({"vehicle", "plate"}), frozenset(MARKS)
LOOKS = CAR | {"suspect"}
TABLE = {"public": CAR, "vetted": LOOKS, "hub": ALL}
"""What each reads once two people stand behind it; before that nobody reads anything."""
VOLUNTEER, VETTED = RecipientKind.VOLUNTEER, Tier.VETTED
BOUNDS = {"severity": "extreme", "reach_km_max": 300, "expires_in_s": 7_200}


def marks(text):
    """Which fields of a suspect a text tells of, also where a voice spells them."""
    bare = "".join(text.split()).casefold()
    return frozenset(name for name, mark in MARKS.items() if mark in bare)


@dataclass
class Sender:
    """The house's own sender, which sends what is due while it is up."""

    caller: Caller
    store: MemoryStore
    up: list[bool]

    def ready(self, _leased):
        pass

    async def drain(self):
        while self.up[0] and await self.store.ledger.next_open_s() == 0:
            await self.caller.once()


class House:
    """A live world, everything that hears and sends in it, and the far sides."""

    def __init__(self, world, far=None):
        self.world, self.store, self.up = world, world.store, [True]
        self.far = far or FarSide("webhook")
        self.people = dict[str, str]()
        self.simulation = Simulation(
            History(1, ()), Trouble(bells=False), whole_crew, send=self._send, store=self.store
        )

    def _send(self, store, _sink):
        words = SealedWords(store.log, store.subject_keys, authority="Police", drill=False)
        caller = Caller(
            log=store.log, ledger=store.ledger, roster=store.roster,
            channels={"webhook": self.far, "inbox": LiveInboxChannel(store.inbox)},
            words=words, link=lambda one: f"https://homeward.test/i/{one}", clock=store.clock,
            meter=store.meter, drill=False, knobs=KNOBS, chance=lambda: 0.5,
        )  # fmt: skip
        return Sender(caller, store, self.up)

    async def register(self, name, wording, kind=VOLUNTEER, tier=Tier.PUBLIC, level=0):
        """Register somebody twice: with a webhook, and with a page."""
        cell = "8a40b059a787fff" if kind is RecipientKind.HUB else CELL_7
        for way, address in (("webhook", f"https://far.test/{name}"), ("inbox", "")):
            one = Recipient(
                f"{name}-{way}", kind, () if kind is RecipientKind.DESK else (cell,), lang="en",
                tier=tier, level=level, hub_kind="station" if kind is RecipientKind.HUB else "",
                name="Linquan station" if kind is RecipientKind.HUB else None,
                contacts=((Contact(way, address),),),
            )  # fmt: skip
            await self.store.roster.register([one])
            self.people[one.id] = wording

    async def everybody(self):
        await self.register("pub", "public")
        await self.register("vet", "vetted", tier=VETTED)
        await self.register("hub", "hub", kind=RecipientKind.HUB)

    async def case(self):
        case = (await self.world.raised("officer", mode="vehicle"))["case"]
        path = f"/v1/cases/{case}"
        await self.say("officer", f"{path}/verify", {"unit": "Linquan"})
        await self.say("officer", f"{path}/suspect", SUSPECT)
        return path

    async def say(self, who, path, body=None):
        answer = await self.world.post(who, path, body)
        assert answer.is_success, answer.text
        return answer.json()

    async def draft(self, path, **more):
        made = await self.say("officer", f"{path}/alerts", {**BOUNDS, **more})
        return f"{path}/alerts/{made['draft']}", {"digest": made["digest"]}

    async def rest(self):
        await self.simulation.rest()

    def got(self):
        """What reached the webhooks, whole, by recipient."""
        found = dict[str, list[str]]()
        for one in self.far.got:
            found.setdefault(one.recipient, []).append(batch_body([one]).decode())
        return found

    async def read(self, who):
        """All that somebody's own page and its API show."""
        token = self.store.key_ring.token("inbox", who)
        shown = [
            await self.world.http.get(f"/i/{who}/{token}", params={"lang": "en"}),
            await self.world.http.get(f"/v1/inbox/{who}/{token}/messages"),
            await self.world.get(f"hi_{who}.{token}", "/v1/messages"),
        ]
        assert [one.status_code for one in shown] == [200] * 3
        assert shown[1].json()["items"], who
        return [one.text for one in shown]

    async def judge(self, *, approved, read=True):
        """See that each was told exactly what the table gives them."""
        told = self.got()
        for who, wording in self.people.items():
            wanted = TABLE[wording] if approved else NOTHING
            if who.endswith("webhook"):
                assert told[who], who
                assert [marks(one) for one in told[who]] == [wanted] * len(told[who]), who
            elif read:
                assert [marks(one) for one in await self.read(who)] == [wanted] * 3, who


@pytest.fixture
async def house(live_world):
    one = House(live_world)
    await one.rest()  # who hears begins at the log's head: before anything is said
    await one.everybody()
    return one


async def alone(house):
    path = await house.case()
    draft, read = await house.draft(path)
    await house.say("officer", f"{draft}/issue")
    await house.rest()
    return path, draft, read


async def test_on_one_word_nobody_reads_of_a_suspect_and_after_the_approval_each_reads_theirs(
    house,
):
    _, draft, read = await alone(house)
    await house.judge(approved=False)
    before = Counter(one.message_id for one in house.far.got)

    await house.say("supervisor", f"{draft}/approve", read)
    await house.rest()
    for who, wording in house.people.items():
        if who.endswith("inbox"):
            assert [marks(one) for one in await house.read(who)] == [TABLE[wording]] * 3, who
    assert Counter(one.message_id for one in house.far.got) == before  # nobody is told twice


async def test_approved_before_it_goes_out_each_is_told_theirs(house):
    path = await house.case()
    draft, read = await house.draft(path)
    await house.say("supervisor", f"{draft}/approve", read)
    await house.say("officer", f"{draft}/issue")
    await house.rest()
    await house.judge(approved=True)
    assert {one.purpose for one in house.far.got if one.recipient == "hub-webhook"} == {"watch"}


async def test_an_approval_that_ran_out_lets_nothing_of_a_suspect_out(house):
    path = await house.case()
    draft, read = await house.draft(path)
    await house.say("supervisor", f"{draft}/approve", read)
    house.store.clock.pass_s(timedelta(minutes=11).total_seconds())
    await house.say("officer", f"{draft}/issue")
    await house.rest()
    await house.judge(approved=False)


async def test_an_emergency_is_one_persons_word_until_somebody_approves_its_words(house):
    path = await house.case()
    draft, read = await house.draft(path)
    answer = await used(house.world, draft, read)
    assert answer.is_success, answer.text
    await house.rest()
    await house.judge(approved=False)

    own = await house.world.post("officer", f"{draft}/approve", read)
    assert own.json()["code"] == "approver-is-drafter"
    [fact] = (await house.say("supervisor:s-2", f"{draft}/approve", read))["facts"]
    assert fact["kind"] == "case.alert-approved/1"
    assert (await house.say("supervisor:s-2", f"{draft}/approve", read))["facts"] == []
    assert marks((await house.read("hub-inbox"))[0]) == ALL
    view = (await house.world.get("officer", path)).json()
    assert [one["state"] for one in view["reviews"]] == ["open"]  # it is reviewed all the same


async def test_after_an_emergency_on_the_fast_lane_the_words_still_wait(house):
    _, draft, read = await alone(house)
    assert (await used(house.world, draft, read)).is_success
    await house.rest()
    await house.judge(approved=False)
    await house.say("supervisor:s-2", f"{draft}/approve", read)
    assert marks((await house.read("vet-inbox"))[0]) == LOOKS


async def test_who_comes_late_is_told_what_is_approved_by_then(house):
    _, draft, read = await alone(house)
    house.people.clear()
    house.far.got.clear()
    await house.register("early", "vetted", tier=VETTED)
    await house.rest()
    await house.judge(approved=False)
    await house.say("supervisor", f"{draft}/approve", read)
    house.people.clear()
    house.far.got.clear()
    await house.register("late", "vetted", tier=VETTED)
    await house.register("other", "public")
    await house.rest()
    await house.judge(approved=True)


async def test_what_is_sent_again_says_what_is_approved_by_then(house):
    house.far.verdicts = {"vet-webhook": [Verdict.RETRY], "pub-webhook": [Verdict.RETRY]}
    house.up[0] = False
    path = await house.case()
    draft, read = await house.draft(path)
    await house.say("officer", f"{draft}/issue")
    await house.rest()
    house.up[0] = True
    await house.simulation.process.sender.caller.once()
    assert "vet-webhook" not in house.got()  # it was tried, and failed
    assert house.far.batches
    await house.say("supervisor", f"{draft}/approve", read)
    for _ in range(20):
        await house.rest()
        wait_s = await house.store.ledger.next_open_s()
        if wait_s is None:
            break
        house.store.clock.pass_s(wait_s)
    said = house.got()
    assert [marks(one) for one in said["vet-webhook"]] == [LOOKS]
    assert [marks(one) for one in said["pub-webhook"]] == [CAR]


async def test_an_update_begins_anew_on_one_word(house):
    path, draft, read = await alone(house)
    await house.say("supervisor", f"{draft}/approve", read)
    await house.rest()
    house.far.got.clear()
    await house.say("officer", f"{path}/suspect", {"licence_plate": "QZPLATE2"})
    newer, again = await house.draft(path, reach_km_max=30)
    await house.say("officer", f"{newer}/issue")
    await house.rest()
    told = house.got()
    assert {"pub-webhook", "vet-webhook"} <= told.keys()
    assert {marks(one) for texts in told.values() for one in texts} == {NOTHING}
    await house.say("supervisor", f"{newer}/approve", again)
    page = (await house.read("hub-inbox"))[1]
    assert marks(page) == ALL
    house.people.clear()
    await house.register("late", "vetted", tier=VETTED)
    await house.rest()
    await house.judge(approved=True)


async def test_what_ends_says_nothing_of_a_suspect(house):
    path, draft, read = await alone(house)
    await house.say("supervisor", f"{draft}/approve", read)
    await house.rest()
    house.far.got.clear()
    await house.say("officer", f"{path}/cancel", {"reason": "unfounded"})
    await house.rest()
    assert house.got().keys() >= {"pub-webhook", "vet-webhook", "hub-webhook"}
    assert {marks(one) for texts in house.got().values() for one in texts} == {NOTHING}


async def test_who_is_asked_to_come_reads_theirs(house):
    path, draft, read = await alone(house)
    await house.say("supervisor", f"{draft}/approve", read)
    await house.rest()
    house.far.got.clear()
    await house.say("officer", f"{path}/askings", {"quota": 5})
    await house.rest()
    asked = [one for one in house.far.got if one.purpose == "ask"]
    assert {one.recipient for one in asked} >= {"pub-webhook", "vet-webhook"}
    for one in asked:
        assert marks(batch_body([one]).decode()) == TABLE[house.people[one.recipient]]


async def test_whose_tier_changes_reads_by_what_they_are_now(house):
    _, draft, read = await alone(house)
    await house.say("supervisor", f"{draft}/approve", read)
    for who, tier, wanted in (
        ("vet-inbox", Tier.PUBLIC, CAR),
        ("pub-inbox", VETTED, LOOKS),
    ):
        known = await house.store.roster.get(who)
        await house.store.roster.register([replace(known.recipient, tier=tier)])
        assert [marks(one) for one in await house.read(who)] == [wanted] * 3, who


@pytest.mark.parametrize(("level", "wanted"), [(0, ALL), (1, ALL), (2, ALL), (3, LOOKS)])
async def test_desks_of_the_police_read_as_hubs_do_and_an_organisations_as_its_people(
    house, level, wanted
):
    path, draft, read = await alone(house)
    await house.register("desk", "hub", kind=RecipientKind.DESK, level=level)
    await house.say("supervisor", f"{draft}/approve", read)
    case = path.rpartition("/")[2]
    await house.world.told("desk-inbox", case, draft.rpartition("/")[2], purpose="watch")
    assert [marks(one) for one in await house.read("desk-inbox")][1:] == [wanted] * 2
