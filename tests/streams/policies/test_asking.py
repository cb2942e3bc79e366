from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.policies import asking as policy
from homeward.policies.asking import Answered, Asking
from homeward.words import Answer

START = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def opened(quota: int = 3, by: float = 90, people_max: int = 5_000, inside: int | None = None):
    return Asking(quota, START, at(by), people_max, inside=inside)


def coming(names, minute: float = 1, minutes: int | None = 10):
    return [Answered(one, Answer.COMING, at(minute), minutes) for one in names]


def people(count: int) -> list[str]:
    return [f"v-{one}" for one in range(count)]


def asked(state: Asking, count: int, minute: float = 0) -> Asking:
    return policy.asked(state, at(minute), count, wanted=count)


def test_first_a_few_are_asked():
    assert policy.following(opened(), at(0)) == policy.Next(30, at(2))


def test_no_two_rounds_within_two_minutes():
    state = asked(opened(), 30)
    assert policy.following(state, at(1)) == policy.Next(0, at(2))
    assert policy.following(state, at(2)).ask > 0


def test_a_round_brings_at_most_as_many_as_were_asked():
    state = asked(opened(quota=100), 400)
    assert policy.following(state, at(2)).ask <= 400


def test_more_are_asked_where_nobody_answers_than_where_some_do():
    silent = asked(opened(quota=10), 40)
    some = policy.answered(silent, coming(people(6)))
    assert policy.following(silent, at(4)).ask > policy.following(some, at(4)).ask > 0


def test_silence_becomes_a_decline():
    state = asked(opened(), 60)
    rates = [policy.rate(state, at(minute)) for minute in range(0, 12, 2)]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] == rates[-2] == pytest.approx(policy.PRIOR_RATE * 20 / 80)


def test_nobody_is_asked_once_it_is_enough():
    state = policy.answered(asked(opened(), 30), coming(people(6)))
    assert policy.following(state, at(5)) == policy.Next(0, at(11))  # when they are to be there


def test_a_promise_that_comes_too_late_fills_no_place():
    state = policy.answered(asked(opened(by=20), 30), coming(people(9), minutes=40))
    assert policy.following(state, at(5)).ask > 0


def test_who_drops_out_opens_a_place():
    state = policy.answered(asked(opened(), 30), coming(people(5)))
    assert not policy.lacking(state, at(2))
    gone = [Answered(one, Answer.CANNOT, at(3)) for one in people(4)]
    state = policy.answered(state, gone)
    assert policy.lacking(state, at(3))
    assert policy.following(state, at(3)).ask > 0


def test_who_is_overdue_opens_a_place():
    state = policy.answered(asked(opened(), 30), coming(people(5), minute=1, minutes=10))
    assert state.coming(at(20.9)) == 5
    assert state.coming(at(21)) == 0
    assert policy.following(state, at(21)).ask > 0


def test_who_is_late_is_half_a_place_and_who_is_on_the_way_nearly_one():
    promised = policy.answered(asked(opened(quota=10), 60), coming(people(13)))
    before, late = policy.lacking(promised, at(10)), policy.lacking(promised, at(11))
    assert late > before + 3
    under_way = [Answered(one, Answer.ON_MY_WAY, at(2)) for one in people(11)]
    eleven = policy.answered(asked(opened(quota=10), 60), coming(people(11)))
    assert policy.lacking(eleven, at(3)) > 0
    assert not policy.lacking(policy.answered(eleven, under_way), at(3))


def test_who_says_that_they_are_there_is_not_overdue():
    state = policy.answered(asked(opened(), 30), coming(people(3)))
    state = policy.answered(state, [Answered(one, Answer.ARRIVED, at(12)) for one in people(3)])
    assert policy.following(state, at(60)) == policy.Next(0, at(90))


def test_who_went_home_after_helping_has_filled_a_place():
    here = [Answered("a", Answer.IN, at(5)), Answered("a", Answer.OUT, at(50))]
    assert policy.answered(opened(quota=1), here).coming(at(60)) == 1
    never = [Answered("a", Answer.OUT, at(50))]
    assert policy.answered(opened(quota=1), never).coming(at(60)) == 0


def test_on_the_way_keeps_the_time_that_was_promised():
    state = policy.answered(
        opened(), [*coming(["a"], 1, 10), Answered("a", Answer.ON_MY_WAY, at(4))]
    )
    assert state.volunteers["a"].there_at == at(11)


def test_who_is_late_and_says_that_they_are_on_the_way_is_waited_for():
    late = [*coming(["a"], 1, 10), Answered("a", Answer.ON_MY_WAY, at(25))]
    state = policy.answered(opened(quota=1), late)
    assert state.coming(at(34)) == 1
    assert state.coming(at(35)) == 0


def test_nobody_is_asked_when_it_is_time():
    assert policy.following(asked(opened(), 30), at(90)) == policy.Next(over=True)


def test_the_bound_is_kept_and_then_nobody_looks():
    state = asked(opened(quota=50, people_max=200), 200)
    assert policy.following(state, at(4)) == policy.Next(0, at(90))


def test_a_round_that_finds_too_few_is_the_last():
    state = policy.asked(opened(), at(0), 12, wanted=30)
    assert policy.following(state, at(4)) == policy.Next(0, at(90))


def test_where_people_are_few_all_are_asked_at_once():
    assert policy.following(opened(quota=10, inside=120), at(0)).ask == 120
    assert policy.following(opened(quota=10, inside=5_000), at(0)).ask == 40


def test_those_are_kept_who_are_there_soonest():
    promised = [Answered(f"v-{one}", Answer.COMING, at(1), 60 - one) for one in range(30)]
    state = policy.answered(asked(opened(), 40), promised)
    kept = policy.kept(state, at(2))
    assert 3 <= len(kept) < 8
    assert kept == {f"v-{one}" for one in range(30 - len(kept), 30)}


def test_who_is_under_way_is_not_sent_home():
    state = policy.answered(asked(opened(), 40), coming(people(20)))
    state = policy.answered(state, [Answered(one, Answer.ON_MY_WAY, at(2)) for one in people(20)])
    assert policy.kept(state, at(3)) == set(people(20))


def test_the_silent_and_the_surplus_stand_down_but_not_who_said_no():
    state = policy.answered(asked(opened(quota=1), 6), [Answered("no", Answer.CANNOT, at(1))])
    state = policy.answered(state, [Answered("here", Answer.ARRIVED, at(2)), *coming(["late"])])
    everybody = {"no", "here", "late", "silent"}
    assert policy.stood_down(state, everybody, at(3)) == {"late", "silent"}
    state = policy.sent_home(state, {"late", "silent"})
    assert policy.stood_down(state, everybody, at(4)) == {
        "silent"
    }  # said of the silent by who asks


def test_who_was_sent_home_and_comes_all_the_same_counts():
    state = policy.sent_home(policy.answered(opened(quota=1), coming(["a"])), {"a"})
    assert state.coming(at(2)) == 0
    assert policy.answered(state, [Answered("a", Answer.ARRIVED, at(9))]).coming(at(9)) == 1


names = st.sampled_from(people(12))
given_answers = st.lists(
    st.builds(
        lambda who, answer, minute, minutes: (who, answer, minute, minutes),
        names,
        st.sampled_from(Answer),
        st.integers(0, 80),
        st.none() | st.integers(0, 60),
    ),
    max_size=40,
)


def as_answers(raw) -> list[Answered]:
    return [
        Answered(who, answer, at(minute), minutes)
        for who, answer, minute, minutes in sorted(raw, key=lambda one: one[2])
    ]


@given(given_answers, st.randoms())
def test_only_each_ones_own_answers_count_in_their_order(raw, random):
    answers = as_answers(raw)
    mine = {who: [one for one in answers if one.who == who] for who in people(12)}
    mixed = []
    while any(mine.values()):
        who = random.choice([one for one, left in mine.items() if left])
        mixed.append(mine[who].pop(0))
    one, other = policy.answered(opened(), answers), policy.answered(opened(), mixed)
    assert one == other
    assert policy.following(one, at(85)) == policy.following(other, at(85))


@given(given_answers, st.integers(1, 8), st.integers(0, 95))
def test_everybody_asked_is_kept_or_stands_down_or_knows_it(raw, quota, minute):
    everybody = set(people(20))
    state = policy.answered(asked(opened(quota=quota), 20), as_answers(raw))
    kept = policy.kept(state, at(minute))
    down = policy.stood_down(state, everybody, at(minute))
    gone = {
        who for who, one in state.volunteers.items() if one.answer in {Answer.CANNOT, Answer.OUT}
    }
    assert not kept & down
    assert everybody == kept | down | gone
    assert not down & gone


@given(given_answers, st.integers(1, 8), st.integers(1, 300), st.none() | st.integers(0, 400))
def test_never_more_are_asked_than_allowed_and_none_after_it_is_enough(
    raw, quota, people_max, inside
):
    state = opened(quota=quota, people_max=people_max, inside=inside)
    answers, rounds = as_answers(raw), []
    for minute in range(100):
        now = at(minute)
        due = [one for one in answers if one.at == now]
        state = policy.answered(state, due)
        following = policy.following(state, now)
        if following.ask:
            assert policy.lacking(state, now)
            assert now < state.by
            rounds.append(now)
            state = policy.asked(state, now, following.ask, wanted=following.ask)
    assert state.asked <= min(people_max, 10_000 if inside is None else inside)
    assert all(later - sooner >= policy.EVERY for sooner, later in pairwise(rounds))


def there_at_least(chances: list[float], quota: int) -> float:
    """By the definition: each comes or not, independently."""
    ways = [1.0]
    for chance in chances:
        ways = [
            (ways[n] if n < len(ways) else 0.0) * (1 - chance) + (ways[n - 1] * chance if n else 0)
            for n in range(len(ways) + 1)
        ]
    return sum(ways[quota:])


@given(st.integers(1, 60), st.integers(0, 60), st.booleans())
def test_enough_is_enough_nineteen_times_in_twenty(quota, here, last):
    state = asked(opened(quota=quota, inside=400 if last else None), 400)
    arrived = [Answered(f"h-{one}", Answer.ARRIVED, at(1)) for one in range(min(here, quota))]
    state = policy.answered(state, arrived)
    more = policy.lacking(state, at(2))
    keep = policy.keeps(state, at(2))
    chance = there_at_least([1.0] * len(arrived) + [keep] * more, quota)
    assert chance >= 0.95
    assert more <= 2 * quota + 12
