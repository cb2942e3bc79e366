"""Each `homeward …` of README and the operating pages is one that the command line has."""

import itertools
import re
import shlex
from pathlib import Path

import pytest
import typer
from tests.infra.commandline import understood

INLINE = re.compile(r"(?<!`)`(?!`)([^`]+)`(?!`)")
FENCED = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^    (\S.*)$", re.MULTILINE)
ENDS = {"|", "||", "&&", ";", ">", ">>", "<", "&", ")"}
WRONG = typer.BadParameter.__bases__
"""What a parser raises of a command line: missing words, unknown ones, wrong values."""
ROLES = ("api", "worker", "relay", "dispatch")


def pages(project: Path) -> list[Path]:
    return [
        project / "README.md",
        *sorted((project / "docs/operating").rglob("*.md")),
        project / "infra/systemd/README.md",
    ]


def lines_in(text: str) -> list[tuple[str, bool]]:
    """Return what a page gives to type, and whether it stands there whole, in a block."""
    blocks = FENCED.findall(text)
    prose = FENCED.sub("", text)
    whole = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    whole += INDENTED.findall(prose)
    said = [" ".join(one.split()) for one in INLINE.findall(INDENTED.sub("", prose))]
    return [*((one, True) for one in whole), *((one, False) for one in said)]


def commands_in(line: str) -> list[list[str]]:
    """Return the words behind each `homeward` of a line; a|b stands for a and for b."""
    try:
        lexer = shlex.shlex(line, posix=True, punctuation_chars="&;<>()")
        lexer.whitespace_split = True
        words = list(lexer)
    except ValueError:  # a part of a text that goes over several lines
        return []
    found: list[list[str]] = []
    for at, word in enumerate(words):
        named = words[at - 1 : at] in (["-u"], ["-g"])  # the user, the group
        if (word == "homeward" and not named) or word.endswith("/bin/homeward"):
            rest = itertools.takewhile(lambda one: one not in ENDS, words[at + 1 :])
            found += map(list, itertools.product(*(one.split("|") for one in rest)))
    return found


def complaint(words: list[str], *, whole: bool) -> str | None:
    """Return what the parser has against a command, or None.

    In a sentence a command may be named without what it needs, and a group without a command.
    """
    try:
        understood(words)
    except typer.Exit:
        return None  # --help, --version
    except (*WRONG, IndexError) as wrong:
        kind = type(wrong).__name__  # the parser's own classes have no public names
        if kind in {"NoArgsIsHelpError", "IndexError"}:
            return "names no command" if whole else None
        if kind == "MissingParameter" and not whole:
            return None
        return wrong.format_message() if isinstance(wrong, WRONG) else str(wrong)
    return None


def found_in(page: Path) -> list[tuple[list[str], bool]]:
    return [
        (words, whole)
        for line, whole in lines_in(page.read_text())
        for words in commands_in(line)
        if words
    ]


def test_each_command_of_a_page_is_one_that_the_command_line_has(project: Path) -> None:
    wrong = {
        f"{page.relative_to(project)}: homeward {' '.join(words)}": said
        for page in pages(project)
        for words, whole in found_in(page)
        if (said := complaint(words, whole=whole)) is not None
    }
    assert wrong == {}


def test_they_are_found_where_they_stand(project: Path) -> None:
    of = {page.stem: [words for words, _ in found_in(page)] for page in pages(project)[1:]}
    of |= {"readme": [words for words, _ in found_in(project / "README.md")]}
    assert ["case", "close-out", "$CASE", "--as", "o-wang"] in of["readme"]
    assert sum(map(len, of.values())) > 50
    assert ["topics", "reset", "--live", "--to", "end"] in of["backup"]
    assert ["migrate", "--live"] in of["run"]
    assert [[role, "--live"] in of["HomewardRoleGone"] for role in ROLES] == [True] * 4


@pytest.mark.parametrize(
    ("line", "whole", "says"),
    [
        ("homeward topics reset", True, "--to"),
        ("homeward lanes set", True, "Missing argument"),
        ("homeward topics", True, "no command"),
        ("homeward topics make", False, "No such command"),
        ("homeward lanes set four", False, "Invalid value"),
        ("homeward parked list --all", False, "No such option"),
        ("homeward api|workers --live", False, "workers"),
    ],
)
def test_one_that_is_not_there_would_be_seen(line: str, says: str, *, whole: bool) -> None:
    said = [complaint(words, whole=whole) for words in commands_in(line)]
    assert says in "".join(one for one in said if one is not None)


def test_in_a_sentence_a_command_may_be_named_without_what_it_needs() -> None:
    for line in ("homeward lanes set", "homeward topics", "homeward --help"):
        assert [complaint(words, whole=False) for words in commands_in(line)] == [None]
