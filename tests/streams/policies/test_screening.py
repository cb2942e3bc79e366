"""The forms that a protected person is kept and asked for under, letter by letter."""

import pytest

from homeward.policies.screening import asked, listed, normal, telephone
from homeward.words import Contact, Description

PHONE = "13800000142"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Ana Núñez", "aaennnuz"),
        ("ana_nunez", "aaennnuz"),
        ("Núñez, Ana-", "aaennnuz"),
        ("林 小禾", "林小禾"),
        (" ,- ", ""),
        ("", ""),
    ],
)
def test_of_a_name_the_letters_count_in_order_but_han_as_it_stands(name, kept):
    assert normal(name) == kept


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        ("+86 138-0000-0142", PHONE),
        ("123456", "123456"),
        ("12345", ""),
        ("no number", ""),
    ],
)
def test_a_telephone_has_six_digits_at_least_and_eleven_count(number, kept):
    assert telephone(number) == kept


@pytest.mark.parametrize(
    ("known", "forms"),
    [
        (("Bo", 2018, "Cy", PHONE), ["name bo", "born 2018 bo", "with cy: bo", f"phone {PHONE}"]),
        (("Bo", None, " - ", "12345"), ["name bo"]),
        ((None, 2018, "Cy", PHONE), [f"phone {PHONE}"]),
        (("", 2018, None, None), []),
    ],
)
def test_under_which_forms_somebody_is_kept(known, forms):
    assert list(listed(*known)) == forms


@pytest.mark.parametrize(
    ("person", "reporter", "forms"),
    [
        ({"name": "Bo"}, None, ["name bo"]),
        (
            {"name": "Bo", "age_years": 6},
            None,
            ["born 2018 bo", "born 2019 bo", "born 2020 bo", "born 2021 bo"],
        ),
        ({"name": "Bo"}, {"name": "Cy", "phone": PHONE},
         ["name bo", "with cy: bo", f"phone {PHONE}"]),
        ({"name": "Bo"}, {"phone": "12345"}, ["name bo"]),
        ({"age_years": 6}, {"name": "Cy", "phone": PHONE}, [f"phone {PHONE}"]),
        ({}, {"name": "Cy"}, []),
    ],
)  # fmt: skip
def test_under_which_forms_a_report_asks_a_year_on_each_side(person, reporter, forms):
    who = reporter and Contact(**reporter)
    assert list(asked(Description(**person), who, 2026)) == forms
