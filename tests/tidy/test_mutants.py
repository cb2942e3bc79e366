"""docs/mutants.md says what was found, and whoever lives has a reason."""

import hashlib
import importlib.util
import json
import tomllib

import pytest

BELOW = ["case.approved", "policies.figures"]  # may only grow shorter; small, mostly equivalents
NO_DECISION = {"case.mergerefusals", "case.personrefusals", "case.refusals", "policies.lapsing"}
"""Sorts of refusals, and a figure: nothing in them decides."""
STALE = []  # may only grow shorter
"""Changed since they were judged: their scores are of what was there then."""


@pytest.fixture(scope="session")
def folder(project):
    return project / "infra" / "mutants"


@pytest.fixture(scope="session")
def page(folder):
    spec = importlib.util.spec_from_file_location("mutants_page", folder / "page.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_was_found(project, page):
    assert (project / "docs" / "mutants.md").read_text() == page.written()


def test_whoever_lives_has_a_reason_and_no_reason_is_left_over(page):
    assert page.unexplained() == []


def test_no_other_module_that_was_judged_is_below_its_score(folder, page):
    found = json.loads((folder / "results.json").read_text())
    assert [name for name, one in sorted(found.items()) if page.below(one)] == BELOW


def test_every_test_that_is_asked_is_there(project, folder):
    for tests in tomllib.loads((folder / "tests.toml").read_text()).values():
        named = [one.partition("::")[0] for one in tests]
        assert [name for name in named if not (project / name).is_file()] == []


def test_each_decider_and_policy_is_asked_about(project, folder):
    known = tomllib.loads((folder / "tests.toml").read_text())
    rooms = project / "streams" / "homeward"
    there = {
        f"{room}.{one.stem}"
        for room in ("case", "policies")
        for one in (rooms / room).glob("*.py")
        if one.stem != "__init__"
    }
    assert there - set(known) == NO_DECISION


def test_a_score_is_of_what_is_there(project, folder):
    found = json.loads((folder / "results.json").read_text())
    paths = {name: project.joinpath("streams/homeward", *name.split(".")) for name in found}
    sources = {name: one.with_suffix(".py").read_bytes() for name, one in paths.items()}
    changed = [
        name
        for name, one in sorted(found.items())
        if hashlib.sha256(sources[name]).hexdigest()[:16] != one["source"]
    ]
    assert changed == STALE
