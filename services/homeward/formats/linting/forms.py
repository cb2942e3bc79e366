"""Rules about messages as they are sent: made of invented cases, in every form and language."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Final

from homeward.formats import speaking, texts, wordings
from homeward.formats.catalogues import MESSAGES
from homeward.formats.linting.slips import DONT, Slip
from homeward.words import AgeBand, Category, Description, Relation, Sex, Texts, Wording

Rendered = Mapping[str, tuple[Texts, ...]]
"""Messages by what they are, each in every language."""
Renderer = Callable[[texts.Frame, texts.Subject], Rendered]
NOON: Final = datetime(2026, 3, 14, 4, 0, tzinfo=UTC)
LIVE: Final = texts.Frame(code="ABCD-EFGH", version=3, authority="示例警方", drill=False)
DRILL: Final = replace(LIVE, drill=True)
INVENTED: Final = texts.Subject(
    description=Description(
        name="林小禾",
        age_years=4,
        sex=Sex.FEMALE,
        height_cm=104,
        clothing="黄色雨衣",
        marks="左手有小痣",
        language="zh",
    ),
    category=Category.LOST_CHILD,
    last_seen_at=NOON,
    expires_at=NOON + timedelta(days=1),
    place_text="面馆后面",
    vehicle="灰色面包车",
    licence_plate="皖X·00000",
    suspect="黑色帽子",
    relation=Relation.STRANGER,
)
"""Nobody; the plate's numbers are all noughts."""
LONGEST: Final = replace(
    INVENTED,
    description=Description(
        age_years=117,
        sex=Sex.FEMALE,
        height_cm=177,
        **dict.fromkeys(("name", "clothing", "marks", "language", "medical_need"), "W" * 200),
    ),
    category=Category("dementia-disability"),
    last_seen_at=datetime(2026, 9, 27, 9, 37, tzinfo=UTC),
    place_text="W" * 200,
    vehicle="W" * 200,
    licence_plate="W" * 30,
    suspect="W" * 200,
    relation=Relation.ACQUAINTANCE,
)
POISON: Final = texts.Subject(
    description=Description(
        age_years=4,
        sex=Sex.FEMALE,
        name="Qzname",
        clothing="Qzclothing",
        marks="Qzmarks",
        language="Qzlanguage",
        medical_need="Qzmedical",
    ),
    category=Category.OTHER,
    last_seen_at=NOON,
    expires_at=NOON + timedelta(days=1),
    place_text="Qzplace",
    vehicle="Qzvehicle",
    licence_plate="QZPLATE",
    suspect="Qzsuspect",
)
"""A marker in every field that somebody types."""
SUSPECT: Final = re.compile(r"Qz(vehicle|suspect)|Q ?Z ?P ?L ?A ?T ?E", re.IGNORECASE)
LOOKS: Final = re.compile(r"Qzsuspect", re.IGNORECASE)
MARKER: Final = re.compile(r"Qz\w+|Q ?Z ?P ?L ?A ?T ?E", re.IGNORECASE)
WINDOW: Final = (NOON + timedelta(hours=9, minutes=37), NOON + timedelta(hours=23, minutes=57))
READ: Final = tuple(
    f"{one}{' approved' if suspect else ''}" for one in Wording for suspect in (False, True)
)
"""Whose texts of a draft, on one officer's word and once it is approved."""
ALERTING: Final = ("alert", "update", "unverified", "watch", "watch-now", "ask", *READ)
ENDING: Final = ("retraction", "close-out", "stand-down", "ask-over")
FORMS: Final[Mapping[str, int]] = {
    "short": texts.SHORT_MAX,
    "medium": texts.MEDIUM_MAX,
    "full": texts.FULL_MAX,
    "spoken": texts.SPOKEN_MAX,
}
PLATE: Final[Mapping[str, str]] = {
    "en": "licence plate",
    "zh-Hans": "车牌号",
    "zh-Hant": "車牌號碼",
}
BARE: Final = re.compile(r"\S*(://|www\.)\S*|\W")
SAID_MIN: Final = 8
"""Letters beside links: less is a message that says nothing by itself."""


def every(frame: texts.Frame, subject: texts.Subject) -> Rendered:
    """Return every message that there is about somebody."""
    alert, child = texts.alert(frame, subject), subject.description
    drafted = wordings.drafted(replace(frame, version=1), subject)
    readers = [(one, approved) for one in Wording for approved in (False, True)]
    read = [drafted.read_by(one, approved=approved) for one, approved in readers]
    return {
        **dict(zip(READ, read, strict=True)),
        "alert": alert,
        "update": texts.update(frame, subject),
        "unverified": texts.unverified(
            frame,
            subject.category,
            AgeBand.SMALL,
            child.sex,
            (NOON, subject.expires_at),
            [(AgeBand.of(one.age_years), one.sex) for one in subject.others],
        ),
        "watch": texts.watch(alert, frame, WINDOW),
        "watch-now": texts.watch(alert, replace(frame, code="", version=0)),
        "retraction": texts.retraction(frame),
        "close-out": texts.close_out(frame, several=bool(subject.others)),
        "joined": texts.joined(frame),
        "parted": texts.parted(frame),
        "stand-down": texts.stand_down(frame),
        "ask": texts.ask(alert, frame),
        "ask-over": texts.ask_over(frame),
        "clock": texts.clock(
            frame,
            subject.category,
            child.sex,
            child.age_years,
            3,
            59_940,
            [one.sex for one in subject.others],
        ),
        "report-waits": texts.report_waits(frame),
        "review": texts.review(frame),
    }


def shown(one: Texts) -> Iterator[tuple[str, str]]:
    """Yield each form of a message by name, the title first."""
    yield "title", one.title
    for form in FORMS:
        yield form, getattr(one, form) or ""


def _acts(one: Texts) -> Iterator[tuple[str, str]]:
    dont = DONT.get(one.lang) or MESSAGES[one.lang]["said-dont"]
    for form, text in shown(one):
        if form == "title":
            continue
        if dont.lower() not in text.lower():
            yield form, f"does not say “{dont}”"
        if ("1 1 0" if form == "spoken" else "110") not in text:
            yield form, "does not say whom to call"


def _fits(one: Texts) -> Iterator[tuple[str, str]]:
    for form, text in shown(one):
        limit = FORMS.get(form, texts.TITLE_MAX)
        if len(text) > limit:
            yield form, f"has {len(text)} characters; {limit} are the most"


def _speaks(one: Texts) -> Iterator[tuple[str, str]]:
    for form, text in shown(one):
        if len(BARE.sub("", text)) < SAID_MIN:
            yield form, "says nothing by itself"


def _names_plates(one: Texts) -> Iterator[tuple[str, str]]:
    plate = INVENTED.licence_plate or ""
    word = PLATE.get(one.lang, "")
    for form, text in shown(one):
        there = plate in text or speaking.spelt(plate) in text
        if there and word not in text.lower():
            yield form, f"shows a plate and does not call it {word}"


def _marked(one: Texts) -> Iterator[tuple[str, str]]:
    phrases = MESSAGES[one.lang]
    for form, text in shown(one):
        mark = phrases["said-drill" if form == "spoken" else "drill"]
        if not text.startswith(mark):
            yield form, f"does not begin with “{mark.strip()}”, and is of a drill"


def _unpoisoned(one: Texts) -> Iterator[tuple[str, str]]:
    for form, text in shown(one):
        if leak := MARKER.search(text):
            yield form, f"shows what somebody typed ({leak[0]})"


def _unsuspected(one: Texts) -> Iterator[tuple[str, str]]:
    for form, text in shown(one):
        if leak := SUSPECT.search(text):
            yield form, f"tells of a suspect ({leak[0]}) whom nobody approved"


def _no_looks(one: Texts) -> Iterator[tuple[str, str]]:
    for form, text in shown(one):
        if leak := LOOKS.search(text):
            yield form, f"tells the public what a suspect looks like ({leak[0]})"


def _by_ear(one: Texts) -> Iterator[tuple[str, str]]:
    text = (one.spoken or "").replace("1 1 0", "").replace("0 0 0 0 0", "")
    figures = "[0-9]+|" if one.lang in speaking.COUNTED else ""  # else there is no speller yet
    if wrong := re.search(rf"{figures}\b(cm|min|v|km|h)\b", text):
        yield "spoken", f"holds “{wrong[0]}”, which a voice reads badly"


Rule = Callable[[Texts], Iterator[tuple[str, str]]]
CHECKS: Final[tuple[tuple[str, Rule, texts.Frame, texts.Subject, tuple[str, ...]], ...]] = (
    ("acts", _acts, LIVE, INVENTED, ALERTING),
    ("acts", _acts, LIVE, LONGEST, ALERTING),
    ("acts", _acts, DRILL, LONGEST, ALERTING),
    ("fits", _fits, replace(LIVE, authority="W" * 90, version=777), LONGEST, ()),
    ("fits", _fits, replace(DRILL, authority="W" * 90, version=777), LONGEST, ()),
    ("speaks", _speaks, LIVE, INVENTED, ()),
    ("plate", _names_plates, LIVE, INVENTED, ()),
    ("ear", _by_ear, LIVE, INVENTED, ()),
    ("drill", _marked, DRILL, INVENTED, ()),
    ("drill", _unpoisoned, DRILL, POISON, ()),
    ("ends", _unpoisoned, LIVE, POISON, ENDING),
    ("suspect", _unsuspected, LIVE, POISON, READ[::2]),
    ("looks", _no_looks, LIVE, POISON, READ[1:2]),
)
"""The rule, what it is asked about, and which messages; none named: all."""


def together(subject: texts.Subject, persons: int) -> texts.Subject:
    """Return the same with so many persons: brothers and sisters of other ages."""
    one = subject.description
    others = (
        one.model_copy(update={"age_years": max((one.age_years or 0) - 2 * n, 0), "sex": sex})
        for n, sex in enumerate(SEXES[:persons], 1)
    )
    return replace(subject, others=tuple(others)[: persons - 1])


SEXES: Final = (Sex.FEMALE, Sex.MALE, Sex.MALE, Sex.UNKNOWN)
PERSONS: Final = (1, 2, 4)
"""How many are missing in the cases that messages are made of."""


def form_slips(render: Renderer = every) -> list[Slip]:
    """Return what is wrong with messages as they are made."""
    slips: dict[Slip, None] = {}
    for (rule, check, frame, subject, only), persons in product(CHECKS, PERSONS):
        try:
            rendered = render(frame, together(subject, persons))
        except ValueError as wrong:  # pydantic's: a form that is too long is no message
            slips[Slip(rule, "", "", f"no message can be made: {wrong}")] = None
            continue
        for what, said in rendered.items():
            for one in said if not only or what in only else ():
                for form, says in check(one):
                    slips[Slip(rule, one.lang, f"{what} {form}", says)] = None
    return list(slips)
