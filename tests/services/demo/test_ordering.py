import random
from dataclasses import replace
from datetime import timedelta

import h3
import pytest
from tests.services.demo.test_judging import AT, SEAT, got, recorded

from homeward.demo.ordering import orders
from homeward.facts.callout import CalloutOrdered
from homeward.geography.cells import cells_from, to_bytes
from homeward.testing import samples
from homeward.words import Audience, Purpose

FOCUS = h3.latlng_to_cell(*SEAT, 7)
AROUND = sorted(h3.grid_disk(FOCUS, 9))
PEOPLE = [(f"v-{number:03}", [cell]) for number, cell in enumerate(AROUND)]
ORDER = next(one for one in samples.ALL if isinstance(one, CalloutOrdered)).model_copy(
    update={
        "audience": Audience.AREA,
        "purpose": Purpose.ALERT,
        "version": 1,
        "wave": 1,
        "focus": FOCUS,
        "cells": to_bytes(cells_from(AROUND)),
    }
)


def told(people):
    return [
        replace(
            got(who, message=f"m-{number}"),
            version=1,
            received_at=AT + timedelta(milliseconds=number),
        )
        for number, (who, _) in enumerate(people)
    ]


def by_distance(one):
    return h3.great_circle_distance(h3.cell_to_latlng(one[1][0]), h3.cell_to_latlng(FOCUS))


def test_of_a_few_nothing_is_said():
    assert orders(recorded(ORDER), told(sorted(PEOPLE, key=by_distance)), PEOPLE) == []


def test_nearest_first_is_one():
    [order] = orders(recorded(ORDER), told(sorted(PEOPLE, key=by_distance)), PEOPLE, few=100)
    assert order.nearest_first
    assert order.correlation == pytest.approx(1, abs=0.02)
    assert order.near_s < order.far_s


def test_any_order_and_farthest_first_are_not():
    shuffled = random.Random(3).sample(PEOPLE, len(PEOPLE))
    [order] = orders(recorded(ORDER), told(shuffled), PEOPLE, few=100)
    assert not order.nearest_first
    [order] = orders(recorded(ORDER), told(sorted(PEOPLE, key=by_distance)[::-1]), PEOPLE, few=100)
    assert order.correlation < 0


def test_who_was_told_by_an_earlier_wave_counts_there_only():
    second = ORDER.model_copy(update={"wave": 2})
    found = orders(recorded(ORDER, second), told(sorted(PEOPLE, key=by_distance)), PEOPLE, few=100)
    assert [(one.wave, one.people) for one in found] == [(1, len(PEOPLE))]
