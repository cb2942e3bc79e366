"""A version that lives longer: the same waves go on, and nobody is ordered anew."""

from datetime import timedelta

import pytest

from homeward.facts.callout import CalloutOrdered
from homeward.facts.case import AlertExtended
from homeward.facts.hub import WatchOrdered, WatchReleased
from homeward.facts.reach import ReachWidened
from homeward.words import Audience

HOURS = 12


def extended(house, minutes, hours, version=1):
    say = house.say
    return house.hear(
        AlertExtended(
            case=say.case,
            at=say.after(minutes),
            alert=1,
            version=version,
            expires_at=say.after(15) + timedelta(hours=hours),
            draft=say.draft,
        )
    )


def ends(house):
    return house.say.after(15) + timedelta(hours=HOURS)


def test_lanes_hear_of_it_by_an_order_without_anybody_new(live):
    live.until(live.say.after(30))
    orders = len(live.facts(WatchOrdered))
    said = extended(live, 31, 36)
    [wave] = [one for one in said if isinstance(one, ReachWidened)]
    [order] = [one for one in said if isinstance(one, CalloutOrdered)]
    until = ends(live) + timedelta(hours=24)
    assert (wave.version, wave.expires_at, order.expires_at) == (1, until, until)
    assert (order.audience, order.alert, order.version) == (Audience.AREA, 1, 1)
    assert len(live.facts(WatchOrdered)) == orders


def test_waves_and_hubs_follow_the_new_expiry(live):
    extended(live, 31, 36)
    live.until(ends(live) + timedelta(hours=1))
    assert not [one for one in live.facts(WatchReleased) if one.reason == "expired"]
    live.until(ends(live) + timedelta(hours=25))
    assert all(one.reason in {"expired", "not-ahead"} for one in live.facts(WatchReleased))
    assert [one.at for one in live.facts(WatchReleased) if one.reason == "expired"]
    new = [one for one in live.facts(ReachWidened) if one.at > live.say.after(31)]
    assert {one.expires_at for one in new} <= {ends(live) + timedelta(hours=24)}
    assert live.wakes["hubs"] is None


def test_a_watch_ordered_later_expires_with_the_alert(live):
    extended(live, 31, 36)
    anew = live.hear(live.say.accepted(40, 34.6, 116.4))
    orders = [one for one in anew if isinstance(one, CalloutOrdered)]
    watches = [one for one in orders if one.audience is Audience.HUB and one.purpose == "watch"]
    assert watches
    assert all(one.expires_at == ends(live) + timedelta(hours=24) for one in watches)


@pytest.mark.parametrize(("hours", "version"), [(11, 1), (HOURS, 1), (36, 2)])
def test_what_is_no_longer_or_of_another_version_changes_nothing(live, hours, version):
    before = dict(live.states)
    assert extended(live, 31, hours, version) == []
    assert live.states == before
