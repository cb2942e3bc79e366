"""On one officer's word so many people hear of an alert; all the rest once two agree."""

import random
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap
from tests.streams.fanout.test_lane import CASE, ORIGIN, T0, found, heard, order, people

from homeward.facts.clock import WakeDue
from homeward.fanout.lane import Lane, plan, plan_again, queries_again, query_of
from homeward.fanout.late import Looked, late_query, plan_late
from homeward.fanout.recutting import recut
from homeward.fanout.told import LaneState, dump, load
from homeward.words import Purpose

CAP = 24
SHARD = 1 << 26


@dataclass
class Town:
    """People by how near they are, lanes that tell them, and what each was told."""

    near: list[int]
    """Ordinals, the nearest first."""
    lanes: list[Lane] = field(default_factory=lambda: [Lane(0, 1, ORIGIN)])
    states: list[LaneState] = field(default_factory=lambda: [LaneState()])
    inside: set[int] = field(default_factory=set)
    told: list[tuple[int, int]] = field(default_factory=list)
    """(version, ordinal), in the order of telling."""
    version: int = 1
    alone: bool = True
    unapproved: set[int] = field(default_factory=lambda: {1})
    same: dict[int, int] = field(default_factory=dict)
    """Versions that change nothing of what those told are to do, and since when."""

    def matched(self, query, mine, among=None):
        """What the rule says: nearest first, minus those told."""
        whom = (self.inside if among is None else among) | set(query.again)
        whom = {one for one in whom if query.only is None or one in query.only}
        there = [one for one in self.near if one in whom and one in mine]
        new = [one for one in there if one not in query.told]
        soon = T0 + timedelta(minutes=30)  # somebody is always about to wake
        return found(new, [one for one in there if one in query.told], wakes_at=soon)

    def each(self):
        return [(n, lane, lane.own(BitMap(self.near))) for n, lane in enumerate(self.lanes)]

    def tell(self, number, made):
        self.states[number] = load(dump(made.state))
        self.told += [(cut.version, one) for cut in made.chunks for one in people([cut])]

    def wave(self, new):
        self.inside |= new
        limit = CAP if self.alone else None
        since = self.same.get(self.version)
        said = heard(order(version=self.version, people_max=limit, same_since=since))
        for number, lane, mine in self.each():
            query = query_of(said.fact, self.states[number])
            match = self.matched(query, mine, new)
            before = {one for _, one in self.told}
            self.tell(number, plan(said, self.states[number], lane, match))
            self._the_nearest(match, before)

    def _the_nearest(self, match, before):
        """Whom a wave told in a lane who had not heard: those who stand first in its own order."""
        fresh = [one for one in match.ordinals.tolist() if one not in before]
        got = {one for _, one in self.told} - before
        taken = [one for one in fresh if one in got]
        assert taken == fresh[: len(taken)]

    def late(self):
        for number, lane, mine in self.each():
            state = self.states[number]
            looked = [
                Looked(one, self.matched(late_query(one, T0, None), mine), None)
                for one in state.live(T0)
            ]
            made = plan_late(CASE, state, lane, looked, T0, 9)
            if made is not None:
                self.tell(number, made)

    def wake(self):
        at = T0 + timedelta(hours=1)
        for number, lane, mine in self.each():
            fact = WakeDue(case=CASE, at=at, processor=lane.name, asked_by=CASE, due=at)
            asked = queries_again(fact, self.states[number], lane)
            both = [(one, self.matched(it, mine, set(it.area.ordinals))) for one, it in asked]
            self.tell(number, plan_again(heard(fact), self.states[number], lane, both))

    def cut(self, count):
        self.lanes = [Lane(number, count, ORIGIN) for number in range(count)]
        self.states = recut(self.states, self.lanes)

    def newcomers(self):
        """How many heard first by what one officer issued."""
        seen, count = set(), 0
        for version, one in self.told:
            count += one not in seen and version in self.unapproved
            seen.add(one)
        return count


def town(seed, people_count):
    chance = random.Random(seed)
    near = sorted(
        {chance.randrange(64) * SHARD + chance.randrange(400) for _ in range(people_count)}
    )
    chance.shuffle(near)
    return Town(near), chance


STEPS = st.lists(
    st.sampled_from(["wave", "wave", "wave", "late", "wake", "cut", "update", "approve"]),
    max_size=12,
)


def play(seed, steps):
    """Yield the town after each step."""
    there, chance = town(seed, 90)
    for step in steps:
        match step:
            case "wave":
                there.wave({one for one in there.near if chance.random() < 0.4})
            case "late":
                there.inside |= set(chance.sample(there.near, 5))
                there.late()
            case "wake":
                there.wake()
            case "cut":
                there.cut(chance.choice([1, 2, 4, 8]))
            case "update":
                there.version, there.alone, there.inside = there.version + 1, True, set()
                there.unapproved.add(there.version)
            case "renew":
                there.version, there.inside = there.version + 1, set()
                before = there.version - 1
                there.same[there.version] = there.same.get(before, before)
                there.unapproved |= {there.version} if there.alone else set()
            case "approve":
                there.alone = False
                there.unapproved.discard(there.version)
                there.wave(set())
        yield there


@given(st.integers(0, 10**6), STEPS)
def test_one_word_never_tells_more_and_two_tell_all_the_rest(seed, steps):
    for there in play(seed, steps):
        assert there.newcomers() <= CAP
        assert len(there.told) == len(set(there.told))  # nobody hears a version twice
        if not there.alone:
            there.late()  # whoever is inside by now
            assert there.inside <= {one for version, one in there.told if version == there.version}


@given(st.integers(0, 10**6), st.sampled_from([1, 2, 4]))
def test_each_lane_tells_its_nearest_and_together_they_use_the_number_up(seed, count):
    there, _ = town(seed, 90)
    there.cut(count)
    there.wave(set(there.near))
    heard_it = {one for _, one in there.told}
    for _, _, mine in there.each():
        own = [one for one in there.near if one in mine]
        assert heard_it & set(own) == set(own[: CAP // count])
    assert CAP - count < there.newcomers() <= CAP or len(there.near) < CAP


def test_who_was_told_by_two_hears_an_update_of_one_and_nobody_else_is_shut_out():
    there, _ = town(1, 90)
    there.alone = False
    there.unapproved.clear()
    there.wave(set(there.near[:60]))
    there.version, there.alone = 2, True
    there.unapproved.add(2)
    there.wave(set(there.near))
    second = [one for version, one in there.told if version == 2]
    assert set(there.near[:60]) <= set(second)
    assert len(second) == 60 + CAP


def test_a_retraction_is_not_bounded():
    lane, told = Lane(0, 1, ORIGIN), order(people_max=1)
    state = plan(heard(told), LaneState(), lane, found([1, 2])).state
    said = heard(order(purpose=Purpose.CANCEL, audience="told"))
    assert people(plan(said, state, lane, {0: BitMap([1, 2, 3])}).chunks) == [1, 2, 3]
