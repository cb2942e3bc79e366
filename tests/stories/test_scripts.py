"""Every story names the script that plays its history on every host, or why it has none."""

import ast
from pathlib import Path

import pytest
from tests.stories.scripts import ALL
from tests.stories.scripts.steps import Ask

HERE = Path(__file__).parent
STORIES = sorted(one.name for one in HERE.glob("test_*.py"))
NO_HISTORY = "it judges the scripts of all the others"


def constants(story: str) -> dict[str, str]:
    """Return what a story says of its history: HISTORY, a script, or NO_HISTORY, a reason."""
    found = {}
    for node in ast.parse((HERE / story).read_text()).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(value))):
                found[name] = value
            case _:
                pass
    return {name: found[name] for name in ("HISTORY", "NO_HISTORY") if name in found}


@pytest.mark.parametrize("story", STORIES)
def test_a_story_names_its_script_or_a_reason(story: str) -> None:
    said = constants(story)
    assert len(said) == 1, f"{story} needs HISTORY (a script) or NO_HISTORY (a reason)"
    if "HISTORY" in said:
        assert said["HISTORY"] in {one.name for one in ALL}
    else:
        assert len(said["NO_HISTORY"].split()) > 3


def test_each_script_is_a_story_s() -> None:
    told = {constants(story).get("HISTORY") for story in STORIES}
    assert {one.name for one in ALL} <= told


@pytest.mark.parametrize("script", ALL, ids=lambda one: one.name)
def test_the_steps_of_a_script_have_names_of_their_own(script) -> None:
    names = [one.name for one in script.steps]
    assert len(names) == len(set(names))
    assert any(isinstance(one, Ask) for one in script.steps)
