import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from homeward.messages import Fact
from homeward.words import (
    CODE_ALPHABET,
    AgeBand,
    Cell,
    Instant,
    Texts,
    case_code,
    case_prefix,
    derived_id,
    derived_ids,
)

PARTS = st.lists(st.text(max_size=8), max_size=4)
UUIDS = st.uuids(version=5).map(str)


@given(PARTS, PARTS)
def test_other_parts_make_another_id(one, other):
    same = derived_id("origin", *one) == derived_id("origin", *other)
    assert same == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [(("a", "bc"), ("ab", "c")), (("1:a",), ("a",)), (("", "a"), ("a", "")), ((), ("",))],
)
def test_parts_cannot_be_shifted(one, other):
    assert derived_id("o", *one) != derived_id("o", *other)


@given(st.text(max_size=8), PARTS)
def test_an_id_is_a_version_5_uuid_under_its_log(origin, parts):
    name = "".join(f"{len(part)}:{part}" for part in parts)
    under = uuid.uuid5(uuid.NAMESPACE_URL, origin)
    assert derived_id(origin, *parts) == str(uuid.uuid5(under, name))


@given(st.lists(st.text(max_size=5), max_size=3), st.text(), st.lists(st.integers(), max_size=3))
def test_ids_derived_for_many_are_those_derived_one_by_one(before, part, after):
    assert derived_ids("o", before, after)(part) == derived_id("o", *before, part, *after)


def test_an_id_belongs_to_its_log():
    assert derived_id("a", "x") != derived_id("b", "x")
    assert derived_id("a", 1) == derived_id("a", "1")  # numbers are said as text


@given(UUIDS)
def test_a_code_leads_back_to_its_case(case):
    code = case_code(case)
    assert len(code) == 9
    assert set(code) <= {*CODE_ALPHABET, "-"}
    assert case.startswith(case_prefix(code))
    assert case_prefix(f" {code.lower().replace('-', ' ')} ") == case_prefix(code)


@pytest.mark.parametrize(
    "code", ["", "ABCD-EFG", "ABCD-EFGHI", "ABCD-EFG0", "ABCD-EFG1", "ABCDEFGÄ"]
)
def test_what_is_no_code_is_said_to_be_none(code):
    with pytest.raises(ValueError, match="eight letters"):
        case_prefix(code)


@pytest.mark.parametrize(
    "cell", ["", "8a2a1072b59ffff", "892A1072B5BFFFF", "892a1072b5bfff", "zz2a1072b5bffff"]
)
def test_no_fact_shows_a_cell_finer_than_res_9_or_none_at_all(cell):
    with pytest.raises(ValidationError):
        TypeAdapter(Cell).validate_python(cell)


def test_a_time_without_an_offset_is_none():
    times = TypeAdapter(Instant)
    with pytest.raises(ValidationError):
        times.validate_python("2026-03-14T12:00:00")
    shown = times.dump_python(times.validate_python("2026-03-14T12:00:00+08:00"), mode="json")
    assert shown == "2026-03-14T04:00:00.000000Z"


@pytest.mark.parametrize(
    ("years", "band"),
    [
        (0, "0-3"),
        (3, "0-3"),
        (4, "4-6"),
        (17, "16-17"),
        (18, "18-64"),
        (65, "65+"),
        (None, "unknown"),
    ],
)
def test_an_age_becomes_a_band(years, band):
    assert AgeBand.of(years).value == band


def test_a_fact_has_no_room_for_what_nobody_declared():
    with pytest.raises(ValidationError):
        Fact(kind="x.said/1", at="2026-03-14T12:00:00Z", more=1)


WORDS = {"title": "t", "short": "s", "medium": "m", "full": "f"}


@pytest.mark.parametrize("lang", ["zh-Hans", "zh-Hant", "en", "ug", "pt-BR", "zh-Hant-TW"])
def test_words_are_in_any_language_that_is_named_well(lang):
    said = Texts(lang=lang, **WORDS)
    assert said.spoken is None  # of before there was a form for a voice
    assert Texts.model_validate_json(said.model_dump_json(exclude_none=True)) == said


@pytest.mark.parametrize("lang", ["", "EN", "zh_Hans", "zh-hans", "english", "en-", "en\n", "e"])
def test_a_language_that_is_named_otherwise_is_refused(lang):
    with pytest.raises(ValidationError):
        Texts(lang=lang, **WORDS)


def test_a_spoken_form_has_its_limit():
    assert Texts(lang="en", spoken="x" * 600, **WORDS).spoken
    with pytest.raises(ValidationError):
        Texts(lang="en", spoken="x" * 601, **WORDS)
