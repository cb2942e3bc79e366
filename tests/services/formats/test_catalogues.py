import shutil
from gettext import GNUTranslations

import pytest

from homeward.formats.catalogues import LANGS, MESSAGES, PAGES, Phrases, kindred, negotiated
from homeward.formats.catalogues import phrases as reading
from homeward.formats.catalogues.sources import (
    compile_all,
    compiled,
    domains,
    folder,
    forms,
    is_fresh,
    named,
    source,
)


@pytest.mark.parametrize(
    ("tag", "lang"),
    [
        *((tag, "zh-Hant") for tag in ("zh-TW", "zh-HK", "zh-MO", "zh-Hant", "zh_Hant_HK", "yue")),
        *((tag, "zh-Hans") for tag in ("zh", "zh-CN", "zh-SG", "zh-Hans", "zh-Hans-HK", "ZH-cn")),
        *((tag, "en") for tag in ("en", "en-GB", "EN")),
        *((tag, None) for tag in ("fr", "", "*", "-", "x-zh")),
    ],
)
def test_who_reads_what(tag, lang):
    assert kindred(tag) == lang


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("", "zh-Hans"),
        ("fr", "zh-Hans"),
        ("fr, zh-TW;q=0.8, en;q=0.5", "zh-Hant"),
        ("en;q=0.5, zh-HK;q=0.9", "zh-Hant"),
        ("en, zh;q=0.9", "en"),
        ("zh-TW;q=0, en;q=0.1", "en"),
        ("en;q=nonsense, zh-TW;q=0.1", "zh-Hant"),
        (",;q=,;;=" * 500, "zh-Hans"),
    ],
)
def test_a_browser_gets_what_it_likes_best(header, lang):
    assert negotiated(header) == lang


def test_every_language_is_a_folder_with_every_domain():
    for lang in LANGS:
        assert domains(folder()) == sorted(one.stem for one in folder().joinpath(lang).glob("*.po"))
        for domain in domains(folder()):
            assert source(folder(), lang, domain).locale_identifier == lang.replace("-", "_")


def test_no_phrase_lacks_a_translation():
    for domain in domains(folder()):
        english = named(source(folder(), "en", domain))
        for lang in LANGS:
            said = named(source(folder(), lang, domain))
            lacking = [one for one in english if one not in said or not all(forms(said[one]))]
            assert lacking == [], (lang, domain)


def test_what_is_read_is_what_translators_wrote():
    for lang in LANGS:
        for domain in domains(folder()):
            assert is_fresh(folder(), lang, domain), "homeward texts compile"


def test_a_change_is_not_fresh_until_it_is_compiled(tmp_path):
    shutil.copytree(folder(), tmp_path, dirs_exist_ok=True)
    changed = tmp_path / "en" / "messages.po"
    changed.write_text(
        changed.read_text().replace('"girl"\nmsgstr "girl"', '"girl"\nmsgstr "lass"')
    )
    assert not is_fresh(tmp_path, "en", "messages")
    assert compile_all(tmp_path) == [tmp_path / "en" / "messages.mo"]
    assert is_fresh(tmp_path, "en", "messages")
    with changed.with_suffix(".mo").open("rb") as file:
        assert GNUTranslations(file).gettext("girl") == "lass"
    assert compile_all(tmp_path) == []


def test_compiling_twice_makes_the_same_bytes():
    one, two = (compiled(source(folder(), "zh-Hant", "pages")) for _ in range(2))
    assert one == two


def test_phrases_are_a_mapping_that_knows_its_names():
    assert MESSAGES["zh-Hant"]["plate"] == "車牌號碼：{text}"
    assert MESSAGES["en"]["boy"] == "boy"  # said as it is named, and known all the same
    assert PAGES["en"].keys() == PAGES["zh-Hant"].keys()
    refused = Phrases("pages", "zh-Hant", under="refused-")
    assert refused["internal"] == PAGES["zh-Hant"]["refused-internal"]
    assert "call" not in refused
    with pytest.raises(KeyError):
        MESSAGES["en"]["no such phrase"]
    with pytest.raises(KeyError):
        MESSAGES["en"].counted("no such phrase", 2)


def test_what_a_language_lacks_is_said_in_english(tmp_path, monkeypatch):
    shutil.copytree(folder(), tmp_path, dirs_exist_ok=True)
    part = tmp_path / "zh-Hant" / "messages.po"
    part.write_text(part.read_text().replace('"女孩"', '""').replace('"{years}歲"', '""'))
    compile_all(tmp_path)
    monkeypatch.setattr(reading, "files", lambda _: tmp_path)
    reading._read.cache_clear()
    try:
        partly = Phrases("messages", "zh-Hant")
        assert (partly["girl"], partly["boy"]) == ("girl", "男孩")
        assert partly.counted("said-age", 1) == "{years} year old"
    finally:
        reading._read.cache_clear()


@pytest.mark.parametrize(("count", "said"), [(0, "minutes"), (1, "minute"), (2, "minutes")])
def test_english_counts(count, said):
    assert f"{said}:" in MESSAGES["en"].counted("said-waits", count)
    assert MESSAGES["zh-Hans"].counted("said-waits", count) == "报案已等待{minutes}分钟：{code}"
