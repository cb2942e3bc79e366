"""The table of who reads what, in every language and every form."""

from dataclasses import fields, replace

import pytest

from homeward.formats import texts
from homeward.formats.catalogues import LANGS, MESSAGES
from homeward.formats.linting.forms import DRILL, LIVE, POISON, every, form_slips, shown
from homeward.formats.telltales import telltales
from homeward.formats.wordings import (
    READS,
    SUSPECT,
    Wordings,
    drafted,
    known_to,
    wording_of,
)
from homeward.words import Description, RecipientKind, Relation, Tier, Worded, Wording

FIRST = replace(LIVE, version=1)
POISONED = replace(POISON, relation=Relation.PARENT)
MARKS = {
    **{name: f"qz{name}" for name in ("name", "clothing", "marks", "language", "vehicle")},
    "medical_need": "qzmedical",
    "place_text": "qzplace",
    "licence_plate": "qzplate",
    "suspect": "qzsuspect",
}
RANK = list(Wording)
PLAIN = {"sex", "age_years", "height_cm"}
"""What nobody types, and everybody reads."""
NOT_OF_ANYBODY = {"category", "last_seen_at", "expires_at", "age_band", "bands"}
PERSONS = {"description", "others"}
"""Descriptions: their own fields stand in the table."""
SEVERAL = replace(POISONED, others=(POISON.description, POISON.description))


def marks(text, lang):
    bare = "".join(text.split()).casefold()
    found = {name for name, mark in MARKS.items() if mark in bare}
    return found | ({"relation"} if MESSAGES[lang]["relation-parent"] in text else set())


def test_whatever_is_known_of_somebody_stands_in_the_table():
    known = {*Description.model_fields, *(one.name for one in fields(texts.Subject))}
    assert known - PLAIN - NOT_OF_ANYBODY - PERSONS == set(READS)
    assert set(READS) >= SUSPECT


@pytest.mark.parametrize("approved", [False, True])
@pytest.mark.parametrize("wording", Wording)
@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("subject", [POISONED, SEVERAL], ids=["one", "several"])
def test_each_reads_what_the_table_gives_them_and_nothing_else(subject, wording, approved, version):
    said = drafted(replace(LIVE, version=version), subject).read_by(wording, approved=approved)
    allowed = {
        name
        for name, first in READS.items()
        if RANK.index(first) <= RANK.index(wording) and (approved or name not in SUSPECT)
    }
    assert [one.lang for one in said] == list(LANGS)
    for one in said:
        assert marks(one.full, one.lang) == allowed
        for _, text in shown(one):
            assert marks(text, one.lang) <= allowed


def test_the_public_never_reads_what_the_table_gives_to_others_alone():
    more = replace(POISONED, vehicle=None, licence_plate=None)
    said = drafted(FIRST, more)
    public = said.read_by(Wording.PUBLIC, approved=True)
    assert public == said.read_by(Wording.PUBLIC, approved=False) == said.texts
    assert [one.wording for one in said.worded_suspect] == [Wording.VETTED, Wording.HUB]
    car = drafted(FIRST, POISONED)
    assert [one.wording for one in car.worded_suspect] == list(Wording), (
        "a car is looked for by all"
    )


@pytest.mark.parametrize("name", sorted(READS))
def test_no_field_changes_what_those_read_who_may_not_know_it(name):
    """The marker may be cut off; a text that is the same with and without a field holds none."""
    gone = {name: None}
    if name in Description.model_fields:
        gone = {"description": POISONED.description.model_copy(update=gone)}
    there, without = drafted(FIRST, POISONED), drafted(FIRST, replace(POISONED, **gone))
    for wording in Wording:
        for approved in (False, True):
            same = there.read_by(wording, approved=approved) == without.read_by(
                wording, approved=approved
            )
            hidden = RANK.index(READS[name]) > RANK.index(wording)
            assert same is (hidden or (name in SUSPECT and not approved)), (wording, approved)


def test_without_a_suspect_an_approval_changes_no_word():
    bare = replace(POISON, vehicle=None, licence_plate=None, suspect=None)
    assert drafted(FIRST, bare).worded_suspect is None


def test_a_drill_holds_nothing_of_a_suspect_in_any_wording():
    said = drafted(replace(DRILL, version=1), POISONED)
    assert said.worded_suspect is None
    for wording in Wording:
        for one in said.read_by(wording, approved=True):
            assert [marks(text, one.lang) for _, text in shown(one)] == [set()] * 5


def test_old_drafts_are_read_by_all_alike():
    old = Wordings(texts.alert(FIRST, POISON), None, None)
    for wording in Wording:
        assert old.read_by(wording, approved=True) == old.texts


def test_a_wording_that_nobody_drafted_is_read_as_the_public_does():
    hub = Worded(wording=Wording.HUB, texts=texts.alert(FIRST, POISON))
    some = Wordings(texts.retraction(FIRST), None, (hub,))
    assert some.read_by(Wording.HUB, approved=False) == some.texts
    assert some.read_by(Wording.VETTED, approved=True) == some.texts


@pytest.mark.parametrize(
    ("kind", "tier", "level", "wording"),
    [
        (RecipientKind.VOLUNTEER, Tier.PUBLIC, 0, Wording.PUBLIC),
        (RecipientKind.VOLUNTEER, Tier.VETTED, 0, Wording.VETTED),
        (RecipientKind.CAMERA_OWNER, Tier.PUBLIC, 0, Wording.PUBLIC),
        (RecipientKind.CAMERA_OWNER, Tier.VETTED, 0, Wording.PUBLIC),
        (RecipientKind.HUB, Tier.PUBLIC, 0, Wording.HUB),
        *((RecipientKind.DESK, Tier.PUBLIC, level, Wording.HUB) for level in (0, 1, 2)),
        (RecipientKind.DESK, Tier.PUBLIC, 3, Wording.VETTED),
    ],
)
def test_whose_texts_somebody_reads(kind, tier, level, wording):
    assert wording_of(kind, tier, level) is wording


def test_the_lint_notices_a_suspect_whom_nobody_approved():
    def leaky(frame, subject):
        said = every(frame, subject)
        return {**said, "vetted": said["hub approved"], "public approved": said["vetted approved"]}

    found = {(one.rule, one.where.split(" full")[0]) for one in form_slips(leaky)}
    assert {("suspect", "vetted"), ("looks", "public approved")} <= found
    assert [one for one in form_slips() if one.rule in {"suspect", "looks"}] == []


# --- what is typed elsewhere ----------------------------------------------------------------------

PLAINLY = known_to(POISON, Wording.PUBLIC, suspect=False)


def of(field, text, *, second=False):
    if field == "place_text":
        return replace(PLAINLY, place_text=text)
    child = PLAINLY.description.model_copy(update={field: text})
    return replace(PLAINLY, others=(child,)) if second else replace(PLAINLY, description=child)


FIELDS = ["name", "clothing", "marks", "language", "medical_need", "place_text"]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    "text",
    [
        "into the van 皖K·12345",
        "皖K12345",
        "皖K 12345",
        "粤BD12345",
        "\uff31\uff21\uff0d\uff11\uff11\uff11\uff11",
        "plate QA-1111 at the gate",
        "QA 1111",
        "the G-R-E-Y van",
        "a man with a Black  Cap!",
        "戴黑色帽子的人",
        "at q a 9 9 9",
    ],
)
def test_a_plate_or_a_noted_word_is_found_wherever_it_is_typed(field, text):
    noted = ["grey van, dented", "about 40; black cap", "黑色帽子", "QA9999"]
    text = f"{text}9" if text.endswith("9 9 9") else text
    assert telltales(of(field, text), noted) == (field,)
    assert telltales(of(field, text, second=True), noted) == (field,)


@pytest.mark.parametrize(
    "text",
    [
        *("yellow raincoat, white shoes", "behind the noodle shop", "bus 512", "a T-shirt, 104 cm"),
        *(
            "面馆后面",
            "黄色雨衣",
            "12345 Street",
            "K512路公交站",
            "A4 sheet",
            "2号线B口",
            "on 40 mg",
        ),
        *("a cap", "grey trousers"),
    ],
)
def test_other_words_are_not(text):
    noted = ["grey van, dented", "about 40; black cap", "皖K·12345"]
    for field in FIELDS:
        assert telltales(of(field, text), noted) == (), text
