"""From structured fields to the words of a message, in each language and each length.

Pure. A drill's texts are marked in every form and hold nothing that somebody typed, so that no
drill can be taken for the real thing or tell of a real person.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Final

from homeward.formats.clipping import clean, clip, fit
from homeward.formats.phrases import PHRASES, WORDS
from homeward.words import Category, Description, Sex, Texts

LANGS: Final = ("zh-Hans", "en")
SHORT_MAX: Final = 90
MEDIUM_MAX: Final = 360
TITLE_MAX: Final = 80
FULL_MAX: Final = 4_000
FREE_SHORT_MAX: Final = 20
"""Of one typed field in the short form: more would push the others out."""
FREE_MEDIUM_MAX: Final = 60
ADULT_YEARS: Final = 18
CHINA: Final = timezone(timedelta(hours=8), "CST")


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands in every message."""

    code: str
    """Of the case; empty where the message carries code and version beside its words."""
    version: int
    authority: str
    drill: bool
    zone: tzinfo = CHINA


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom an alert is about, and what is known."""

    description: Description
    category: Category
    last_seen_at: datetime
    expires_at: datetime
    place_text: str | None = None
    vehicle: str | None = None
    licence_plate: str | None = None


def alert(frame: Frame, subject: Subject) -> tuple[Texts, ...]:
    """Return the texts of an alert's first version."""
    return tuple(_alert(lang, frame, subject, "missing") for lang in LANGS)


def update(frame: Frame, subject: Subject) -> tuple[Texts, ...]:
    """Return the texts of a later version."""
    return tuple(_alert(lang, frame, subject, "update") for lang in LANGS)


def retraction(frame: Frame) -> tuple[Texts, ...]:
    """Return what a cancel says; composed when the alert is drafted, so it gives no reason."""
    return tuple(_notice(lang, frame, "cancelled") for lang in LANGS)


def close_out(frame: Frame) -> tuple[Texts, ...]:
    """Return that the search is over; how the person was found is not told."""
    return tuple(_notice(lang, frame, "over") for lang in LANGS)


def stand_down(frame: Frame) -> tuple[Texts, ...]:
    """Return that a hub need not watch any more."""
    return tuple(_notice(lang, frame, "stood-down") for lang in LANGS)


def clock(
    frame: Frame, category: Category, sex: Sex, age_years: int | None, level: int, waiting_s: int
) -> tuple[Texts, ...]:
    """Return that a report waits for a desk; made of public fields only."""

    def said(lang: str) -> Texts:
        words = WORDS[lang]
        who = _who(lang, Description(sex=sex, age_years=age_years))
        return _notice(
            lang,
            frame,
            "waits",
            minutes=str(waiting_s // 60),
            who=who,
            category=words[category.value],
            level=words[f"level-{level}"],
        )

    return tuple(said(lang) for lang in LANGS)


def report_waits(frame: Frame) -> tuple[Texts, ...]:
    """Return that a report waits, where nothing of it is at hand."""
    return tuple(_notice(lang, frame, "waiting") for lang in LANGS)


def watch(
    texts: Sequence[Texts],
    frame: Frame,
    window: tuple[datetime, datetime] | None = None,
) -> tuple[Texts, ...]:
    """Return an alert's texts as a hub reads them, asking to acknowledge.

    Made from the texts that were approved, so a hub is never told what nobody approved. Without a
    window it stands beside the message.
    """
    return tuple(_watch(one, frame, window) for one in texts)


def _watch(one: Texts, frame: Frame, window: tuple[datetime, datetime] | None) -> Texts:
    phrases = PHRASES[_known(one.lang)]
    mark = phrases["drill"] if frame.drill else ""
    bare = one.title.removeprefix(phrases["drill"].strip()).strip()
    shown = "-".join(_clock(moment, frame) for moment in window or ())
    now = "" if window else "-now"
    head = mark + phrases[f"watch{now}"].format(window=shown, who=bare)
    ask = phrases[f"window{now}"].format(window=_span(window, frame) if window else "")
    do = phrases["do"] + phrases["stop"]
    ref = phrases["ref"].format(code=frame.code, version=frame.version) + phrases["stop"]
    first = f"{mark}{ask}{_gap(one.lang)}{do}{ref if frame.code else ''}"
    return Texts(
        lang=one.lang,
        title=clip(head, TITLE_MAX),
        short=fit(SHORT_MAX, head, (), _short_tail(phrases, frame), phrases["stop"]),
        medium=clip(first + one.medium, MEDIUM_MAX),
        full=clip(f"{first.rstrip()}\n{one.full}", FULL_MAX),
    )


def choose(texts: Sequence[Texts], lang: str) -> Texts:
    """Return the texts for somebody who reads ``lang``: that one, a kindred one, the first."""
    exact = [one for one in texts if one.lang == lang]
    kindred = [one for one in texts if one.lang.partition("-")[0] == lang.partition("-")[0]]
    return [*exact, *kindred, *texts][0]


def _alert(lang: str, frame: Frame, subject: Subject, opening: str) -> Texts:
    phrases = PHRASES[lang]
    mark = phrases["drill"] if frame.drill else ""
    named = None if frame.drill else subject.description.name
    who = _who(lang, subject.description, named)
    title = mark + phrases[opening].format(who=who)
    ref = phrases["ref"].format(code=frame.code, version=frame.version)
    until = phrases["until"].format(when=_moment(subject.expires_at, frame))
    by = phrases["by"].format(authority=clip(clean(frame.authority), FREE_MEDIUM_MAX))
    tail = phrases["comma"].join((phrases["do"], ref, until, by))
    lines = _lines(lang, frame, subject, lambda text: clip(text, 200))
    kind = phrases["category"].format(text=WORDS[lang][subject.category.value])
    full = [title, *map(_sentence, (*lines, kind, phrases["do"], ref, until, by))]
    return Texts(
        lang=lang,
        title=clip(title, TITLE_MAX),
        short=fit(
            SHORT_MAX,
            clip(title, 40),
            _lines(lang, frame, subject, lambda text: clip(text, FREE_SHORT_MAX)),
            _short_tail(phrases, frame),
            phrases["comma"],
        ),
        medium=fit(
            MEDIUM_MAX,
            title,
            map(_sentence, _lines(lang, frame, subject, lambda text: clip(text, FREE_MEDIUM_MAX))),
            tail,
            phrases["stop"],
        ),
        full=clip("\n".join(full), FULL_MAX),
    )


def _lines(
    lang: str, frame: Frame, subject: Subject, short: Callable[[str], str]
) -> tuple[str, ...]:
    """Return what is known, the most telling first; in a drill nothing that somebody typed."""
    phrases, child = PHRASES[lang], subject.description
    when = _moment(subject.last_seen_at, frame)
    height = phrases["height"].format(cm=child.height_cm) if child.height_cm else ""
    if frame.drill:
        return tuple(filter(None, (phrases["seen"].format(when=when), height)))
    place = subject.place_text
    seen = phrases["seen"] if not place else phrases["seen-at"]
    typed = (
        ("plate", subject.licence_plate),
        ("clothing", child.clothing),
        ("vehicle", subject.vehicle),
        ("marks", child.marks),
        ("medical", child.medical_need),
        ("language", child.language),
    )
    said = [phrases[name].format(text=short(clean(text))) for name, text in typed if text]
    plate = [said.pop(0)] if subject.licence_plate else []
    return tuple(
        filter(
            None, (*plate, seen.format(when=when, place=short(clean(place or ""))), *said, height)
        )
    )


def _who(lang: str, child: Description, name: str | None = None) -> str:
    words = WORDS[lang]
    young = child.age_years is None or child.age_years < ADULT_YEARS
    nouns = {
        (Sex.FEMALE, True): "girl",
        (Sex.MALE, True): "boy",
        (Sex.FEMALE, False): "woman",
        (Sex.MALE, False): "man",
    }
    unsure = "child" if young and child.age_years is not None else "person"
    noun = words[nouns.get((child.sex, young), unsure)]
    age = [] if child.age_years is None else [words["age"].format(years=child.age_years)]
    named = [] if not name else [clip(clean(name), FREE_SHORT_MAX)]
    return PHRASES[lang]["comma"].join([*named, noun, *age])


def _notice(lang: str, frame: Frame, name: str, **more: str) -> Texts:
    phrases = PHRASES[lang]
    mark = phrases["drill"] if frame.drill else ""
    title = mark + clean(phrases[name].format(code=frame.code, **more))
    do = phrases[f"{name}-do"].format(code=frame.code, **more)
    numbered = frame.code and frame.version  # a report that waits has no alert yet
    ref = [phrases["ref"].format(code=frame.code, version=frame.version)] if numbered else []
    by = phrases["by"].format(authority=clip(clean(frame.authority), FREE_MEDIUM_MAX))
    said = f"{title}{phrases['stop']}{do}"
    return Texts(
        lang=lang,
        title=clip(title, TITLE_MAX),
        short=clip(said, SHORT_MAX),
        medium=clip(said + _gap(lang) + phrases["comma"].join([*ref, by]), MEDIUM_MAX),
        full="\n".join([title, do, *ref, by]),
    )


def _short_tail(phrases: Mapping[str, str], frame: Frame) -> str:
    if not frame.code:
        return phrases["do-short"]
    ref = phrases["ref-short"].format(code=frame.code, version=frame.version)
    return phrases["do-short"] + phrases["comma"] + ref


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _known(lang: str) -> str:
    return lang if lang in PHRASES else LANGS[0]


def _gap(lang: str) -> str:
    return " " if lang == "en" else ""


def _clock(moment: datetime, frame: Frame) -> str:
    return moment.astimezone(frame.zone).strftime("%H:%M")


def _span(window: tuple[datetime, datetime], frame: Frame) -> str:
    """Return a window with its day: an order of the evening may be for after midnight."""
    begin, end = (moment.astimezone(frame.zone) for moment in window)
    until = f"{end:%H:%M}" if begin.date() == end.date() else f"{end:%m-%d %H:%M}"
    return f"{begin:%m-%d %H:%M}-{until}"


def _moment(moment: datetime, frame: Frame) -> str:
    return moment.astimezone(frame.zone).strftime("%Y-%m-%d %H:%M")
