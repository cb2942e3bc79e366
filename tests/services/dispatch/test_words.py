import pytest

from homeward.desk import digest_of
from homeward.dispatch.words import SealedWords
from homeward.facts.case import (
    AlertApproved,
    AlertDrafted,
    AlertIssued,
    CaseClosedOut,
    CaseRaised,
)
from homeward.facts.hub import WatchReleased
from homeward.messages import Actor
from homeward.ports import Unit
from homeward.record.envelope import Origin, Sealer, StreamHead, person_owner, write
from homeward.record.sealing import subject_of
from homeward.testing.memory import ORIGIN, MemoryStore
from homeward.words import (
    AgeBand,
    Category,
    Custody,
    Mode,
    Purpose,
    Role,
    Severity,
    Sex,
    Texts,
    Worded,
    Wording,
    case_code,
    derived_id,
)

CASE = derived_id(ORIGIN, "case")
BY = Origin(by=Actor(id="o-1", role=Role.OFFICER))


def said(lang, text):
    return Texts(lang=lang, title=text, short=text, medium=text, full=text)


ALERT = (said("zh-Hans", "寻人:女孩"), said("en", "Missing: girl"))
RETRACTION = (said("zh-Hans", "已撤销"), said("en", "Cancelled"))


class Clock:
    at = 0.0

    def __call__(self):
        return self.at


class World:
    def __init__(self):
        self.store, self.clock = MemoryStore(), Clock()
        self.words = SealedWords(
            self.store.log,
            self.store.subject_keys,
            authority="公安局",
            drill=True,
            monotonic=self.clock,
        )

    async def append(self, fact, stream=f"case-{CASE}"):
        log, keys = self.store.log, self.store.subject_keys
        version, chain = await log.stream_head(stream)
        subjects = {
            subject_of(ORIGIN, person_owner(fact, stream, mark.of), mark.of)
            for mark in fact.personal_fields().values()
        }
        made = await keys.keys_for(subjects, create=True)
        fact_id = derived_id(ORIGIN, stream, version + 1)
        entry = write(
            fact,
            fact_id=fact_id,
            log=ORIGIN,
            head=StreamHead(stream, version, chain),
            origin=BY,
            recorded=self.store.clock.real(),
            sealer=Sealer(made.__getitem__, lambda: b"n" * 12),
        )
        await log.append([Unit((entry,))])
        return fact_id

    async def drafted(self, **changed):
        now = self.store.clock.now()
        given = {
            "case": CASE,
            "at": now,
            "alert": 1,
            "version": 2,
            "policy": "field",
            "severity": Severity.SEVERE,
            "reach_km_max": 100,
            "expires_at": now,
            "texts": ALERT,
            "retraction": RETRACTION,
        }
        return await self.append(AlertDrafted(**given | changed))

    def forget(self):
        self.store.subject_keys.forget(subject_of(ORIGIN, CASE, "child"))


@pytest.fixture
def world():
    return World()


async def test_an_alert_is_sent_in_the_words_that_were_approved(world):
    draft = await world.drafted()
    assert await world.words.words(draft, Purpose.ALERT, "zh-Hans") == ALERT[0]
    assert await world.words.words(draft, Purpose.ALERT, "en") == ALERT[1]


async def test_a_cancel_is_sent_in_the_words_that_were_approved_with_it(world):
    draft = await world.drafted()
    assert (await world.words.words(draft, Purpose.CANCEL, "en")).title == "Cancelled"


async def test_whoever_reads_another_language_gets_a_kindred_one(world):
    draft = await world.drafted()
    assert (await world.words.words(draft, Purpose.ALERT, "zh-Hant")).lang == "zh-Hans"
    assert (await world.words.words(draft, Purpose.ALERT, "fr")).lang == "zh-Hans"


async def test_a_hub_is_told_nothing_that_nobody_approved(world):
    draft = await world.drafted()
    watch = await world.words.words(draft, Purpose.WATCH, "en")
    assert watch.full.endswith(ALERT[1].full)
    assert watch.title != ALERT[1].title


async def test_a_page_gets_what_was_drafted_and_frames_it_itself(world):
    draft = await world.drafted()
    assert await world.words.drafted(draft, Purpose.WATCH, "en") == ALERT[1]
    with pytest.raises(LookupError):
        await world.words.drafted(draft, Purpose.STAND_DOWN, "en")


async def test_a_close_out_is_sent_in_its_own_words(world):
    over = CaseClosedOut(
        case=CASE, at=world.store.clock.now(), alert=1, version=2, texts=RETRACTION
    )
    closed = await world.append(over)
    assert (await world.words.words(closed, Purpose.CLOSE_OUT, "en")).title == "Cancelled"


async def test_a_waiting_report_and_a_stand_down_have_the_houses_words(world):
    now = world.store.clock.now()
    raised = await world.append(
        CaseRaised(
            case=CASE,
            at=now,
            raised_by=Role.REPORTER,
            category=Category.LOST_CHILD,
            age_band=AgeBand.SMALL,
            sex=Sex.FEMALE,
            mode=Mode.FOOT,
            last_seen_cell="8731aa42affffff",
            last_seen_at=now,
            error_m=100,
            custody=Custody.NONE,
            protection_order=False,
        )
    )
    clock = await world.words.words(raised, Purpose.CLOCK, "en")
    assert case_code(CASE) in clock.title
    draft = await world.drafted()
    down = await world.words.words(draft, Purpose.STAND_DOWN, "zh-Hans")
    assert "演练" in down.title
    assert down != clock


async def test_an_erased_child_is_in_no_message_but_the_end_is_still_told(world):
    draft = await world.drafted()
    world.forget()
    for purpose in (Purpose.ALERT, Purpose.WATCH):
        with pytest.raises(LookupError):
            await world.words.words(draft, purpose, "en")
    cancel = await world.words.words(draft, Purpose.CANCEL, "en")
    assert case_code(CASE) in cancel.title


async def test_what_was_opened_outlives_an_erasure_for_half_a_minute_at_most(world):
    draft = await world.drafted()
    await world.words.words(draft, Purpose.ALERT, "en")
    asked = world.store.calls.count
    await world.words.words(draft, Purpose.ALERT, "en")
    assert world.store.calls.count == asked, "the second time it comes from memory"
    world.forget()
    world.clock.at += 31
    with pytest.raises(LookupError):
        await world.words.words(draft, Purpose.ALERT, "en")


async def test_altered_words_are_never_sent(world):
    draft = await world.drafted()
    kept = world.store.disk.log.ciphertexts
    kept[draft, "texts"] = kept[draft, "texts"][:-1] + b"x"
    with pytest.raises(LookupError):
        await world.words.words(draft, Purpose.ALERT, "en")


async def test_a_fact_nobody_knows_has_no_words(world):
    with pytest.raises(LookupError):
        await world.words.words(CASE, Purpose.ALERT, "en")


async def test_only_so_many_are_kept(world):
    drafts = [await world.drafted() for _ in range(70)]
    for draft in drafts:
        await world.words.words(draft, Purpose.ALERT, "en")
    assert len(world.words._kept) == 64


async def test_a_released_watch_is_named_by_its_own_words(world):
    """A stand-down has no drafted words, whatever fact it names."""
    released = WatchReleased(
        case=CASE,
        at=world.store.clock.now(),
        watch=CASE,
        hub="hub-1",
        alert=1,
        version=1,
        reason="out-of-reach",
    )
    fact = await world.append(released, f"hubs-{CASE}")
    assert await world.words.words(fact, Purpose.STAND_DOWN, "en")


# --- whose words --------------------------------------------------------------------------------

PLAIN = {one: (said("zh-Hans", f"{one} 平"), said("en", f"{one} plain")) for one in Wording}
WHOLE = {one: (said("zh-Hans", f"{one} 全"), said("en", f"{one} whole")) for one in Wording}
READERS = (Wording.VETTED, Wording.HUB)
WORDED = {
    "texts": PLAIN[Wording.PUBLIC],
    "worded": tuple(Worded(wording=one, texts=PLAIN[one]) for one in READERS),
    "worded_suspect": tuple(Worded(wording=one, texts=WHOLE[one]) for one in READERS),
}


async def read(world, draft, wording, purpose=Purpose.ALERT):
    return (await world.words.words(draft, purpose, "en", wording)).short


async def out(world, draft, **more):
    bounds = {
        "policy": "field",
        "severity": Severity.SEVERE,
        "reach_km_max": 30,
        "expires_at": world.store.clock.now(),
    }
    named = {"case": CASE, "at": world.store.clock.now(), "alert": 1, "version": 1, "draft": draft}
    await world.append(AlertIssued(**named, **bounds | more))
    return named


async def test_an_approval_is_read_at_once_by_whoever_may_and_by_no_one_before(world):
    draft = await world.drafted(**WORDED)
    named = await out(world, draft, people_max=5_000)
    for wording in Wording:
        assert await read(world, draft, wording) == f"{wording} plain"
    await world.append(AlertApproved(**named))
    assert await read(world, draft, Wording.HUB) == "hub whole"
    assert await read(world, draft, Wording.VETTED) == "vetted whole"
    assert await read(world, draft, Wording.PUBLIC) == "public plain"
    hub = await world.words.drafted(draft, Purpose.WATCH, "en", Wording.HUB)
    assert hub == WHOLE[Wording.HUB][1]
    assert "hub whole" in (await world.words.words(draft, Purpose.WATCH, "en", Wording.HUB)).full
    assert "vetted whole" in (await world.words.words(draft, Purpose.ASK, "en", READERS[0])).full


async def test_who_asks_for_nobodys_words_gets_those_of_the_public(world):
    draft = await world.drafted(**WORDED)
    await world.append(AlertApproved(**await out(world, draft)))
    assert (await world.words.words(draft, Purpose.ALERT, "en")).short == "public plain"


async def test_an_approval_of_another_draft_says_nothing_of_this_one(world):
    draft, other = await world.drafted(**WORDED), await world.drafted(**WORDED)
    await out(world, draft)
    await world.append(AlertApproved(**await out(world, other, people_max=9)))
    assert await read(world, draft, Wording.HUB) == "hub plain"
    assert await read(world, other, Wording.HUB) == "hub whole"


async def test_a_draft_from_before_has_one_text_for_all(world):
    draft = await world.drafted()
    await out(world, draft)
    for wording in Wording:
        assert await world.words.words(draft, Purpose.ALERT, "en", wording) == ALERT[1]


async def test_what_ends_is_the_same_for_all_whatever_was_approved(world):
    draft = await world.drafted(**WORDED)
    await world.append(AlertApproved(**await out(world, draft)))
    ends = {await read(world, draft, one, Purpose.CANCEL) for one in Wording}
    assert ends == {"Cancelled"}


@pytest.mark.parametrize("field", ["texts", "worded", "worded_suspect"])
async def test_one_altered_wording_keeps_all_of_them_from_being_read(world, field):
    draft = await world.drafted(**WORDED)
    await world.append(AlertApproved(**await out(world, draft)))
    kept = world.store.disk.log.ciphertexts
    kept[draft, field] = kept[draft, field][:-1] + b"x"
    for wording in Wording:
        with pytest.raises(LookupError):
            await read(world, draft, wording)


async def test_a_suspect_who_is_forgotten_is_in_no_text_and_the_child_still_is(world):
    draft = await world.drafted(**WORDED)
    await world.append(AlertApproved(**await out(world, draft)))
    world.store.subject_keys.forget(subject_of(ORIGIN, CASE, "suspect"))
    assert await read(world, draft, Wording.HUB) == "hub plain"
    world.clock.at += 31
    world.forget()
    with pytest.raises(LookupError):
        await read(world, draft, Wording.HUB)


@pytest.mark.parametrize("field", ["texts", "worded", "worded_suspect"])
async def test_one_letter_in_one_wording_is_another_digest(world, field):
    changed = {**WORDED}
    if field == "texts":
        changed[field] = (WORDED[field][0], said("en", "public plaim"))
    else:
        last = WORDED[field][-1]
        texts = (last.texts[0], said("en", last.texts[1].short[:-1] + "m"))
        changed[field] = (WORDED[field][0], last.model_copy(update={"texts": texts}))
    digests = []
    for given in (WORDED, WORDED, changed):
        again = World()  # the same place in the log, keys and nonces: only the letter differs
        again.store.subject_keys = world.store.subject_keys
        draft = await again.drafted(**given)
        digests.append(await digest_of(again.store.log, draft))
    assert digests[0] == digests[1] != digests[2]
