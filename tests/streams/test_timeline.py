import json
from datetime import timedelta

import pytest

from homeward.case import Status
from homeward.codec import decode
from homeward.facts.answer import AnswerGiven
from homeward.facts.callout import ChunksCut
from homeward.facts.handover import HandoverAttempted
from homeward.testing import samples
from homeward.testing.given import id_of, recorded
from homeward.testing.samples import CASE, DRAFTED, RAISED, SEEN, VERIFIED, approved, at, issued
from homeward.timeline import as_of, for_reporter, status_of, timeline
from homeward.timeline.views import bucket
from homeward.words import Answer, case_code, instant_text

DRAFT = id_of(2)


def kind(name):
    (found,) = [one for one in samples.ALL if one.kind == name]
    return found


def answer(recipient, said, minute):
    return AnswerGiven(case=CASE, at=at(minute), recipient=recipient, answer=said)


STORY = recorded(
    RAISED,
    VERIFIED,
    DRAFTED,
    approved(DRAFT),
    issued(DRAFT),
    kind("reach.widened/1"),
    kind("fanout.chunks-cut/1"),
    kind("handover.attempted/1"),
    samples.ORDERED,
    kind("hubs.unreachable/1"),
    kind("watch.acknowledged/1"),
    answer("v-1", Answer.COMING, 40),
    answer("v-2", Answer.COMING, 41),
    answer("v-1", Answer.CANNOT, 42),
    SEEN,
    samples.ACCEPTED,
    kind("case.resolved/1"),
    kind("hubs.watch-released/1"),
    kind("case.closed-out/1"),
)


def test_a_line_a_fact_in_log_order():
    lines = timeline(reversed(STORY))
    assert [line.log_index for line in lines] == list(range(len(STORY)))
    assert [line.kind for line in lines] == [one.kind for one in STORY]
    assert lines[0].what["category"] == "stranger-abduction"
    assert lines[0].by == "reporter"
    assert lines[5].what["cell_count"] == 7


def test_lines_are_json_and_hold_nothing_personal():
    shown = json.dumps([line.json() for line in timeline(STORY)], ensure_ascii=False)
    view = json.dumps(status_of(STORY).json(), ensure_ascii=False)
    for word in ("林小禾", "林大山", "noodle", "0000 0142", "yellow", "330677000", "皖"):
        assert word not in shown
        assert word not in view


def test_as_of_a_position_and_as_of_a_moment_are_prefixes():
    for position in range(-1, len(STORY)):
        assert as_of(STORY, position=position) == STORY[: position + 1]
    assert as_of(STORY, moment=at(29) - timedelta(microseconds=1)) == STORY[:4]
    assert as_of(STORY, moment=at(29)) == STORY[:8]
    assert as_of(STORY) == STORY


def test_how_the_case_stands_at_the_end():
    view = status_of(STORY)
    assert (view.case, view.code) == (CASE, case_code(CASE))
    assert view.status is Status.CLOSED_OUT
    assert view.outcome == "found-safe"
    assert view.version == 7  # facts of its own stream only
    assert view.log_index == len(STORY) - 1
    assert view.alert.state == "over"
    assert view.draft is None
    assert [(wave.version, wave.wave, wave.cells) for wave in view.waves] == [(1, 0, 7)]
    assert [watch.state for watch in view.watches] == ["released"]
    assert view.hubs_unreachable == ("border-9",)
    assert [sighting.state for sighting in view.sightings] == ["accepted"]
    assert view.answers == {"cannot": 1, "coming": 1}
    told = view.told["alert"]
    assert (told.people, told.suppressed, told.unreachable) == (1_204, 31, 4)
    assert (told.accepted, told.failed, told.expired) == (1_190, 4, 0)


def test_figures_of_several_lanes_add_up():
    cut, handed = kind("fanout.chunks-cut/1"), kind("handover.attempted/1")
    assert isinstance(cut, ChunksCut)
    assert isinstance(handed, HandoverAttempted)
    other = cut.model_copy(update={"lane": 1, "people": 6})
    told = status_of(recorded(RAISED, cut, other, handed, handed)).told["alert"]
    assert (told.people, told.accepted) == (1_210, 2_380)


@pytest.mark.parametrize(
    ("facts", "status", "waiting"),
    [(1, Status.PROVISIONAL, True), (2, Status.VERIFIED, False), (5, Status.ALERTED, False)],
)
def test_how_it_stood_before(facts, status, waiting):
    view = status_of(STORY[:facts])
    assert view.status is status
    assert view.waiting is waiting


def test_an_alert_expires_by_the_clock_that_is_asked():
    live = STORY[:5]
    assert status_of(live).alert.state == "live"
    assert status_of(live, at(24 * 60)).alert.state == "expired"
    cancelled = recorded(*live, kind("case.alert-cancelled/1"))
    assert status_of(cancelled, at(24 * 60)).alert.state == "cancelled"


def test_a_draft_shows_what_it_waits_for():
    waits = status_of(STORY[:3]).draft
    assert (waits.id, waits.needs_approval, waits.approved) == (DRAFT, True, False)
    assert status_of(STORY[:4]).draft.needs_approval is False
    assert status_of(STORY[:5]).draft is None


def test_a_waiting_report_shows_its_level():
    view = status_of(recorded(RAISED, kind("escalation.clock-lapsed/1")))
    assert (view.waiting, view.clock_level) == (True, 1)
    assert status_of(recorded(RAISED, samples.TAKEN_UP)).unit == "county desk"


def test_nothing_known_is_no_case():
    assert status_of(()).status is Status.NONE
    assert status_of(()).log_index == -1
    assert timeline(()) == ()


def test_the_reporter_sees_no_place_or_time_of_a_sighting_and_nothing_that_tells():
    lines = for_reporter(STORY)
    assert {line.kind.partition(".")[0] for line in lines} == {"case"}
    page = json.dumps([[line.json() for line in lines], status_of(STORY).json_for_reporter()])
    for hidden in (SEEN.cell, SEEN.sighting, "station-1", "border-9", "cell", "focus", "1204"):
        assert hidden not in page
    assert instant_text(SEEN.seen_at) not in page
    assert status_of(STORY).json_for_reporter()["sightings"] == 1
    assert status_of(STORY).json_for_reporter()["told"] == "1000+"


@pytest.mark.parametrize(
    ("people", "shown"), [(0, "0"), (1, "<20"), (19, "<20"), (20, "20+"), (199, "100+")]
)
def test_people_are_shown_in_buckets(people, shown):
    assert bucket(people) == shown


def test_an_unknown_kind_has_a_line_that_shows_nothing():
    public = {"at": "2026-03-14T04:00:00.000000Z", "secret": "x"}
    (line,) = timeline(recorded(decode("case.moonlit/1", CASE, public)))
    assert (line.kind, line.what) == ("case.moonlit/1", {})
