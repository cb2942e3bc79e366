"""A second person stands behind words, or nobody: judged over any requests of two people."""

from datetime import timedelta

from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from tests.streams.test_one_person import DIGEST, drafts_of, request

from homeward.case import fold
from homeward.case.approved import is_approved
from homeward.facts.case import AlertIssued, AlertUpdated
from homeward.facts.emergency import EmergencyUsed
from homeward.messages import Actor
from homeward.refusals import Refused, TextsIncomplete
from homeward.requests import case as cases
from homeward.requests.emergency import UseEmergency
from homeward.testing import samples
from homeward.testing.given import after, decide, id_of, recorded
from homeward.testing.given import given as history_of
from homeward.words import Role, Worded, Wording

ACCOUNTS = ("one", "two", "three")


@st.composite
def lives(draw):
    """What several people make true in one case, in whatever role, in need or not."""
    history = ()
    for n in range(draw(st.integers(4, 25))):
        asked = request(draw, history, n)
        by = asked.by.model_copy(update={"id": draw(st.sampled_from(ACCOUNTS))})
        drafts = drafts_of(history)
        if drafts and draw(st.integers(0, 4)) == 0:
            asked = UseEmergency(
                at=asked.at, by=by, draft=draw(st.sampled_from(drafts)), digest=DIGEST,
                shown=DIGEST, reason="nobody else is there",
            )  # fmt: skip
            by = Actor(id=by.id, role=Role.SUPERVISOR)
        asked = asked.model_copy(update={"by": by})
        try:
            history = after(history, asked, decide(history, asked))
        except Refused:
            continue
    return history


def outs(history):
    return [one for one in history if isinstance(one.fact, AlertIssued | AlertUpdated)]


@given(lives())
@settings(max_examples=300)
def test_words_count_as_approved_only_if_another_person_approved_what_went_out(history):
    drafter = {one.id: one.by.id for one in history if one.kind == "case.alert-drafted/1"}
    for draft in drafts_of(history):
        approvals = [
            one
            for one in history
            if one.kind == "case.alert-approved/1" and one.fact.draft == draft
        ]
        out = [one for one in outs(history) if one.fact.draft == draft]
        if is_approved(history, draft):
            assert out
            assert any(one.by.id != drafter[draft] for one in approvals)
            late = any(one.log_index > out[0].log_index for one in approvals)
            assert late or out[0].fact.people_max is None
        else:
            assert not any(one.log_index > out[0].log_index for one in approvals if out)


@given(lives())
def test_the_state_and_the_words_agree(history):
    case = fold(history)
    if case.alert is not None:
        assert is_approved(history, case.alert.draft) is not case.alert.alone


def found(whether):
    some = settings(max_examples=5_000, phases=[Phase.generate])
    find(lives(), whether, settings=some)


def test_both_happen_though():
    """Or the tests above would hold because nothing is ever approved."""

    def after_an_emergency(history):
        kinds = [one.kind for one in history]
        return "case.emergency-used/1" in kinds and any(
            is_approved(history, one.fact.draft)
            for one in history
            if one.kind == "case.emergency-used/1"
        )

    found(after_an_emergency)
    found(lambda history: any(not is_approved(history, one.fact.draft) for one in outs(history)))


def test_an_approval_that_ran_out_counts_no_more():
    before = (samples.RAISED, samples.VERIFIED, samples.DRAFTED)
    draft = id_of(2)
    alone = samples.issued(draft).model_copy(update={"people_max": 5_000})
    told = recorded(*before, samples.approved(draft), alone)
    assert not is_approved(told, draft)
    again = recorded(*told, samples.approved(draft))
    assert is_approved(again, draft)


def test_an_emergency_is_one_persons_word_whoever_approved_the_draft_before():
    before = (samples.RAISED, samples.VERIFIED, samples.DRAFTED, samples.approved(id_of(2)))
    used = EmergencyUsed(
        case=samples.CASE, at=samples.at(47), draft=id_of(2), alert=1, version=1, digest=DIGEST,
        own_draft=False, review_by=samples.at(47 + 24 * 60), reason="nobody else is there",
    )  # fmt: skip
    whole = samples.issued(id_of(2))
    assert is_approved(recorded(*before, whole), id_of(2)) is True
    assert is_approved(recorded(*before, used, whole), id_of(2)) is False
    other = used.model_copy(update={"draft": id_of(1)})
    assert is_approved(recorded(*before, other, whole), id_of(2)) is True
    assert is_approved(recorded(*before, used, whole, samples.approved(id_of(2))), id_of(2)) is True


def test_a_wording_twice_or_without_a_language_is_refused():
    hub = Worded(wording=Wording.HUB, texts=samples.TEXTS)
    short = Worded(wording=Wording.VETTED, texts=samples.TEXTS[:1])
    draft = cases.DraftAlert(
        at=samples.at(27), by=Actor(id="o", role=Role.OFFICER), policy="field",
        severity="extreme", reach_km_max=30, expires_at=samples.at(27) + timedelta(hours=1),
        texts=samples.TEXTS, retraction=samples.TEXTS,
    )  # fmt: skip
    given_case = history_of(samples.RAISED, samples.VERIFIED)
    assert given_case.when(draft).facts()
    for worded in ((hub, hub), (short,)):
        for field in ("worded", "worded_suspect"):
            asked = draft.model_copy(update={field: worded})
            given_case.when(asked).then_refused(TextsIncomplete.code)
