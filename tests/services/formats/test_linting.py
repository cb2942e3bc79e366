"""Each rule of the lint notices a planted violation, and finds nothing in what is shipped."""

import re
import shutil
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.formats.catalogues import LANGS, MESSAGES, Phrases
from homeward.formats.catalogues.sources import compile_all, folder
from homeward.formats.linting import catalogue_slips, form_slips, lint
from homeward.formats.linting.forms import DRILL, FORMS, INVENTED, LIVE, MARKER, POISON, every
from homeward.words import Category, Description, Sex


def test_what_is_shipped_is_sound():
    assert lint(folder()) == []


# --- phrases --------------------------------------------------------------------------------------


@pytest.fixture
def planted(tmp_path):
    """Change what one language says of one name, and return what the lint says of it then."""
    for one in LANGS:
        shutil.copytree(folder() / one, tmp_path / one)
    for one in [*tmp_path.glob("*/*.*o")]:
        if one.stem not in {"messages", "pages"}:
            one.unlink()

    def plant(lang, name, said, domain="messages", *, build=True):
        file = tmp_path / lang / f"{domain}.po"
        entry = re.compile(rf'(msgid "{re.escape(name)}"\n)msgstr .*')
        text, changed = entry.subn(lambda found: f'{found[1]}msgstr "{said}"', file.read_text())
        assert changed == 1
        file.write_text(text)
        if build:
            compile_all(tmp_path)
        return {one.rule for one in catalogue_slips(tmp_path) if one.lang == lang}

    plant.folder = tmp_path
    return plant


@pytest.mark.parametrize(
    ("rule", "lang", "name", "said"),
    [
        ("written", "zh-Hant", "girl", ""),
        ("holes", "zh-Hant", "missing", "尋人"),
        ("holes", "zh-Hant", "missing", "尋人：{who} {name}"),
        ("holes", "zh-Hant", "missing", "尋人：{who.__class__}"),
        ("holes", "zh-Hant", "missing", "尋人：{who!r}"),
        ("holes", "zh-Hant", "missing", "尋人：{who"),
        ("plain", "en", "girl", "girl 👧"),
        ("plain", "en", "girl", "gi\u202erl"),
        ("script", "zh-Hant", "girl", "车"),
        ("script", "zh-Hant", "girl", "以后"),
        ("script", "zh-Hans", "girl", "車"),
        ("plate", "en", "plate", "number plate: {text}"),
        ("plate", "en", "plate", "license plate: {text}"),
        ("plate", "en", "vehicle", "vehicle, tag: {text}"),
        ("plate", "zh-Hans", "plate", "牌照：{text}"),
        ("plate", "zh-Hant", "plate", "車牌：{text}"),
        ("link", "en", "do", "See https://example.org"),
        ("found", "en", "over-do", "The child is safe. Thank you."),
        ("found", "en", "over-do", "The person was found at the hospital."),
        ("found", "zh-Hans", "over-do", "人已平安找到。"),
        ("found", "zh-Hant", "over-do", "人在醫院找到了。"),
        ("aloud", "en", "said-do", "Call 911, or 1 1 0"),
    ],
)
def test_a_planted_phrase_is_noticed(planted, rule, lang, name, said):
    assert rule in planted(lang, name, said)


def test_a_close_out_that_shows_a_person_is_noticed(planted):
    for lang in LANGS:
        found = planted(lang, "over-do", "{code} {who}")
    assert {"found", "holes"} & found
    assert any(
        one.rule == "found" and "shows who" in one.says for one in catalogue_slips(planted.folder)
    )


def test_what_was_translated_from_other_words_is_noticed(planted):
    planted("en", "girl", "young lady")
    found = [one for one in catalogue_slips(planted.folder) if one.rule == "stale"]
    assert {one.lang for one in found} == set(LANGS) - {"en"}
    assert all("young lady" in one.says for one in found)


def test_what_was_not_compiled_is_noticed(planted):
    assert planted("zh-Hant", "girl", "女生", build=False) == {"fresh"}


def test_a_count_that_one_language_does_not_count_is_noticed(planted):
    file = planted.folder / "zh-Hant" / "messages.po"
    text = file.read_text().replace('msgid "said-age"\nmsgid_plural "said-age"', 'msgid "said-age"')
    file.write_text(text.replace('msgstr[0] "{years}歲"', 'msgstr "{years}歲"'))
    compile_all(planted.folder)
    assert {one.rule for one in catalogue_slips(planted.folder)} == {"plural"}


def test_a_fuzzy_phrase_counts_as_not_written(planted):
    file = planted.folder / "zh-Hant" / "messages.po"
    file.write_text(file.read_text().replace('msgid "girl"', '#, fuzzy\nmsgid "girl"'))
    compile_all(planted.folder)
    assert {one.rule for one in catalogue_slips(planted.folder)} == {"written"}


def test_a_language_that_lacks_a_phrase_or_has_its_own_is_noticed(planted):
    file = planted.folder / "zh-Hant" / "messages.po"
    file.write_text(file.read_text().replace('msgid "girl"', 'msgid "gril"'))
    compile_all(planted.folder)
    said = {(one.where, one.says) for one in catalogue_slips(planted.folder)}
    assert said == {
        ("messages girl", "has no translation"),
        ("messages gril", "is unknown in English"),
    }


def test_a_folder_that_is_not_there_is_noticed(planted):
    shutil.rmtree(planted.folder / "zh-Hant")
    assert {one.rule for one in catalogue_slips(planted.folder)} == {"read"}


# --- messages -------------------------------------------------------------------------------------


@pytest.fixture
def saying(monkeypatch):
    """Let one language say something else for the rest of a test."""

    def say(lang, **said):
        changed = Phrases("messages", lang)
        named = {name.replace("_", "-"): text for name, text in said.items()}
        changed._texts = {**changed._texts, **named}
        monkeypatch.setitem(MESSAGES, lang, changed)
        return {(one.rule, one.lang) for one in form_slips()}

    return say


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["do", "inbox-lead", "seen-told"])
def test_a_page_that_does_not_say_what_to_do_is_noticed(planted, lang, name):
    assert "acts" in planted(lang, name, "110 ({when})", domain="pages")
    assert "acts" in planted(lang, name, "Do not approach 勿靠近 ({when})", domain="pages")


@pytest.mark.parametrize("lang", LANGS)
def test_a_message_that_does_not_say_what_to_do_is_noticed(saying, lang):
    assert ("acts", lang) in saying(lang, said_dont="Be careful")
    assert ("acts", lang) in saying(lang, do="Watch")
    assert ("acts", lang) in saying(lang, said_do="Watch")
    assert ("acts", lang) in saying(lang, do_short="110")


@pytest.mark.parametrize("lang", LANGS)
def test_a_message_that_is_too_long_is_noticed(saying, lang):
    assert {rule for rule, _ in saying(lang, do_short="do not approach 勿靠近 110 " * 6)} >= {
        "fits"
    }


@pytest.mark.parametrize("lang", LANGS)
def test_a_plate_without_its_name_is_noticed(saying, lang):
    assert ("plate", lang) in saying(lang, plate="{text}")
    assert ("plate", lang) in saying(lang, said_plate="{text}")


@pytest.mark.parametrize("lang", LANGS)
def test_a_drill_without_its_mark_is_noticed(saying, lang):
    ours = {lang: MESSAGES[lang]["drill"]}

    def unmarked(frame, subject):
        live = every(replace(frame, drill=False), subject)
        return {what: tuple(one for one in said if one.lang in ours) for what, said in live.items()}

    assert ("drill", lang) in {(one.rule, one.lang) for one in form_slips(unmarked)}


def test_a_message_that_is_a_link_is_noticed(saying):
    found = saying("en", cancelled="https://example.org/{code}", cancelled_do="", by="", ref="")
    assert ("speaks", "en") in found


@pytest.mark.parametrize("lang", LANGS)
def test_a_figure_that_a_voice_cannot_say_is_noticed(saying, lang):
    assert ("ear", lang) in saying(lang, said_dont="Do not approach 勿靠近 within 50 m")


def test_a_renderer_that_lets_typed_words_into_a_drill_is_noticed():
    def leaky(frame, subject):
        return every(replace(frame, drill=False), subject)

    found = [one for one in form_slips(leaky) if "typed" in one.says]
    assert {one.where.split()[0] for one in found} == {
        "alert",
        "update",
        "watch",
        "watch-now",
        "ask",
        *("public", "vetted", "hub"),
    }
    assert {one.lang for one in found} == set(LANGS)


def test_an_end_that_names_somebody_is_noticed():
    def telling(frame, subject):
        said = every(frame, subject)
        return {**said, "close-out": said["alert"]}

    assert ("ends", "close-out title") in {(one.rule, one.where) for one in form_slips(telling)}


def test_the_poison_shows_in_a_live_message_so_its_absence_means_something():
    live = " ".join(str(one) for said in every(LIVE, POISON).values() for one in said)
    assert {one.lower() for one in MARKER.findall(live)} >= {
        *("qzname", "qzclothing", "qzmarks", "qzlanguage", "qzmedical", "qzplace", "qzvehicle"),
        *("qzplate", "q z p l a t e"),
    }


TYPED = st.text(st.characters(codec="utf-8"), min_size=1, max_size=200)


@given(TYPED, TYPED, st.sampled_from(Category), st.sampled_from(Sex), st.integers(0, 120))
def test_no_length_is_passed_whatever_is_typed(typed, authority, category, sex, age):
    names = ("name", "clothing", "marks", "language", "medical_need")
    child = Description(age_years=age, sex=sex, height_cm=177, **dict.fromkeys(names, typed))
    subject = replace(
        INVENTED,
        description=child,
        category=category,
        place_text=typed,
        vehicle=typed,
        licence_plate=typed[:40],
    )
    for frame in (LIVE, DRILL):
        for said in every(replace(frame, authority=authority), subject).values():
            for one in said:
                assert all(len(getattr(one, form)) <= most for form, most in FORMS.items())


@given(st.from_regex(r"Qz[a-z]{6,12}", fullmatch=True))
def test_no_drill_shows_a_typed_word(word):
    names = ("name", "clothing", "marks", "language", "medical_need")
    child = Description(age_years=4, sex=Sex.MALE, **dict.fromkeys(names, word))
    poisoned = replace(POISON, description=child, place_text=word, vehicle=word, licence_plate=word)
    clean = every(DRILL, replace(POISON, description=Description(age_years=4, sex=Sex.MALE)))
    assert every(DRILL, poisoned) == clean
