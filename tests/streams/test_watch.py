import pytest

from homeward import answer as answers
from homeward.case import fold as fold_case
from homeward.refusals import WatchOver
from homeward.requests.answer import GiveAnswer
from homeward.requests.watch import AcknowledgeWatch, StandDown
from homeward.testing import samples
from homeward.testing.given import HUB_DESK, OFFICER, VOLUNTEER, given, id_of, recorded
from homeward.testing.samples import CASE, DRAFTED, ORDERED, RAISED, VERIFIED, at, issued
from homeward.watch import Status, Watch, decide, evolve, fold
from homeward.words import Answer, derived_id


def kind(name):
    (found,) = [one for one in samples.ALL if one.kind == name]
    return found


RELEASED = kind("hubs.watch-released/1")
ACKNOWLEDGED = kind("watch.acknowledged/1")
STOOD_DOWN = kind("watch.stood-down/1")
LAPSED = kind("escalation.watch-lapsed/1")
RESOLVED = kind("case.resolved/1")
LIVE = (RAISED, VERIFIED, DRAFTED, issued(id_of(2)))


def acknowledge(by=HUB_DESK, when=32):
    return AcknowledgeWatch(at=at(when), by=by)


def stand_down(by=HUB_DESK):
    return StandDown(at=at(91), by=by, reason="window-over")


def answer(said=Answer.COMING, minutes=15, when=40, case=CASE):
    return GiveAnswer(
        at=at(when), by=VOLUNTEER, case=case, recipient="v-00017", answer=said, minutes=minutes
    )


def status(*history):
    return fold(recorded(*history), samples.WATCH).status


def test_an_order_is_acknowledged_once():
    given(ORDERED).when(acknowledge()).then(ACKNOWLEDGED)
    given(ORDERED, ACKNOWLEDGED).when(acknowledge(by=OFFICER, when=40)).then_nothing()


def test_a_late_acknowledgement_is_welcome():
    given(ORDERED, LAPSED).when(acknowledge(when=50)).then_kinds("watch.acknowledged/1")
    assert status(ORDERED, LAPSED) is Status.LAPSED
    assert status(ORDERED, LAPSED, ACKNOWLEDGED) is Status.ACKNOWLEDGED


def test_a_lapse_that_crosses_an_acknowledgement_changes_nothing():
    assert status(ORDERED, ACKNOWLEDGED, LAPSED) is Status.ACKNOWLEDGED


def test_a_watch_that_is_over_is_not_acknowledged():
    given(ORDERED, RELEASED).when(acknowledge()).then_refused("watch-over")
    for ended in (RELEASED, STOOD_DOWN):  # who watched before must not believe to watch on
        given(ORDERED, ACKNOWLEDGED, ended).when(acknowledge()).then_refused("watch-over")


def test_standing_down_ends_it_once():
    given(ORDERED, ACKNOWLEDGED).when(stand_down()).then(STOOD_DOWN)
    given(ORDERED).when(stand_down(by=OFFICER)).then(STOOD_DOWN)
    given(ORDERED, STOOD_DOWN).when(stand_down()).then_nothing()
    given(ORDERED, RELEASED).when(stand_down()).then_nothing()
    assert status(ORDERED, STOOD_DOWN, ACKNOWLEDGED) is Status.STOOD_DOWN


def test_volunteers_do_not_speak_for_a_hub():
    given(ORDERED).when(acknowledge(by=VOLUNTEER)).then_refused("role-not-allowed")


def test_an_unknown_watch_is_not_found():
    given(RAISED).when(acknowledge()).then_refused("watch-not-found")
    given(ORDERED).when(acknowledge(), about=derived_id("x", 1)).then_refused("watch-not-found")


def test_the_newest_answer_counts_and_the_same_one_is_said_once():
    said = kind("answer.given/1")
    given(*LIVE).when(answer()).then(said)
    given(*LIVE, said).when(answer(when=44)).then_nothing()
    given(*LIVE, said).when(answer(Answer.CANNOT, None)).then_kinds("answer.given/1")


def test_another_answer_or_another_time_is_a_new_answer():
    said = kind("answer.given/1")
    given(*LIVE).when(answer(Answer.CANNOT, None)).then_kinds("answer.given/1")
    given(*LIVE, said).when(answer(minutes=30)).then_kinds("answer.given/1")
    given(*LIVE, said).when(answer(Answer.ON_MY_WAY)).then_kinds("answer.given/1")


def test_an_answer_is_folded_with_the_version_it_was_written_at():
    said = kind("answer.given/1")
    history = recorded(*LIVE, said, said)
    assert answers.fold(history, "v-00017") == answers.Answered(2, said.answer, said.minutes)
    assert answers.fold(history, "v-00018") == answers.Answered()
    other = answers.Answered(2, said.answer, said.minutes)
    assert answers.evolve(other, history[0]) == other


def test_only_a_live_alert_is_answered():
    given(*LIVE[:3]).when(answer()).then_refused("alert-not-live")
    given(*LIVE).when(answer(when=24 * 60)).then_refused("alert-not-live")
    given(*LIVE, RESOLVED).when(answer()).then_refused("case-over")
    given(*LIVE).when(answer(case=derived_id("x", 1))).then_refused("case-not-found")


def test_a_desk_that_is_told_at_once_leaves_the_watch_with_its_hub():
    early = LAPSED.model_copy(update={"contact": 2, "to_desk": True, "reason": "closed"})
    watch = fold(recorded(ORDERED, early), samples.WATCH)
    assert (watch.status, watch.asked, watch.to_desk) == (Status.ORDERED, 0, True)


def test_why_a_hub_stood_down_is_kept_from_the_first_time():
    again = STOOD_DOWN.model_copy(update={"reason": "cannot-watch"})
    assert fold(recorded(ORDERED, STOOD_DOWN, again), samples.WATCH).ended_for == STOOD_DOWN.reason
    assert fold(recorded(ORDERED, RELEASED, again), samples.WATCH).ended_for == ""


def moved(times, **more):
    return ORDERED.model_copy(update={"moved": times, **more})


def test_a_moved_window_must_be_acknowledged_again():
    assert status(ORDERED, ACKNOWLEDGED, moved(1)) is Status.ORDERED
    given(ORDERED, ACKNOWLEDGED, moved(1)).when(acknowledge(when=50)).then_kinds(
        "watch.acknowledged/1"
    )
    assert status(ORDERED, moved(1), ACKNOWLEDGED) is Status.ACKNOWLEDGED
    assert status(moved(1), ACKNOWLEDGED, moved(1, version=2)) is Status.ACKNOWLEDGED
    assert status(ORDERED, STOOD_DOWN, moved(1)) is Status.STOOD_DOWN


def test_who_read_a_window_of_before_has_acknowledged_nothing():
    read = acknowledge(when=50)
    old, new = (type(read)(at=read.at, by=read.by, moved=times) for times in (0, 1))
    given(ORDERED, moved(1)).when(old).then_nothing()
    given(ORDERED, moved(1)).when(new).then_kinds("watch.acknowledged/1")


def test_whose_turn_it_is_goes_on_unless_the_order_of_asking_changed():
    late = LAPSED.model_copy(update={"contact": 1, "to_desk": False})
    assert fold(recorded(ORDERED, late, moved(1)), samples.WATCH).asked == 1
    assert fold(recorded(ORDERED, late, moved(1, ask=(1, 0))), samples.WATCH).asked == 0


def test_who_read_the_first_window_acknowledges_it():
    """An order of before windows could be moved says nothing of moves, a page says 0."""
    read = acknowledge()
    given(ORDERED).when(type(read)(at=read.at, by=read.by, moved=0)).then(ACKNOWLEDGED)


def test_an_order_that_is_told_anew_and_not_moved_is_kept_and_stays_acknowledged():
    for again in (ORDERED.model_copy(update={"version": 2}), moved(0, version=2)):
        watch = fold(recorded(ORDERED, ACKNOWLEDGED, again), samples.WATCH)
        assert (watch.status, watch.ordered) == (Status.ACKNOWLEDGED, again)


def test_a_watch_knows_who_watches_and_where_its_people_wrote_last():
    history = recorded(ORDERED, ACKNOWLEDGED, STOOD_DOWN, STOOD_DOWN, ACKNOWLEDGED)
    watches = [fold(history[:end], samples.WATCH) for end in range(1, 6)]
    assert [watch.version for watch in watches] == [0, 1, 2, 3, 4]
    assert [watch.acknowledged_by for watch in watches[:3]] == ["", HUB_DESK.id, HUB_DESK.id]
    assert fold(recorded(ORDERED, ACKNOWLEDGED, moved(1)), samples.WATCH).acknowledged_by == ""


def test_what_is_not_said_of_a_watch_changes_none_and_is_not_decided_by_it():
    watch = fold(recorded(ORDERED, ACKNOWLEDGED), samples.WATCH)
    assert evolve(watch, recorded(RAISED)[0]) == watch
    assert fold(recorded(RAISED), samples.WATCH) == Watch()
    alien = answer().model_copy(update={"by": HUB_DESK})
    with pytest.raises(TypeError, match="no decision of a watch: GiveAnswer"):
        decide(watch, alien)
    with pytest.raises(TypeError, match="no decision of an answer: AcknowledgeWatch"):
        answers.decide(fold_case(()), answers.Answered(), acknowledge())


def test_whoever_acknowledges_too_late_is_told_how_it_ended():
    for ended, said in ((RELEASED, "released"), (STOOD_DOWN, "stood-down")):
        with pytest.raises(WatchOver) as refused:
            decide(fold(recorded(ORDERED, ended), samples.WATCH), acknowledge())
        assert refused.value.detail == said
