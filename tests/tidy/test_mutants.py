"""docs/mutants.md says what was found, and whoever lives has a reason."""

import importlib.util
import json
import tomllib

import pytest

BELOW = []  # may only grow shorter


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
