import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import h3
import numpy as np
import pytest

from homeward.demo.judging import judged, people_in
from homeward.demo.people import counties, desks_csv, hubs_csv, volunteers_csv
from homeward.demo.sinkfile import Received, Tail
from homeward.facts.callout import ChunksCut
from homeward.facts.case import CaseRaised, CaseResolved
from homeward.facts.hub import WatchOrdered
from homeward.facts.reach import ReachWidened
from homeward.formats.rosterfiles import Kept, read_hubs, read_recipients
from homeward.geography.cells import cells_from, to_bytes
from homeward.messages import Actor, Recorded
from homeward.picture.waves import People, compared
from homeward.policies import policy_of
from homeward.testing import samples
from homeward.words import Audience, Purpose, Role

SEAT = (33.0416, 115.2576)
AT = datetime(2026, 3, 14, 4, 0, tzinfo=UTC)
WAVE = next(one for one in samples.ALL if isinstance(one, ReachWidened))
CUT = next(one for one in samples.ALL if isinstance(one, ChunksCut))
HUB = next(one for one in samples.ALL if isinstance(one, WatchOrdered))
END = next(one for one in samples.ALL if isinstance(one, CaseResolved))
RAISED = next(one for one in samples.ALL if isinstance(one, CaseRaised))
INSIDE, FINE, COARSE, OUTSIDE = (
    h3.latlng_to_cell(*SEAT, 7),
    h3.latlng_to_cell(*SEAT, 9),
    h3.latlng_to_cell(*SEAT, 5),
    h3.latlng_to_cell(40, 100, 7),
)


def recorded(*facts):
    return [
        Recorded(
            fact=fact,
            id=f"f{index}",
            stream="x",
            version=1,
            key="x",
            key_version=index + 1,
            log_index=index,
            recorded_at=AT + timedelta(seconds=index),
            by=Actor(id="x", role=Role.SYSTEM),
        )
        for index, fact in enumerate(facts)
    ]


def wave(number, *cells):
    return WAVE.model_copy(
        update={"version": 1, "wave": number, "cells": to_bytes(cells_from(cells))}
    )


def cut(number):
    said = {"version": 1, "wave": number, "audience": Audience.AREA, "purpose": Purpose.ALERT}
    return CUT.model_copy(update=said)


def got(recipient, purpose="alert", message="", path="/volunteers", watch=None):
    named = message or f"{recipient}-{purpose}"
    return Received(named, recipient, purpose, "C", 1, 1, watch, path, "link", AT)


@pytest.fixture
def roster(tmp_path):
    path = tmp_path / "volunteers.csv"
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "cell1", "cell2"])
        table.writerows([["in", INSIDE, ""], ["two", OUTSIDE, INSIDE], ["out", OUTSIDE, ""]])
    return path


@pytest.mark.parametrize("area", [INSIDE, FINE, COARSE], ids=["same", "finer", "coarser"])
def test_whoever_has_a_cell_that_meets_the_area_is_to_be_told_once(roster, area):
    facts = recorded(wave(0, area), cut(0), END)
    everybody = [got("in"), got("two"), got("in", "close-out"), got("two", "close-out")]
    verdict = judged(facts, everybody, people_in(roster))
    assert verdict.sound
    assert (verdict.eligible, verdict.told) == (2, 2)


def test_everything_that_can_go_wrong_is_counted(roster):
    facts = recorded(wave(0, INSIDE), cut(0), HUB.model_copy(update={"contacts": 2}), END)
    arrived = [
        got("in"),
        got("in", message="another id"),
        got("in"),
        got("out"),
        got("in", "close-out"),
        got("stranger", "close-out"),
    ]
    verdict = judged(facts, arrived, people_in(roster))
    assert not verdict.sound
    assert verdict.missing == 2, "the one with two places, and the hub"
    assert verdict.outside == 1
    assert verdict.shown_twice == 1
    assert verdict.repeated == 1
    assert (verdict.close_out_missing, verdict.close_out_outside) == (1, 1)


def test_a_hub_without_contact_is_not_missing_and_two_contacts_are_two_people(roster):
    facts = recorded(HUB.model_copy(update={"contacts": 2}), END)
    hub = HUB.hub
    first, second = (
        got(hub, "watch", message=f"m{n}", path=f"/hubs/1/{n}", watch="w") for n in (1, 2)
    )
    over = [got(hub, "close-out", message=f"c{n}", path=f"/hubs/1/{n}") for n in (1, 2)]
    assert judged(facts, [first, second, *over], people_in(roster)).sound
    one_unheard = judged(facts, [first, second, over[0]], people_in(roster))
    assert (one_unheard.close_out_missing, one_unheard.sound) == (1, False)
    unreachable = recorded(HUB.model_copy(update={"contacts": 0}))
    assert judged(unreachable, [], people_in(roster)).sound


def test_a_wave_whose_people_were_found_after_the_end_is_told_to_nobody(roster):
    facts = recorded(wave(0, INSIDE), END, cut(0))
    assert judged(facts, [], people_in(roster)).missing == 0


def test_waves_are_counted_beside_another_policy_over_the_same_people():
    away = h3.latlng_to_cell(SEAT[0] + 0.6, SEAT[1], 7)
    people = People(cells_from_each([INSIDE, away, OUTSIDE]), np.array([1, 2, 3], np.uint32))
    start = RAISED.model_copy(
        update={"last_seen_cell": FINE, "last_seen_at": AT - timedelta(minutes=30)}
    )
    at = {"at": AT}
    facts = recorded(start, wave(0, INSIDE).model_copy(update=at))
    [one] = compared(facts, people, policy_of("circles"))
    assert (one.people, one.people_so_far) == (1, 1)
    assert (one.other_radius_km, one.other_so_far) == (pytest.approx(100, abs=1), 2)


def cells_from_each(cells):
    return np.array([int(one, 16) for one in cells], np.uint64)


def test_the_tail_of_a_file_gives_each_whole_line_once(tmp_path):
    path = tmp_path / "sink.jsonl"
    line = (
        '{"message_id": "%s", "recipient": "r", "purpose": "alert", "case_code": "C",'
        ' "alert": 1, "version": 1, "watch": null, "path": "/", "link": "l",'
        ' "received_at": "2026-03-14T04:00:00+00:00"}\n'
    )
    tail = Tail(path)
    assert tail.more() == []
    path.write_text(line % "a" + (line % "b")[:20])
    assert [one.message_id for one in tail.more()] == ["a"]
    path.write_text(line % "a" + line % "b")
    assert [one.message_id for one in tail.more()] == ["b"]
    assert replace(got("r"), recipient="x").told != got("r").told


def test_invented_people_are_the_same_each_time_and_weighted_by_who_lives_where():
    text = volunteers_csv(2_000, "http://127.0.0.1:1/")
    assert text.startswith(volunteers_csv(200, "http://127.0.0.1:1/"))
    found = list(read_recipients(text.encode()))
    assert len(found) == 2_000
    assert all(isinstance(one, Kept) for one in found)
    biggest = max(counties(), key=lambda one: one.people)
    near = sum(
        h3.great_circle_distance(
            (biggest.lat, biggest.lon), h3.cell_to_latlng(one.recipient.cells[0])
        )
        < 30
        for one in found
    )
    share = biggest.people / sum(one.people for one in counties())
    assert near / 2_000 >= share * 0.8


def test_packaged_files_hold_no_bad_line_and_every_kind_of_hub():
    hubs = [one.recipient for one in read_hubs(hubs_csv("http://127.0.0.1:1/").encode())]
    assert len(hubs) == 40
    assert {one.hub_kind for one in hubs} == {"rail", "coach", "service-area", "port", "airport"}
    assert all("虚构" in one.name for one in hubs)
    assert {len(one.contacts) for one in hubs} == {0, 1, 2}
    desks = [one.recipient for one in read_recipients(desks_csv("http://127.0.0.1:1/").encode())]
    assert [one.level for one in desks] == [0, 1, 2, 3]
