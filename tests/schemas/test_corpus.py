"""Lines of the corpus must decode for ever; never change one, only add."""

import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from homeward.codec import KINDS
from homeward.docs.corpus import lines
from homeward.messages import UnknownFact
from homeward.record.envelope import Row, canonical, read
from homeward.upcasts import UPCASTS

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
LINES = [
    pytest.param(line, id=f"{path.stem}-{number}")
    for path in sorted((SCHEMAS / "corpus").glob("*.jsonl"))
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
]


def named(kind):
    return kind.replace("/", ".")


def test_every_kind_and_every_retired_version_has_a_line():
    kept = {path.stem for path in (SCHEMAS / "corpus").glob("*.jsonl")}
    assert {named(kind) for kind in (*KINDS, *UPCASTS)} <= kept


@pytest.mark.parametrize("line", LINES)
def test_a_line_decodes(line):
    body = json.loads(line)
    raw = line.encode()
    heard = read(Row(0, body["case"] or body["stream"], 1, datetime(2026, 3, 14, tzinfo=UTC), raw))
    assert not isinstance(heard.fact, UnknownFact)
    assert heard.id == body["id"]
    assert canonical(body) == raw


@pytest.mark.parametrize("line", LINES)
def test_a_line_follows_its_published_schemas(line):
    body = json.loads(line)
    for name, part in (("envelope", body), (named(body["kind"]), body["pub"])):
        schema = json.loads((SCHEMAS / "published" / f"{name}.json").read_text(encoding="utf-8"))
        Draft202012Validator(schema).validate(part)


def test_no_committed_line_was_changed(project):
    """Against the last commit: whoever rewrites a line rewrites what somebody's log holds."""
    git = ["git", "-C", str(project)]
    env = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
    listed = subprocess.run(
        [*git, "ls-tree", "-r", "--name-only", "HEAD", "schemas/corpus"],
        capture_output=True,
        text=True,
        check=False,
        env=env,
    )
    for name in listed.stdout.split():
        was = subprocess.run(
            [*git, "show", f"HEAD:{name}"], capture_output=True, text=True, check=True, env=env
        ).stdout
        now = project / name
        assert now.exists(), name
        assert now.read_text(encoding="utf-8").startswith(was), name


def test_the_writer_still_writes_the_first_lines_byte_for_byte(project):
    """No refactoring may move a byte: chains and proofs hang on them."""
    for name, line in lines():
        kept = (project / "schemas" / "corpus" / name).read_text(encoding="utf-8")
        assert kept.splitlines()[0] == line.rstrip("\n"), name
