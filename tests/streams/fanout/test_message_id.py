from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from homeward.fanout.message_id import message_id
from homeward.words import Purpose

LOG = "homeward.test/drill"
words = st.text("ab-", max_size=4)
parts = st.fixed_dictionaries(
    {
        "case": words,
        "alert": st.integers(0, 12),
        "version": st.integers(0, 12),
        "purpose": st.sampled_from(Purpose),
        "recipient": words,
        "watch": st.one_of(st.none(), words.filter(bool)),
        "contact": st.integers(0, 3),
        "moved": st.integers(0, 3),
    }
)


@given(st.lists(parts, min_size=2, max_size=20))
def test_messages_share_an_id_only_when_every_part_is_the_same(told):
    for one, other in pairwise(told):
        same = told_of(one) == told_of(other)
        assert (message_id(LOG, **one) == message_id(LOG, **other)) == same


def told_of(one):
    """That it is over is the same message, whichever contact of a hub hears it."""
    return {**one, "contact": 0, "moved": 0} if one["purpose"].ends else one


@given(parts)
def test_a_drill_never_names_a_message_as_a_live_world_does(told):
    assert message_id(LOG, **told) != message_id("homeward.test/live", **told)


def test_a_message_keeps_its_id_for_ever():
    told = {"case": "c", "alert": 1, "version": 1, "purpose": Purpose.ALERT, "recipient": "v-1"}
    assert message_id(LOG, **told) == "47700c0a-7ad0-5a79-989d-8d2b2335a952"


def test_a_watch_that_was_never_moved_keeps_the_id_of_before_there_were_moves():
    told = {"case": "c", "alert": 1, "version": 1, "purpose": Purpose.WATCH, "recipient": "h-1"}
    watch = {**told, "watch": "w", "contact": 1}
    assert (
        message_id(LOG, **watch)
        == message_id(LOG, **watch, moved=0)
        == ("7f81727f-7af7-50e4-9fca-a531858ad65a")
    )
