import pytest
import typer

from homeward.cli.app import app

ROOT = typer.main.get_command(app)


def every(command, path=()):
    yield path, command
    for name, one in getattr(command, "commands", {}).items():
        yield from every(one, (*path, name))


COMMANDS = dict(every(ROOT))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_helps_with_a_sentence_and_an_example(homeward, path):
    code, _, errors = homeward(*path, "--help")
    assert (code, errors) == (0, "")
    assert COMMANDS[path].help
    assert "homeward" in (COMMANDS[path].epilog or ""), "an example, or where to start"


def test_the_commands_of_the_issue_are_there():
    assert {" ".join(path) for path in COMMANDS} >= {
        *("up", "demo", "raise", "timeline", "replay", "migrate", "doctor", "verify"),
        *("hubs load", "hubs list", "recipients import", "recipients count", "config show"),
        *("keys create", "keys revoke", "keys list", "case list", "case show", "case take-up"),
        *("case verify", "case reject", "case draft", "case approve", "case issue"),
        *("case cancel", "case resolve", "case close-out"),
    }


@pytest.mark.parametrize("args", [(), ("case",), ("keys",), ("hubs",), ("recipients",)])
def test_a_group_alone_shows_what_there_is(homeward, args):
    assert "Usage: homeward" in homeward(*args)[1]


@pytest.mark.parametrize(
    ("args", "part"),
    [
        (("nonsense",), "nonsense"),
        (("case", "verify"), "CASE"),
        (("case", "show", "X", "--nope"), "--nope"),
        (("up",), "--drill or --live"),
        (("up", "--drill", "--port", "70000"), "--port"),
        (("demo", "--volunteers", "many"), "--volunteers"),
        (("raise",), "--category"),
        (("hubs", "list", "--near", "here"), "--near"),
    ],
)
def test_a_wrong_command_line_is_one_line_with_the_mend_and_exit_2(homeward, args, part):
    code, said, errors = homeward(*args)
    assert code == 2
    assert said == ""
    assert errors.count("\n") == 1
    assert part in errors
    assert errors.startswith("error: ")
    assert "homeward" in errors or "like:" in errors


def test_version(homeward):
    code, said, _ = homeward("--version")
    assert code == 0
    assert said.startswith("homeward ")
