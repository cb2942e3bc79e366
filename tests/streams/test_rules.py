"""What more than one decision of a case asks for, at the edges."""

from datetime import timedelta

import pytest

from homeward.case.rules import (
    check_age,
    check_last_seen,
    check_seen,
    check_texts,
    check_worded,
)
from homeward.case.state import Case, Status
from homeward.refusals import (
    AgeContradicts,
    SeenBeforeMissing,
    SeenInFuture,
    SeenTooLongAgo,
    TextsIncomplete,
)
from homeward.testing.samples import TEXTS, at
from homeward.words import AgeBand, Category, Worded, Wording

NOW, SECOND = at(60), timedelta(seconds=1)
FAST = timedelta(minutes=5)
ZH, EN = TEXTS
DE = EN.model_copy(update={"lang": "de"})


def test_a_clock_may_be_five_minutes_fast_and_a_month_is_the_longest():
    check_last_seen(NOW + FAST, NOW)
    with pytest.raises(SeenInFuture):
        check_last_seen(NOW + FAST + SECOND, NOW)
    check_last_seen(NOW - timedelta(days=30), NOW)
    with pytest.raises(SeenTooLongAgo):
        check_last_seen(NOW - timedelta(days=30) - SECOND, NOW)


def test_a_sighting_may_lie_a_day_before_the_last_moment():
    check_seen(NOW, NOW, NOW)
    check_seen(NOW + FAST, NOW, NOW)
    check_seen(NOW - timedelta(hours=24), NOW, NOW)
    with pytest.raises(SeenInFuture):
        check_seen(NOW + FAST + SECOND, NOW, NOW)
    with pytest.raises(SeenBeforeMissing):
        check_seen(NOW - timedelta(hours=24) - SECOND, NOW, NOW)


def test_nobody_of_these_ages_can_have_that_category():
    for category, bands in (
        (Category.LOST_CHILD, [AgeBand.ADULT]),
        (Category.LOST_CHILD, [AgeBand.ADULT, AgeBand.OLD]),
        (Category.RUNAWAY, [AgeBand.TODDLER]),
    ):
        with pytest.raises(AgeContradicts) as refused:
            check_age(category, *bands)
        assert refused.value.detail == category.value
    check_age(Category.RUNAWAY, AgeBand.TODDLER, AgeBand.CHILD)
    check_age(Category.STRANGER_ABDUCTION, AgeBand.OLD)


@pytest.mark.parametrize(
    ("texts", "others"),
    [
        ((), ()),
        ((EN,), ()),
        ((ZH, ZH), ()),
        ((ZH, EN, EN), ()),
        ((ZH, EN), ((ZH,),)),
        ((ZH, EN), ((ZH, EN), (ZH, DE))),
        ((ZH, EN), ((ZH, EN, EN),)),
    ],
)
def test_texts_have_chinese_each_language_once_and_all_the_same(texts, others):
    with pytest.raises(TextsIncomplete):
        check_texts(texts, *others)
    check_texts((ZH, EN), (EN, ZH), (ZH, EN))


def test_each_wording_has_each_language_and_stands_once():
    kinds = list(Wording)[:2]
    one, other = (Worded(wording=kind, texts=TEXTS) for kind in kinds)
    check_worded(TEXTS, TEXTS, (one, other), None, (one,))
    short = one.model_copy(update={"texts": (ZH,)})
    for said in (
        (TEXTS, (ZH,), (one,)),
        ((ZH,), TEXTS, (one,)),
        ((EN,), (EN,)),
        (TEXTS, TEXTS, (short,)),
        (TEXTS, TEXTS, None, (other, short)),
        (TEXTS, TEXTS, (one, one)),
        (TEXTS, TEXTS, (one,), (other, other)),
    ):
        with pytest.raises(TextsIncomplete):
            check_worded(*said)


def test_what_is_hidden_and_what_may_be_opened_again():
    assert [one.value for one in Status if one.hidden] == ["de-published", "sealed", "expunged"]
    again = {"cancelled", "resolved", "closed-out", "de-published"}
    assert {one.value for one in Status if one.reopenable} == again
    assert Case().id == ""
