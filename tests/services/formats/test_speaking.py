import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.formats import speaking
from homeward.formats.catalogues import LANGS


@pytest.mark.parametrize(
    ("number", "english", "chinese"),
    [
        (0, "zero", "零"),
        (2, "two", "二"),
        (10, "ten", "十"),
        (17, "seventeen", "十七"),
        (21, "twenty one", "二十一"),
        (30, "thirty", "三十"),
        (100, "one hundred", "一百"),
        (104, "one hundred and four", "一百零四"),
        (110, "one hundred and ten", "一百一十"),
        (999, "nine hundred and ninety nine", "九百九十九"),
        (1000, "1000", "1000"),
    ],
)
def test_numbers_are_words(number, english, chinese):
    assert speaking.numbered(number, "en") == english
    assert speaking.numbered(number, "zh-Hans") == chinese
    assert speaking.numbered(number, "zh-Hant") == chinese
    assert speaking.numbered(number, "pt") == str(number)


def test_two_of_something_has_a_word_of_its_own_in_chinese():
    assert speaking.counted(2, "zh-Hans") == "两"
    assert speaking.counted(2, "zh-Hant") == "兩"
    assert speaking.counted(12, "zh-Hans") == "十二"


@pytest.mark.parametrize(
    ("hour", "minute", "english", "simplified", "traditional"),
    [
        (0, 0, "twelve o'clock at night", "凌晨零点", "凌晨零點"),
        (2, 5, "two oh five at night", "凌晨两点零五分", "凌晨兩點零五分"),
        (9, 37, "nine thirty seven in the morning", "上午九点三十七分", "上午九點三十七分"),
        (12, 0, "twelve o'clock at midday", "中午十二点", "中午十二點"),
        (14, 30, "two thirty in the afternoon", "下午两点三十分", "下午兩點三十分"),
        (23, 59, "eleven fifty nine in the evening", "晚上十一点五十九分", "晚上十一點五十九分"),
    ],
)
def test_times_are_words_with_the_part_of_the_day(hour, minute, english, simplified, traditional):
    at = datetime(2026, 3, 14, hour, minute)  # noqa: DTZ001 -- local already
    assert speaking.clock(at, "en") == english
    assert speaking.clock(at, "zh-Hans") == simplified
    assert speaking.clock(at, "zh-Hant") == traditional


@pytest.mark.parametrize(
    ("day", "said"),
    [
        *((1, "first"), (2, "second"), (3, "third"), (5, "fifth"), (9, "ninth"), (12, "twelfth")),
        *((14, "fourteenth"), (20, "twentieth"), (22, "twenty second"), (31, "thirty first")),
    ],
)
def test_days_are_ordinals(day, said):
    at = datetime(2026, 1, day, 8, 0)  # noqa: DTZ001
    assert speaking.moment(at, "en").startswith(f"on the {said} of January, at eight o'clock")


@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)), st.sampled_from(LANGS))  # noqa: DTZ001
def test_no_moment_has_a_figure_in_it(at, lang):
    assert not re.search("[0-9]", speaking.moment(at, lang))


@pytest.mark.parametrize(
    ("code", "said"),
    [("ABCD-EFGH", "A B C D, E F G H"), ("皖X·00000", "皖 X, 0 0 0 0 0"), ("", ""), ("a1", "A 1")],
)
def test_codes_are_spelt(code, said):
    assert speaking.spelt(code) == said
