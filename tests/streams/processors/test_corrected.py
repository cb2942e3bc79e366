"""What processors make of corrections: proposals move nothing, an officer's word does."""

import pytest

from homeward.facts.case import AlertWidened, FactsAdded
from homeward.facts.correcting import FactsProposed, LastSeenCorrected, ProposalAccepted
from homeward.facts.hub import WatchOrdered
from homeward.facts.reach import ReachWidened
from homeward.geography import cells as cs
from homeward.geography.hubbook import Hub, write_hub_book
from homeward.geography.sphere import balls_of, centre_deg, distances_m, unit_of
from homeward.words import Custody, Mode

PEOPLE = 5_000
THERE = (33.9, 115.9)
"""More than a hundred kilometres from the report's place."""


@pytest.fixture
def fast(house):
    """Issued by the one on their word, at minute 15."""
    house.hear(house.say.raised())
    house.hear(issued_alone(house), by="the-one")
    return house


def issued_alone(house, **more):
    return house.say.issued(km=30, **more).model_copy(update={"people_max": PEOPLE})


def told(house, version=1):
    area = cs.NOWHERE
    for wave in house.facts(ReachWidened):
        if wave.version == version:
            area = cs.union(area, cs.from_bytes(wave.cells or b""))
    return area


def km_from(cells, place):
    points, radii_m = balls_of(cells)
    away_m = distances_m(points, unit_of(*centre_deg(place))) - radii_m
    return away_m.min() / 1_000, away_m.max() / 1_000


def stated(house, minutes, **more):
    return FactsAdded(case=house.say.case, at=house.say.after(minutes), **more)


def moved(house, minutes, place=THERE, seen=0, **more):
    at = {"at": house.say.after(minutes), "seen_at": house.say.after(seen)}
    return LastSeenCorrected(
        case=house.say.case, cell=house.say.cell(*place), error_m=100, **at, **more
    )


def test_what_is_proposed_moves_nothing_until_it_is_accepted(house):
    say = house.say
    house.hear(say.raised(mode=Mode.FOOT))
    house.hear(say.issued())
    proposed = FactsProposed(case=say.case, at=say.after(16), mode=Mode.VEHICLE)
    assert house.hear(proposed) == []
    before = told(house)
    accepted = ProposalAccepted(
        case=say.case, at=say.after(17), proposal=say.draft, mode=Mode.VEHICLE
    )
    assert any(isinstance(one, ReachWidened) for one in house.hear(accepted))
    assert len(cs.subtract(told(house), before))


def test_a_corrected_place_is_where_the_search_goes_out_from(live):
    """Two have approved it, so whoever says it moves the whole of it."""
    there = live.say.cell(*THERE)
    hub = Hub.at("there", "bus", 33.95, 115.95, 1)
    book = write_hub_book([hub])
    waves = [one for one in live.hear(moved(live, 20, hubs=book)) if isinstance(one, ReachWidened)]
    assert {one.focus for one in waves} == {there}
    assert "there" in {one.hub for one in live.facts(WatchOrdered)}


@pytest.mark.parametrize(("by", "near"), [("the-one", "report"), ("another", "there")])
def test_on_one_word_the_bound_lies_where_somebody_else_says(house, by, near):
    house.hear(house.say.raised())
    house.hear(moved(house, 12), by=by)
    house.hear(issued_alone(house), by="the-one")
    house.until(house.say.after(60))
    place = {"report": house.say.cell(), "there": house.say.cell(*THERE)}[near]
    assert km_from(told(house), place)[1] < 40


def test_who_issued_alone_does_not_take_the_bound_along_afterwards(fast):
    before = told(fast)
    fast.hear(moved(fast, 20), by="the-one")
    fast.until(fast.say.after(60))
    assert km_from(told(fast), fast.say.cell())[1] < 40
    assert len(cs.subtract(told(fast), before)), "time goes on, where the report says"
    approved = AlertWidened(
        case=fast.say.case,
        at=fast.say.after(61),
        draft=fast.say.draft,
        alert=1,
        version=1,
        reach_km_max=30,
    )
    fast.hear(approved, by="another")
    assert km_from(told(fast), fast.say.cell(*THERE))[0] < 1


def test_who_says_another_time_of_a_place_that_another_moved_has_not_moved_it(house):
    house.hear(house.say.raised())
    house.hear(moved(house, 12), by="another")
    house.hear(moved(house, 13, seen=-5), by="the-one")
    house.hear(issued_alone(house), by="the-one")
    assert km_from(told(house), house.say.cell(*THERE))[1] < 40


def test_the_time_counts_at_once_whoever_says_it(house):
    house.hear(house.say.raised(last_seen_at=house.say.after(9)))
    house.hear(moved(house, 12, seen=-60), by="the-one")
    house.hear(issued_alone(house), by="the-one")
    [first, *_] = house.facts(ReachWidened)
    assert first.elapsed_s == 75 * 60


def test_once_custody_is_disputed_nobody_further_is_told_on_one_word(fast):
    fast.hear(stated(fast, 16, custody=Custody.DISPUTED))
    before = len(fast.facts(ReachWidened)), len(fast.facts(WatchOrdered))
    fast.until(fast.say.after(240))
    fast.hear(stated(fast, 241, mode=Mode.RAIL))
    assert (len(fast.facts(ReachWidened)), len(fast.facts(WatchOrdered))) == before


@pytest.mark.parametrize("how", ["approved", "undisputed"])
def test_it_goes_on_once_two_stand_behind_it(fast, how):
    say = fast.say
    fast.hear(stated(fast, 16, custody=Custody.DISPUTED))
    before = told(fast)
    if how == "approved":
        draft = {"draft": say.draft, "alert": 1, "version": 1, "reach_km_max": 500}
        fast.hear(AlertWidened(case=say.case, at=say.after(40), **draft), by="another")
    else:
        fast.hear(stated(fast, 40, custody=Custody.NONE), by="another")
    assert len(cs.subtract(told(fast), before))


def test_a_dispute_does_not_hold_what_two_have_approved(live):
    before = told(live)
    live.hear(stated(live, 16, custody=Custody.DISPUTED))
    live.until(live.say.after(40))
    assert len(cs.subtract(told(live), before))


def test_hubs_are_let_go_at_the_expiry_all_the_same(fast):
    fast.hear(stated(fast, 16, custody=Custody.DISPUTED))
    fast.until(fast.say.after(15 + 12 * 60))
    assert {one.kind for one in (said.fact for said in fast.log)} >= {"hubs.watch-released/1"}
