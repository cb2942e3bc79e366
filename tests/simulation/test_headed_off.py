"""Every hub with a contact whose earliest arrival lies ahead is ordered before that arrival.

In every simulated history the judge of `homeward.testing.simulation.headed` reads the log; here
hubs lie hours ahead, sightings come out of order, alerts are updated under another policy, and
processes die, duel and hear things twice. And the judge is judged: broken processors are planted.
"""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from homeward.facts.case import AlertUpdated
from homeward.facts.hub import HubUnreachable, WatchOrdered, WatchReleased
from homeward.facts.sighting import SightingAccepted
from homeward.facts.watch import WatchStoodDown
from homeward.hosts.consumer import Pure
from homeward.processors.escalation import Escalation
from homeward.processors.hubs import Hubs, Watch
from homeward.record.envelope import read
from homeward.testing.histories import Act, History, Step, seen_often
from homeward.testing.simulation import (
    CALM,
    WIDE,
    Simulation,
    disturb,
    real_crew,
    run,
    seed_blocks,
    whole_crew,
)

HISTORIES = 45
FIRST = 5_000  # not those of the other tests
SEEDS = range(40)
"""A planted bug must show within so many histories."""


@pytest.mark.parametrize(
    "seeds", seed_blocks(FIRST, HISTORIES, 15), ids=lambda s: f"from-{s.start}"
)
def test_each_hub_ahead_is_ordered_in_time_in_every_history(seeds):
    found = disturb(seeds, crew=real_crew, world=WIDE)
    assert found.failed == {}
    if len(seeds) > 1:  # worth running: hubs are ordered and let go all the time
        for kind in ("hubs.watch-ordered/1", "hubs.watch-released/1", "hubs.unreachable/1"):
            assert found.figures[kind] > len(seeds), kind


async def facts_of(seed):
    simulation = Simulation(seen_often(seed), CALM, real_crew, world=WIDE)
    assert not (await simulation.run()).wrong
    return [read(row) for row in simulation.store.disk.log.rows]


async def test_the_histories_hold_what_can_go_wrong():
    """Hubs ordered at once, on a wake, anew; policies that change; sightings out of order."""
    seen = Counter()
    for seed in range(FIRST, FIRST + 24):
        said = await facts_of(seed)
        by_id = {one.id: one.fact for one in said}
        orders = [one for one in said if isinstance(one.fact, WatchOrdered)]
        seen.update(f"ordered on {by_id[one.cause].kind}" for one in orders)
        watches = {(one.fact.case, one.fact.hub, one.fact.watch) for one in orders}
        seen["ordered anew"] += len(watches) - len({watch[:2] for watch in watches})
        seen["moved"] += sum(bool(one.fact.moved) for one in orders)
        seen.update(one.fact.policy for one in said if hasattr(one.fact, "policy"))
        when = [one.fact.seen_at for one in said if isinstance(one.fact, SightingAccepted)]
        seen["out of order"] += when != sorted(when)
    for what in (
        *("ordered on clock.wake-due/1", "ordered on sighting.accepted/1"),
        *("ordered on case.alert-issued/1", "ordered on case.alert-updated/1"),
        *("ordered anew", "moved", "field", "circles", "out of order"),
    ):
        assert seen[what] >= 3, (what, seen)


class Sleeps(Hubs):
    """Never asks to be woken: what lies beyond the horizon is never ordered."""

    def step(self, state, heard):
        return replace(super().step(state, heard), wake_at=None)


class Oversleeps(Hubs):
    """Is woken three hours late."""

    def step(self, state, heard):
        reaction = super().step(state, heard)
        if reaction.wake_at is None:
            return reaction
        late = reaction.wake_at + timedelta(hours=3)
        return replace(reaction, state=replace(reaction.state, look_at=late), wake_at=late)


class Deaf(Hubs):
    """Does not look again when a sighting is accepted."""

    def step(self, state, heard):
        if isinstance(heard.fact, SightingAccepted):
            return super().step(state, replace(heard, fact=heard.fact.model_copy(update=FAINT)))
        return super().step(state, heard)


FAINT = {"credibility_ppm": 0, "hubs": None}


class OldNews(Hubs):
    """Takes the sighting that came last for the newest."""

    def step(self, state, heard):
        if isinstance(heard.fact, SightingAccepted):
            heard = replace(heard, fact=heard.fact.model_copy(update={"seen_at": heard.fact.at}))
        return super().step(state, heard)


class Stubborn(Hubs):
    """Goes on by the version of the alert that it knows."""

    def step(self, state, heard):
        if isinstance(heard.fact, AlertUpdated):
            return super().step(state, replace(heard, fact=heard.fact.model_copy(update=FIRST_ONE)))
        return super().step(state, heard)


FIRST_ONE = {"policy": "field", "reach_km_max": 5}


class Clings(Hubs):
    """Releases no hub that lies behind."""

    def step(self, state, heard):
        reaction = super().step(state, heard)
        says = [one for one in reaction.says if not isinstance(one, WatchReleased)]
        return replace(reaction, says=says)


class OnlyOnce(Hubs):
    """Does not order a hub again that it released."""

    def step(self, state, heard):
        reaction = super().step(state, heard)
        gone = [one for one in reaction.says if isinstance(one, WatchReleased)]
        never = tuple(Watch(one.hub, one.watch, one.version, open=False) for one in gone)
        kept = (*reaction.state.watches, *never) if reaction.state.live else ()
        return replace(reaction, state=replace(reaction.state, watches=kept))


class Unsorted(Hubs):
    """Orders whatever comes last first."""

    def step(self, state, heard):
        reaction = super().step(state, heard)
        return replace(reaction, says=[*reaction.says][::-1])


class SkipsOne(Hubs):
    """Overlooks the last hub of each turn."""

    def step(self, state, heard):
        reaction = super().step(state, heard)
        if not any(isinstance(one, WatchOrdered) for one in reaction.says):
            return reaction
        return replace(reaction, says=[*reaction.says][:-1])


class Mute(Hubs):
    """Does not say which hubs nobody can tell."""

    def step(self, state, heard):
        reaction = super().step(state, heard)
        says = [one for one in reaction.says if not isinstance(one, HubUnreachable)]
        return replace(reaction, says=says)


class KeepsTime(Hubs):
    """Windows are not moved: whoever watches goes on as it was told first."""

    def step(self, state, heard):
        reaction = super().step(state, heard)
        says = [one for one in reaction.says if not getattr(one, "moved", None)]
        return replace(reaction, says=says)


BROKEN = (
    *(Sleeps, Oversleeps, Deaf, OldNews, Stubborn, Clings, OnlyOnce, Unsorted, SkipsOne, Mute),
    KeepsTime,
)


def crew_with(hubs):
    def crew(store):
        return [Pure(hubs()) if one.name == "hubs" else one for one in real_crew(store)]

    return crew


@pytest.mark.parametrize("broken", BROKEN, ids=lambda one: one.__name__)
def test_a_broken_processor_is_noticed_by_what_the_log_says(broken):
    """By the judge alone: the same processor runs calm and disturbed, so the words are alike."""
    for seed in SEEDS:
        wrong = run(seen_often(seed), crew=crew_with(broken), world=WIDE).wrong
        if wrong:
            assert any("hub" in one or "far" in one for one in wrong), wrong
            return
    pytest.fail(f"{broken.__name__} was not noticed in {len(SEEDS)} histories")


class Waits(Escalation):
    """Waits for silence where nobody can be there."""

    def step(self, state, heard):
        if isinstance(heard.fact, WatchOrdered):
            heard = replace(heard, fact=heard.fact.model_copy(update={"unattended": None}))
        return super().step(state, heard)


def test_who_waits_for_silence_that_is_to_be_expected_is_noticed():
    def crew(store):
        return [Pure(Waits()) if one.name == "escalation" else one for one in real_crew(store)]

    found = [run(seen_often(seed), crew=crew, world=WIDE).wrong for seed in SEEDS[:6]]
    assert any("and the desk was not told" in one for wrong in found for one in wrong)


TWO_SIGHTINGS = History(
    4,
    (
        Step(Act.RAISE),
        Step(Act.VERIFY),
        Step(Act.ISSUE, after_s=600),
        Step(Act.SIGHT, after_s=1_800, choice=12),
        Step(Act.SIGHT, after_s=1_800, choice=36),
    ),
)


class Content(Hubs):
    """Does not ask again who watched in vain."""

    def step(self, state, heard):
        if isinstance(heard.fact, WatchStoodDown):
            heard = replace(heard, fact=heard.fact.model_copy(update={"reason": "over"}))
        return super().step(state, heard)


IN_VAIN = History(
    5,
    (
        *(Step(Act.RAISE), Step(Act.VERIFY), Step(Act.ISSUE, after_s=600)),
        *(Step(Act.STAND_DOWN, after_s=60, choice=one) for one in range(12)),
        Step(Act.SIGHT, after_s=1_800, choice=12),
    ),
)


def test_who_watched_in_vain_and_is_not_asked_again_is_noticed():
    assert not run(IN_VAIN, crew=real_crew, world=WIDE).wrong
    wrong = run(IN_VAIN, crew=crew_with(Content), world=WIDE).wrong
    assert any("was not asked again" in one for one in wrong)


async def test_after_each_sighting_the_hubs_are_planned_anew_in_the_same_tick():
    simulation = Simulation(TWO_SIGHTINGS, CALM, real_crew, world=WIDE)
    assert not (await simulation.run()).wrong
    said = [read(row) for row in simulation.store.disk.log.rows]
    kinds = set()
    for sighting in (one for one in said if isinstance(one.fact, SightingAccepted)):
        replanned = [one for one in said if one.cause == sighting.id and one.stream[:4] == "hubs"]
        assert {one.fact.at for one in replanned} == {sighting.fact.at}
        kinds |= {one.fact.kind for one in replanned}
    assert {"hubs.watch-ordered/1", "hubs.watch-released/1"} <= kinds


async def test_the_far_side_gets_one_message_more_for_each_move_after_the_one_before():
    """Of a hub with one contact, who is never asked twice for another reason here."""
    simulation = Simulation(TWO_SIGHTINGS, CALM, whole_crew, world=WIDE)
    assert not (await simulation.run()).wrong
    orders = [read(row).fact for row in simulation.store.disk.log.rows]
    orders = [one for one in orders if isinstance(one, WatchOrdered) and one.contacts == 1]
    assert {one.moved for one in orders} >= {None, 1}
    ledger = {row.chunk.id: row.chunk for row in simulation.store.disk.ledger.rows.values()}
    for hub in {one.hub for one in orders}:
        due = [(one.watch, one.moved or 0) for one in orders if one.hub == hub]
        sent = [one.message_id for one in simulation.sink.lines if told_to(one, hub)]
        cut = [one for one in ledger.values() if one.watch in dict(due) and one.purpose == "watch"]
        assert len(sent) == len(set(sent)) == len(due), hub
        assert {(one.watch, one.moved) for one in cut} == set(due)


def told_to(line, hub):
    return (line.recipient, line.purpose) == (hub, "watch")
