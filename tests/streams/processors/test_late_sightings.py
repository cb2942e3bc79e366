"""Sightings that come late and out of order (I-11): the search ends up where it would have been."""

import itertools

import h3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.facts.reach import ReachWidened
from homeward.geography import cells as cs
from homeward.policies import policy_of
from homeward.policies.hypotheses import hypotheses
from homeward.policies.known import Known, anchors
from homeward.processors.knowledge import NOTHING, SOURCES_MAX, learnt
from homeward.testing.samples import ACCEPTED, RAISED, at

PLACES = ((33.3, 115.5, 30), (33.6, 115.7, 55), (33.9, 116.0, 80))
"""Latitude, longitude, minute of seeing: on the way north-east."""


def last_told(house):
    """The focus and cells of the wave that the newest area was told with."""
    return house.facts(ReachWidened)[-1]


def everything_told(house):
    told = cs.NOWHERE
    for wave in house.facts(ReachWidened):
        told = cs.union(told, cs.from_bytes(wave.cells))
    return told


@pytest.mark.parametrize("order", list(itertools.permutations(PLACES)))
def test_the_newest_by_seeing_is_the_focus_in_whatever_order_they_are_accepted(live, order):
    say = live.say
    for minute, (lat, lon, seen) in enumerate(order, 90):
        live.hear(say.accepted(minute, lat, lon, seen=seen))
    live.until(say.after(120))
    assert last_told(live).focus == say.cell(*PLACES[-1][:2])
    knowledge = live.states["reach"].knowledge
    assert [one.seen_at for one in knowledge.sources[1:]] == [say.after(row[2]) for row in PLACES]


def test_all_orders_end_in_the_same_knowledge_and_the_same_area(live):
    say, found = live.say, []
    for order in itertools.permutations(PLACES):
        knowledge = learnt(NOTHING, say.raised())
        for minute, (lat, lon, seen) in enumerate(order, 90):
            fact = say.accepted(minute, lat, lon, seen=seen)
            knowledge = learnt(knowledge, fact)
        known = knowledge.known(live.states["reach"].live)
        found.append((knowledge, policy_of("field").area(known, say.after(120)).cells.tobytes()))
    assert all(one == found[0] for one in found)


def test_one_that_is_told_after_three_days_moves_nothing_that_is_newer(live):
    say = live.say
    live.hear(say.accepted(60, 33.6, 115.7, seen=55))
    live.hear(say.issued(minutes=61, version=2, hours=160))
    live.until(say.after(70))
    before = everything_told(live)
    said = live.hear(say.accepted(75 * 60, 33.1, 115.3, seen=20))
    assert last_told(live).focus == say.cell(33.6, 115.7)
    late = [one for one in said if isinstance(one, ReachWidened)]
    assert all(one.focus == say.cell(33.6, 115.7) for one in late)
    assert not len(cs.subtract(before, everything_told(live))), "who was told stays told"


ROWS = st.lists(
    st.tuples(
        st.sampled_from(PLACES),
        st.integers(20, 90) | st.just(55),
        st.sampled_from([200_000, 700_000, 800_000]),
    ),
    min_size=1,
    max_size=8,
)


def accepted(place, seen, ppm=800_000):
    changed = {"cell": cell(*place), "seen_at": at(seen), "credibility_ppm": ppm}
    return ACCEPTED.model_copy(update=changed)


def cell(lat, lon, _minute=0):
    return h3.latlng_to_cell(lat, lon, 9)


def all_learnt(facts):
    knowledge = learnt(NOTHING, RAISED)
    for fact in facts:
        knowledge = learnt(knowledge, fact)
    return knowledge


def known(knowledge):
    return Known(
        knowledge.category, knowledge.age_band, knowledge.mode, knowledge.sources, reach_km_max=500
    )


@given(ROWS, st.randoms(use_true_random=False))
def test_what_is_known_is_a_function_of_the_set_of_what_was_accepted(rows, chance):
    facts = [accepted(*row) for row in rows]
    shuffled = list(facts)
    chance.shuffle(shuffled)
    one, other = all_learnt(facts), all_learnt(shuffled)
    assert one == other
    assert anchors(known(one), at(100)) == anchors(known(other), at(100))
    assert hypotheses(known(one), at(100)) == hypotheses(known(other), at(100))


def test_of_too_many_the_last_to_be_seen_are_kept_in_whatever_order_they_came():
    facts = [accepted(PLACES[0], seen) for seen in range(1, SOURCES_MAX + 21)]
    ahead, back = all_learnt(facts), all_learnt(facts[::-1])
    assert ahead == back
    assert len(ahead.sources) == SOURCES_MAX
    assert ahead.sources[-1].seen_at == at(SOURCES_MAX + 20)
