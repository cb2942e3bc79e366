import copy
import json
import subprocess
import sys

import pytest
from jsonschema import Draft202012Validator

from homeward.codec import KINDS
from homeward.docs.__main__ import broken, main, stale
from homeward.docs.compatible import breaks
from homeward.docs.corpus import data_key, lines
from homeward.docs.published import envelope_schema, file_name, published, schema_of
from homeward.metrics import CATALOGUE
from homeward.refusals import every
from homeward.settings import Settings


def schema(kind):
    return schema_of(KINDS[kind])


def test_what_is_generated_is_up_to_date(project):
    """`python -m homeward.docs` makes it so."""
    assert [path.name for path in stale(project)] == []


def test_the_command_says_what_is_stale(project, tmp_path):
    check = [sys.executable, "-m", "homeward.docs", "--check"]
    asked = subprocess.run([*check, str(tmp_path)], capture_output=True, text=True, check=False)
    assert asked.returncode == 1
    assert "stale: docs/EVENTS.md" in asked.stdout
    assert main([str(tmp_path)]) == 0
    assert main(["--check", str(tmp_path)]) == 0
    (tmp_path / "schemas/published/moon.risen.1.json").write_text("{}")
    assert main(["--check", str(tmp_path)]) == 1


def test_a_broken_kind_is_not_written(tmp_path, capsys):
    main([str(tmp_path)])
    path = tmp_path / "schemas/published/case.verified.1.json"
    was = json.loads(path.read_text())
    was["properties"]["badge"] = {"type": "string"}
    path.write_text(json.dumps(was))
    capsys.readouterr()
    assert main([str(tmp_path)]) == 2
    assert "case.verified.1.json: badge: gone" in capsys.readouterr().out
    assert json.loads(path.read_text()) == was
    assert main(["--accept-breaks", str(tmp_path)]) == 0
    assert broken(tmp_path) == []


def test_a_corpus_line_is_never_written_again(tmp_path):
    main([str(tmp_path)])
    path = tmp_path / "schemas/corpus/case.verified.1.jsonl"
    path.write_text("an older line\n")
    main([str(tmp_path)])
    assert path.read_text() == "an older line\n"


@pytest.mark.parametrize("name", [name for name, _ in published()])
def test_a_published_schema_is_one(name):
    Draft202012Validator.check_schema(json.loads(dict(published())[name]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s["properties"].pop("mode"), "mode: gone"),
        (lambda s: s["required"].append("extra"), "extra: newly required"),
        (lambda s: s["properties"]["error_m"].update(type="string"), "error_m: type is another"),
        (lambda s: s["properties"]["error_m"].update(maximum=10), "error_m: maximum is tighter"),
        (lambda s: s["properties"]["error_m"].update(minimum=1), "error_m: minimum is tighter"),
        (lambda s: s["$defs"]["Mode"]["enum"].remove("rail"), "mode: no longer rail"),
    ],
)
def test_what_breaks_a_kind_is_found(change, said):
    old = schema("case.raised/1")
    new = copy.deepcopy(old)
    change(new)
    assert breaks(old, new) == [said]


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s["properties"].update(more={"type": "string"}),
        lambda s: s["$defs"]["Mode"]["enum"].append("boat"),
        lambda s: s["properties"]["error_m"].update(maximum=10**9),
        lambda s: s["required"].remove("mode"),
    ],
    ids=["a new field", "a new word", "a wider range", "a field that may be left out"],
)
def test_what_only_allows_more_breaks_nothing(change):
    old = schema("case.raised/1")
    new = copy.deepcopy(old)
    change(new)
    assert breaks(old, new) == []


def test_an_item_of_a_list_counts_too():
    old = schema("access.read/1")
    new = copy.deepcopy(old)
    new["properties"]["fields"]["items"]["maxLength"] = 3
    assert breaks(old, new) == ["fields[]: maxLength is tighter"]


def test_no_sealed_field_is_published():
    for kind, cls in KINDS.items():
        shown = set(schema(kind)["properties"])
        assert not shown & {*cls.personal_fields(), *cls.blob_fields(), "kind", "case"}


def test_pages_name_everything(project):
    pages = {path.name: path.read_text() for path in (project / "docs").glob("*.md")}
    assert [kind for kind in KINDS if f"`{kind}`" not in pages["EVENTS.md"]] == []
    assert [one.name for one in CATALOGUE if f"`{one.name}`" not in pages["METRICS.md"]] == []
    names = [f"HOMEWARD_{name}".upper() for name in Settings.model_fields]
    assert [name for name in names if f"`{name}`" not in pages["SETTINGS.md"]] == []
    assert [one.code for one in every() if f"`{one.code}`" not in pages["REFUSALS.md"]] == []


def test_every_setting_and_metric_has_a_meaning():
    silent = [name for name, field in Settings.model_fields.items() if not field.description]
    assert silent == []
    assert [one.name for one in CATALOGUE if not one.meaning] == []


def test_every_refusal_is_whole():
    for one in every():
        assert one.code == one.code.lower()
        assert 400 <= one.status < 600
        assert one.message().endswith(".")
        assert one.mend.endswith((".", "?"))
    codes = [one.code for one in every()]
    assert len(set(codes)) == len(codes)


def test_corpus_keys_are_invented_and_its_lines_are_envelopes():
    assert data_key("s_1") != data_key("s_2")
    validator = Draft202012Validator(envelope_schema())
    for name, line in lines():
        validator.validate(json.loads(line))
        assert name == file_name(json.loads(line)["kind"]) + ".jsonl"
