"""``homeward texts``: a translator sees, checks and compiles what they wrote."""

import json
import shutil

import pytest

from homeward.cli import wording
from homeward.formats.catalogues import LANGS
from homeward.formats.catalogues.sources import compile_all, folder


@pytest.fixture
def catalogues(tmp_path, monkeypatch):
    """Our two domains, in a folder that a test may spoil."""
    for lang in LANGS:
        tmp_path.joinpath(lang).mkdir()
        for domain in ("messages", "pages"):
            for kind in ("po", "mo"):
                shutil.copy(folder() / lang / f"{domain}.{kind}", tmp_path / lang)
    monkeypatch.setattr(wording, "_folder", lambda: tmp_path)
    return tmp_path


def rewritten(file, old, new):
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def test_a_form_is_shown_in_one_language_and_marked(homeward):
    code, said, errors = homeward("texts", "show", "--lang", "zh-Hant", "--form", "spoken")
    assert (code, errors) == (0, "")
    head, text = said.rstrip("\n").split("\n")
    assert head.startswith("zh-Hant, spoken  ")
    assert head.endswith("/600")
    assert text.startswith("這是演練。尋人：林小禾，女孩，四歲。")
    assert text.endswith("請勿靠近。")
    assert int(head.split()[2].partition("/")[0]) == len(text) - len("這是演練。")


@pytest.mark.parametrize("message", wording.MESSAGE_NAMES)
def test_every_form_in_every_language_is_marked_as_a_drill(homeward, message):
    code, said, _ = homeward("texts", "show", "--message", message, "--json")
    shown = json.loads(said)
    assert code == 0
    assert list(shown) == list(LANGS)
    for forms in shown.values():
        assert list(forms) == list(wording.FORMS)
        for text in forms.values():
            assert text.startswith(
                ("【演练】", "【演練】", "[DRILL] ", "这是演练", "這是演練", "This is")
            )
            assert text.count("演练】") + text.count("演練】") <= 2  # a watch holds its alert


def test_in_a_drill_nothing_that_was_typed_is_shown(homeward):
    assert "皖X·00000" in homeward("texts", "show")[1]
    drill = homeward("texts", "show", "--in-a-drill")[1]
    assert not [one for one in ("林小禾", "皖", "雨衣", "面馆") if one in drill]


@pytest.mark.parametrize(
    ("option", "mend"), [("--lang", "zh-Hant"), ("--form", "spoken"), ("--message", "close-out")]
)
def test_what_is_not_there_is_answered_with_what_is(homeward, option, mend):
    code, _, errors = homeward("texts", "show", option, "klingon")
    assert code == 2
    assert "klingon" in errors
    assert mend in errors


def test_a_sound_folder_is_said_to_be_sound(homeward, catalogues):
    code, said, errors = homeward("texts", "lint")
    assert (code, said) == (0, "")
    assert "sound" in errors
    assert homeward("texts", "lint", "--json")[1] == "[]\n"


def test_a_slip_is_named_with_its_rule_and_place(homeward, catalogues):
    rewritten(catalogues / "zh-Hant" / "messages.po", "尋人：{who}", "尋人：{name}")
    compile_all(catalogues)
    code, said, _ = homeward("texts", "lint")
    assert code == 1
    assert "holes" in said
    assert "messages missing" in said
    assert {one["rule"] for one in json.loads(homeward("texts", "lint", "--json")[1])} == {"holes"}


def test_what_was_changed_is_shown_only_after_it_was_compiled(homeward, catalogues):
    rewritten(catalogues / "en" / "messages.po", 'msgstr "boy"', 'msgstr "lad"')
    code, _, errors = homeward("texts", "show", "--lang", "en")
    assert code == 1
    assert "homeward texts compile" in errors
    assert homeward("texts", "compile")[:2] == (0, "en/messages.mo\n")
    assert homeward("texts", "compile")[:2] == (0, "")


def test_a_catalogue_that_cannot_be_read_is_one_line(homeward, catalogues):
    catalogues.joinpath("en", "messages.po").write_text('msgid "broken\n')
    code, _, errors = homeward("texts", "compile")
    assert (code, errors.count("\n")) == (1, 1)
    assert homeward("texts", "show", "--lang", "en")[0] == 1
    assert homeward("texts", "lint")[0] == 1
