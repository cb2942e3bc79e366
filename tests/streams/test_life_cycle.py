"""Every status against every request: what is allowed, and what the others are refused with.

The requests are those that the deciders know, found by themselves: a new one without a row fails.
"""

import inspect

import pytest
from tests.streams.lives import ASKED_FOR, HISTORIES, OK, SAID

from homeward.case import Status, fold
from homeward.refusals import Refused
from homeward.requests import Request, correcting, merging, persons, ringzero
from homeward.requests import answer as answers
from homeward.requests import case as cases
from homeward.requests import sighting as sightings
from homeward.testing import samples
from homeward.testing.given import (
    given,
    recorded,
)

MODULES = (cases, correcting, merging, persons, ringzero, sightings, answers)


def requests_of(module):
    return {
        one
        for _, one in inspect.getmembers(module, inspect.isclass)
        if issubclass(one, Request) and one.__module__ == module.__name__
    }


def test_every_request_about_a_case_has_a_row_and_every_status_an_answer():
    """What is asked of a watch goes by the watch, which ends with the alert."""
    assert set().union(*map(requests_of, MODULES)) == set(ASKED_FOR)
    assert set(HISTORIES) == set(Status)
    for _, said in ASKED_FOR.values():
        assert set(said) == set(Status)


@pytest.mark.parametrize("status", Status, ids=lambda one: one.value)
@pytest.mark.parametrize("of", sorted(ASKED_FOR, key=lambda one: one.__name__))
def test_each_status_answers_each_request_as_the_table_says(of, status):
    history = HISTORIES[status]
    assert fold(recorded(*history)).status is status
    request, said = ASKED_FOR[of]
    found = _answered(given(*history).when(request, samples.SIGHTING))
    assert found == said[status]


def _answered(asked):
    try:
        return OK if asked.facts() else SAID
    except Refused as refusal:
        return refusal.code
