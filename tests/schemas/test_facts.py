import re

import pytest

from homeward.codec import KINDS, decode
from homeward.facts import ALL
from homeward.messages import PERSON_ROLES, UnknownFact
from homeward.testing import samples
from homeward.timeline.entries import REPORTER, SUMMARY

SAMPLES = pytest.mark.parametrize("fact", samples.ALL, ids=lambda fact: fact.kind)


def values(node):
    """Every leaf of a JSON value."""
    if isinstance(node, dict):
        for value in node.values():
            yield from values(value)
    elif isinstance(node, list):
        for value in node:
            yield from values(value)
    else:
        yield node


def test_there_is_a_sample_of_every_kind_and_no_kind_twice():
    kinds = [one.model_fields["kind"].default for one in ALL]
    assert len(set(kinds)) == len(kinds)
    assert sorted(fact.kind for fact in samples.ALL) == sorted(kinds) == sorted(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_stream_participle_version(kind):
    assert re.fullmatch(r"[a-z]+\.[a-z]+(-[a-z]+)*/[1-9][0-9]*", kind)


@SAMPLES
def test_the_public_part_holds_integers_and_text_only(fact):
    for value in values(fact.public()):
        assert isinstance(value, int | str), f"{value!r}"  # bool is an int


@SAMPLES
def test_a_fact_comes_back_from_its_parts(fact):
    again = decode(
        fact.kind, fact.case, fact.public(), opened=fact.personal(), attached=fact.blobs()
    )
    assert again == fact
    closed = decode(fact.kind, fact.case, fact.public())
    bare = fact.without_personal().model_copy(update=dict.fromkeys(fact.blob_fields()))
    assert closed == bare


@SAMPLES
def test_what_is_sealed_or_large_may_be_absent(fact):
    for name in {**fact.personal_fields(), **fact.blob_fields()}:
        assert type(fact).model_fields[name].default is None
    assert all(mark.of in PERSON_ROLES for mark in fact.personal_fields().values())


def test_a_kind_nobody_knows_is_kept_whole():
    public = {"at": "2026-03-14T04:00:00.000000Z", "moon": 1}
    kept = decode("case.moonlit/1", samples.CASE, public)
    assert isinstance(kept, UnknownFact)
    assert kept.kind == "case.moonlit/1"
    assert kept.case == samples.CASE
    assert kept.raw == public
    assert decode("case.raised/99", None, public).raw == public


def test_every_kind_of_a_case_has_a_line_in_the_timeline():
    of_a_case = {fact.kind for fact in samples.ALL if fact.case}
    assert set(SUMMARY) == of_a_case
    assert set(REPORTER) <= of_a_case


@SAMPLES
def test_a_timeline_shows_public_fields_only(fact):
    shown = {*SUMMARY.get(fact.kind, ()), *REPORTER.get(fact.kind, ())}
    hidden = {*fact.personal_fields(), *fact.blob_fields()}
    assert shown <= set(type(fact).model_fields) - hidden
