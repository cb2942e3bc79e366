"""Whoever opens very many cases is noticed, once an hour, and stopped by nothing."""

from datetime import UTC, datetime, timedelta

from homeward.desk.insider import CASES_MAX, WITHIN, ReadWatch

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def opened(watch, cases, account="o-wang", at=NOW):
    return [watch.read(account, f"case-{one}", at) for one in cases]


def test_twenty_cases_are_work_and_the_next_one_is_said_once():
    watch = ReadWatch()
    assert set(opened(watch, range(CASES_MAX))) == {0}
    assert opened(watch, [CASES_MAX, CASES_MAX + 1]) == [CASES_MAX + 1, 0]


def test_the_same_case_again_is_one():
    assert set(opened(ReadWatch(), [1] * 100)) == {0}


def test_each_account_and_each_hour_counts_for_itself():
    watch = ReadWatch()
    opened(watch, range(CASES_MAX))
    assert opened(watch, [99], account="o-li") == [0]
    assert opened(watch, [99], at=NOW + WITHIN) == [0]


def test_whoever_goes_on_is_said_again_in_the_next_hour():
    watch = ReadWatch()
    opened(watch, range(CASES_MAX + 1))
    later = NOW + WITHIN + timedelta(seconds=1)
    assert any(opened(watch, range(CASES_MAX + 1), at=later))
