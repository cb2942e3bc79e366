import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.formats import texts
from homeward.formats.clipping import clean, clip, fit
from homeward.formats.housewords import HouseWords
from homeward.formats.linting.forms import every
from homeward.formats.several import who_are
from homeward.testing import samples
from homeward.testing.samples import NOON, at
from homeward.words import AgeBand, Category, Description, Purpose, Sex, Texts

LIVE = texts.Frame(code="ABCD-EFGH", version=3, authority="Linquan police", drill=False)
DRILL = replace(LIVE, drill=True)
CHILD = texts.Subject(
    description=samples.CHILD,
    category=Category.STRANGER_ABDUCTION,
    last_seen_at=NOON,
    expires_at=at(24 * 60),
    place_text="behind the noodle shop",
    vehicle="grey van, dented door",
    licence_plate="皖X·00000",
)
LINES = st.text(max_size=200)
SUBJECTS = st.builds(
    texts.Subject,
    description=st.builds(
        Description,
        name=st.none() | LINES,
        age_years=st.none() | st.integers(0, 120),
        sex=st.sampled_from(Sex),
        height_cm=st.none() | st.integers(30, 250),
        clothing=st.none() | LINES,
        marks=st.none() | LINES,
        language=st.none() | LINES,
        medical_need=st.none() | LINES,
    ),
    category=st.sampled_from(Category),
    last_seen_at=st.just(NOON),
    expires_at=st.just(at(24 * 60)),
    place_text=st.none() | LINES,
    vehicle=st.none() | LINES,
    licence_plate=st.none() | LINES,
)
WINDOW = (at(45), at(90))
MARKS = {"zh-Hans": "【演练】", "zh-Hant": "【演練】", "en": "[DRILL] "}
ALOUD = {"zh-Hans": "这是演练。", "zh-Hant": "這是演練。", "en": "This is a drill. "}


def forms(one):
    return (one.title, one.short, one.medium, one.full, one.spoken)


@given(SUBJECTS, st.booleans(), st.text(max_size=80))
def test_every_form_fits_whatever_was_typed(subject, drill, authority):
    for said in every(replace(LIVE, drill=drill, authority=authority), subject).values():
        assert [one.lang for one in said] == list(texts.LANGS)
        for one in said:
            assert len(one.title) <= 80
            assert len(one.short) <= 90
            assert len(one.medium) <= 360
            assert len(one.full) <= 4_000
            assert len(one.spoken) <= 600


@given(SUBJECTS, st.booleans())
def test_every_form_of_an_alert_says_what_to_do_and_which_case(subject, drill):
    said = every(replace(LIVE, drill=drill), subject)
    for name in ("alert", "update", "watch"):
        for one in said[name]:
            for form in forms(one)[1:4]:
                assert "110" in form
                assert "ABCD-EFGH" in form
                assert "勿靠近" in form or "not approach" in form
            for form in forms(one)[2:4]:
                assert re.search("只观察|只觀察|Watch, do not approach, call 110", form)
            assert "1 1 0" in one.spoken
            assert "A B C D, E F G H" in one.spoken
            assert one.spoken.endswith(("勿靠近。", "Do not approach."))


def test_an_alert_holds_what_the_domain_page_lists():
    zh, hant, en = texts.alert(LIVE, CHILD)
    for part in (
        *("林小禾", "girl", "4", "104 cm", "yellow raincoat", "small scar", "asthma", "Speaks zh"),
        *("behind the noodle shop", "2026-03-14 12:00", "possible abduction", "grey van"),
        *("Licence plate: 皖X·00000", "Watch, do not approach, call 110", "ABCD-EFGH version 3"),
        *("until 2026-03-15 12:00", "Linquan police"),
    ):
        assert part.lower() in en.full.lower(), part
    for part in (
        "女孩",
        "4岁",
        "104厘米",
        "车牌号：皖X·00000",
        "疑似被拐",
        "拨打110",
        "第3版",
        "有效至",
    ):
        assert part in zh.full, part
    for part in (
        "女孩",
        "4歲",
        "104公分",
        "車牌號碼：皖X·00000",
        "疑遭誘拐",
        "請勿靠近",
        "撥打110",
    ):
        assert part in hant.full, part
    assert "皖X·00000" in en.short
    assert "12:00" in en.medium


def test_the_window_is_the_hubs_own_time():
    for one in texts.watch(texts.alert(LIVE, CHILD), LIVE, WINDOW):
        for form in forms(one)[:4]:
            assert "12:45-13:30" in form
        assert re.search("twelve forty five|十二[点點]四十五分", one.spoken)
        assert re.search("one thirty in the afternoon|下午一[点點]三十分", one.spoken)


def test_a_watch_is_made_of_approved_texts_only():
    approved = texts.alert(LIVE, CHILD)
    for one, said in zip(texts.watch(approved, LIVE, WINDOW), approved, strict=True):
        assert one.full.endswith(said.full)


@given(SUBJECTS)
def test_a_drill_is_marked_in_every_form(subject):
    for said in every(DRILL, subject).values():
        for one in said:
            for form in forms(one)[:4]:
                assert form.startswith(MARKS[one.lang])
            assert one.spoken.startswith(ALOUD[one.lang])
            assert one.spoken.count(ALOUD[one.lang]) == 1


def test_a_live_message_never_looks_like_a_drill():
    for said in every(LIVE, CHILD).values():
        for one in said:
            assert not re.search(r"演[练練]|drill", "".join(forms(one)), re.IGNORECASE)


def test_a_drill_holds_nothing_that_somebody_typed():
    typed = {
        *("林小禾", "yellow raincoat", "small scar", "asthma", "noodle"),
        *("grey van", "皖X·00000"),
    }
    for said in every(DRILL, CHILD).values():
        for one in said:
            shown = "\n".join(forms(one))
            assert [word for word in typed if word in shown] == []


def test_the_end_tells_nothing_of_the_person():
    for name in ("retraction", "close-out", "stand-down", "clock"):
        for one in every(LIVE, CHILD)[name]:
            assert "林小禾" not in "\n".join(forms(one))
            assert "皖" not in "\n".join(forms(one))


@pytest.mark.parametrize(
    ("age", "sex", "zh", "en"),
    [
        (4, Sex.FEMALE, "女孩，4岁", "girl, 4"),
        (17, Sex.MALE, "男孩，17岁", "boy, 17"),
        (18, Sex.MALE, "男性，18岁", "man, 18"),
        (80, Sex.FEMALE, "女性，80岁", "woman, 80"),
        (5, Sex.UNKNOWN, "儿童，5岁", "child, 5"),
        (None, Sex.UNKNOWN, "人员", "person"),
    ],
)
def test_who_is_missing(age, sex, zh, en):
    subject = replace(CHILD, description=Description(age_years=age, sex=sex))
    said = texts.alert(DRILL, subject)
    assert said[0].title == f"【演练】寻人：{zh}"
    assert said[2].title == f"[DRILL] Missing: {en}"


def test_a_language_nobody_wrote_falls_back_to_a_kindred_one():
    said = texts.alert(LIVE, CHILD)
    old = tuple(one for one in said if one.lang != "zh-Hant")  # as facts were before 2026-12
    for asked, three, two in (
        ("en", "en", "en"),
        ("zh-Hant", "zh-Hant", "zh-Hans"),
        ("zh-TW", "zh-Hant", "zh-Hans"),
        ("zh-HK", "zh-Hant", "zh-Hans"),
        ("zh-SG", "zh-Hans", "zh-Hans"),
        ("ug", "zh-Hans", "zh-Hans"),
    ):
        assert texts.choose(said, asked).lang == three
        assert texts.choose(old, asked).lang == two


def test_words_from_before_there_was_a_spoken_form_still_load_and_serve_a_hub():
    raw = '{"lang": "en", "title": "t", "short": "s", "medium": "m", "full": "f"}'
    old = Texts.model_validate_json(raw)
    [hub] = texts.watch([old], LIVE, WINDOW)
    assert (old.spoken, hub.spoken) == (None, None)


@pytest.mark.parametrize(
    ("lang", "do"),
    [("zh-Hans", "拨打 1 1 0"), ("zh-Hant", "撥打 1 1 0"), ("en", "call 1 1 0")],
)
def test_a_voice_says_who_then_where_then_what_to_do_then_what_not(lang, do):
    said = texts.choose(texts.alert(LIVE, CHILD), lang).spoken
    order = [said.index(part) for part in ("林小禾", "noodle shop", do)]
    assert order == sorted(order)
    assert said.endswith(("请勿靠近。", "請勿靠近。", "Do not approach."))


def test_counts_take_the_form_that_goes_with_them():
    for years, said in ((0, "less than one year old"), (1, "one year old"), (2, "two years old")):
        child = Description(age_years=years, sex=Sex.FEMALE)
        english = texts.alert(LIVE, replace(CHILD, description=child))[2].spoken
        assert f"girl, {said}." in english
    for minutes, said in ((1, "waited for one minute:"), (15, "waited for fifteen minutes:")):
        told = texts.clock(LIVE, Category.LOST_CHILD, Sex.MALE, 5, 1, minutes * 60)
        assert said in told[2].spoken


@given(SUBJECTS, st.booleans())
def test_a_long_watch_still_ends_with_what_not_to_do(subject, drill):
    frame = replace(LIVE, drill=drill)
    for one in texts.watch(texts.alert(frame, subject), frame, WINDOW):
        assert one.spoken.endswith(("请勿靠近。", "請勿靠近。", "Do not approach."))


@pytest.mark.parametrize("lang", texts.LANGS)
@pytest.mark.parametrize("drill", [True, False])
def test_the_house_has_words_for_every_purpose(lang, drill):
    words = HouseWords("Linquan police", drill)
    drafted = texts.choose(texts.alert(replace(LIVE, drill=drill), CHILD), lang)
    for purpose in Purpose:
        said = words(purpose, lang, drafted)
        assert said is not None
        assert said.lang == lang
        assert drill == said.title.startswith(MARKS[lang])
        assert "  " not in said.medium
    assert words(Purpose.ALERT, lang, None) is None
    assert words(Purpose.CLOSE_OUT, lang, None) is not None
    assert words(Purpose.CANCEL, lang, None) is not None


# --- making it fit --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("two\nlines\tand  more", "two lines and more"),
        ("turn\u202earound", "turnaround"),
        ("a\x00b\x1bc\x7f", "abc"),
        ("  林小禾 ", "林小禾"),
        ("👨\u200d👧", "👨\u200d👧"),
    ],
)
def test_what_was_typed_is_one_plain_line(typed, shown):
    assert clean(typed) == shown


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("short", 5, "short"),
        ("longer", 5, "long…"),
        ("cafe\u0301 x", 5, "caf…"),
        ("ab👨\u200d👧c", 5, "ab…"),
        ("ab👍🏽c", 4, "ab…"),
        ("anything", 0, ""),
        ("two words", 5, "two…"),
    ],
)
def test_nothing_is_cut_in_the_middle_of_a_character(text, limit, shown):
    assert clip(text, limit) == shown


@given(st.text(max_size=60), st.integers(0, 60))
def test_clipped_text_fits(text, limit):
    assert len(clip(text, limit)) <= limit or text == clip(text, limit)


def test_the_tail_is_never_shortened():
    assert fit(12, "a very long head", ["part"], "tail", " ") == "a very… tail"
    assert fit(30, "head", ["x" * 40, "part"], "tail", ", ") == "head, part, tail"


SEVERAL = st.builds(
    lambda subject, others: replace(subject, others=tuple(others)),
    SUBJECTS,
    st.lists(
        st.builds(
            Description,
            name=st.none() | LINES,
            age_years=st.none() | st.integers(0, 120),
            sex=st.sampled_from(Sex),
            height_cm=st.none() | st.integers(30, 250),
            clothing=st.none() | LINES,
            marks=st.none() | LINES,
        ),
        min_size=1,
        max_size=7,
    ),
)


@given(SEVERAL, st.booleans(), st.text(max_size=80))
def test_the_forms_of_several_fit_and_say_what_to_do(subject, drill, authority):
    said = every(replace(LIVE, drill=drill, authority=authority), subject)
    for name in ("alert", "update", "watch", "unverified", "clock", "close-out"):
        for one in said[name]:
            assert len(one.title) <= 80
            assert len(one.short) <= 90
            assert len(one.medium) <= 360
            assert len(one.full) <= 4_000
            assert len(one.spoken) <= 600
    for one in (*said["alert"], *said["update"]):
        for form in forms(one)[1:4]:
            assert "110" in form
            assert "ABCD-EFGH" in form
            assert "勿靠近" in form or "not approach" in form


def sister(**said):
    return Description(sex=Sex.FEMALE, **said)


BOYS = [Description(sex=Sex.MALE, age_years=years) for years in (9, 11)]


@pytest.mark.parametrize(
    ("persons", "en", "zh"),
    [
        ([sister(age_years=4), sister(age_years=7)], "2 girls, aged 4 and 7", "2名女孩，4岁和7岁"),
        (
            [sister(age_years=4), BOYS[0]],
            "1 girl and 1 boy, aged 4 and 9",
            "1名女孩和1名男孩，4岁和9岁",
        ),
        (
            [sister(age_years=4), sister(age_years=7), *BOYS],
            "2 girls and 2 boys, aged 4-11",
            "2名女孩和2名男孩，4-11岁",
        ),
        ([sister(age_years=4), sister()], "2 girls", "2名女孩"),
        ([sister(age_years=8), sister(age_years=8)], "2 girls, aged 8", "2名女孩，8岁"),
        (
            [sister(age_years=40), BOYS[0], Description(age_years=3)],
            "3 people, aged 3-40",
            "3人，3-40岁",
        ),
    ],
)
def test_several_are_counted_with_their_ages(persons, en, zh):
    assert who_are("en", persons) == en
    assert who_are("zh-Hans", persons) == zh


def test_a_voice_counts_several_in_words():
    both = [sister(age_years=2), BOYS[1]]
    assert who_are("en", both, spoken=True) == "one girl and one boy, aged two and eleven"
    assert who_are("zh-Hans", [*both, *BOYS], spoken=True) == "一名女孩和三名男孩，两到十一岁"


def test_each_of_several_is_told_apart():
    red = sister(name="Lin Miao", age_years=8, clothing="a red satchel", height_cm=128)
    said = texts.alert(LIVE, replace(CHILD, others=(red,)))
    [full] = [one.full for one in said if one.lang == "en"]
    assert full.startswith("Missing: 2 girls, aged")
    assert "Lin Miao, girl, 8: wearing a red satchel\n" in full
    assert "Lin Miao, girl, 8: 128 cm tall\n" in full
    drill = texts.alert(DRILL, replace(CHILD, others=(red,)))
    assert not any("Lin Miao" in form or "satchel" in form for one in drill for form in forms(one))


def test_of_several_nobody_verified_only_the_bands_are_said():
    moments = (NOON, at(120))
    said = texts.unverified(
        LIVE,
        Category.LOST_CHILD,
        AgeBand.SMALL,
        Sex.FEMALE,
        moments,
        [(AgeBand.CHILD, Sex.FEMALE)],
    )
    assert said[0].title == "未经核实，请勿转发：2名女孩，4-6岁和7-12岁"


def test_a_close_out_of_several_says_that_all_were_found():
    [one] = [one for one in texts.close_out(LIVE, several=True) if one.lang == "en"]
    assert "Everybody was found" in one.full
