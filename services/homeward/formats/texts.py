"""From structured fields to the words of a message, in each language and each length.

Pure. A drill's texts are marked in every form and hold nothing that somebody typed, so that no
drill can be taken for the real thing or tell of a real person.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from homeward.formats import speaking
from homeward.formats.catalogues import LANGS, kindred
from homeward.formats.catalogues import MESSAGES as PHRASES
from homeward.formats.clipping import clean, clip, fit
from homeward.formats.persons import FREE_SHORT_MAX, suspect_is, who_is
from homeward.formats.sentences import gap, known, sentence
from homeward.formats.several import aloud_of_several, lines_of_several, who_are
from homeward.formats.subjects import Frame, Subject, clock_of, moment, span
from homeward.words import AgeBand, Category, Description, Sex, Texts

__all__ = ["Frame", "Subject"]  # as whoever makes messages names them
SHORT_MAX: Final = 90
MEDIUM_MAX: Final = 360
SPOKEN_MAX: Final = 600
"""About a minute of speech."""
TITLE_MAX: Final = 80
FULL_MAX: Final = 4_000
FREE_MEDIUM_MAX: Final = 60
MINORS: Final = frozenset(AgeBand) - {AgeBand.ADULT, AgeBand.OLD, AgeBand.UNKNOWN}


def alert(frame: Frame, subject: Subject) -> tuple[Texts, ...]:
    """Return the texts of an alert's first version."""
    return tuple(_alert(lang, frame, subject, "missing") for lang in LANGS)


def update(frame: Frame, subject: Subject) -> tuple[Texts, ...]:
    """Return the texts of a later version."""
    return tuple(_alert(lang, frame, subject, "update") for lang in LANGS)


def unverified(
    frame: Frame,
    category: Category,
    band: AgeBand,
    sex: Sex,
    moments: tuple[datetime, datetime],
    others: Sequence[tuple[AgeBand, Sex]] = (),
) -> tuple[Texts, ...]:
    """Return the texts of a report that nobody verified; made of public fields only.

    ``moments`` are when the person was last seen, and until when it is told.
    """
    child, *more = (
        Description(sex=sex if band in MINORS else Sex.UNKNOWN)
        for band, sex in ((band, sex), *others)
    )
    said = tuple(
        "" if one is AgeBand.UNKNOWN else one.value for one in (band, *(one for one, _ in others))
    )
    subject = Subject(child, category, *moments, others=tuple(more), bands=said if more else ())
    if not more:
        subject = replace(subject, age_band=said[0])
    return tuple(_alert(lang, frame, subject, "unverified") for lang in LANGS)


def retraction(frame: Frame) -> tuple[Texts, ...]:
    """Return what a cancel says; composed when the alert is drafted, so it gives no reason."""
    return tuple(_notice(lang, frame, "cancelled") for lang in LANGS)


def close_out(frame: Frame, *, several: bool = False) -> tuple[Texts, ...]:
    """Return that the search is over; how whoever was missing was found is not told."""
    name = "over-all" if several else "over"
    return tuple(_notice(lang, frame, name) for lang in LANGS)


def joined(frame: Frame) -> tuple[Texts, ...]:
    """Return that a search goes on as another case, whose code the frame gives."""
    return tuple(_notice(lang, replace(frame, version=0), "joined") for lang in LANGS)


def parted(frame: Frame) -> tuple[Texts, ...]:
    """Return that a search goes on under its own code again."""
    return tuple(_notice(lang, replace(frame, version=0), "parted") for lang in LANGS)


def stand_down(frame: Frame) -> tuple[Texts, ...]:
    """Return that a hub need not watch any more."""
    return tuple(_notice(lang, frame, "stood-down") for lang in LANGS)


def ask(texts: Sequence[Texts], frame: Frame) -> tuple[Texts, ...]:
    """Return an alert's texts as somebody reads them who is asked to come and help.

    Made from the texts that were approved: nobody is asked in words that nobody approved.
    """
    return tuple(_ask(one, frame) for one in texts)


def ask_over(frame: Frame) -> tuple[Texts, ...]:
    """Return that whoever was asked need not come."""
    return tuple(_notice(lang, frame, "asked-over") for lang in LANGS)


def clock(
    frame: Frame,
    category: Category,
    sex: Sex,
    age_years: int | None,
    level: int,
    waiting_s: int,
    others: Sequence[Sex] = (),
) -> tuple[Texts, ...]:
    """Return that a report waits for a desk; made of public fields only."""

    def said(lang: str) -> Texts:
        phrases, minutes = PHRASES[lang], waiting_s // 60
        first = Description(sex=sex, age_years=age_years)
        persons = (first, *(Description(sex=one) for one in others))
        more = {
            "who": who_are(lang, persons),
            "category": phrases[category.value],
            "level": phrases[f"level-{level}"],
        }
        notice = _notice(lang, frame, "waits", minutes=str(minutes), **more)
        more["who"] = who_are(lang, persons, spoken=True)
        head = phrases.counted("said-waits", minutes)
        aloud = _aloud(lang, frame, "waits", head, minutes=speaking.counted(minutes, lang), **more)
        return notice.model_copy(update={"spoken": aloud})

    return tuple(said(lang) for lang in LANGS)


def report_waits(frame: Frame) -> tuple[Texts, ...]:
    """Return that a report waits, where nothing of it is at hand."""
    return tuple(_notice(lang, frame, "waiting") for lang in LANGS)


def review(frame: Frame) -> tuple[Texts, ...]:
    """Return that an alarm without a second person is to be reviewed."""
    return tuple(_notice(lang, frame, "review") for lang in LANGS)


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
    phrases = PHRASES[known(one.lang)]
    mark = phrases["drill"] if frame.drill else ""
    bare = one.title.removeprefix(phrases["drill"].strip()).strip()
    shown = "-".join(clock_of(moment, frame) for moment in window or ())
    now = "" if window else "-now"
    head = mark + phrases[f"watch{now}"].format(window=shown, who=bare)
    ask = phrases[f"window{now}"].format(window=span(window, frame) if window else "")
    do = phrases["do"] + phrases["stop"]
    ref = phrases["ref"].format(code=frame.code, version=frame.version) + phrases["stop"]
    first = f"{mark}{ask}{gap(one.lang)}{do}{ref if frame.code else ''}"
    aloud = one.spoken and _watch_aloud(one.lang, one.spoken, frame, window)
    return Texts(
        lang=one.lang,
        title=clip(head, TITLE_MAX),
        short=fit(SHORT_MAX, head, (), _short_tail(phrases, frame), phrases["stop"]),
        medium=clip(first + one.medium, MEDIUM_MAX),
        full=clip(f"{first.rstrip()}\n{one.full}", FULL_MAX),
        spoken=aloud or None,
    )


def _ask(one: Texts, frame: Frame) -> Texts:
    phrases = PHRASES[known(one.lang)]
    mark = phrases["drill"] if frame.drill else ""
    bare = one.title.removeprefix(phrases["drill"].strip()).strip()
    head = mark + phrases["asked"].format(who=bare)
    do = phrases["do"] + phrases["stop"]
    first = f"{mark}{phrases['asked-please']}{gap(one.lang)}{do}"
    aloud = phrases["said-asked"] + gap(one.lang)
    return Texts(
        lang=one.lang,
        title=clip(head, TITLE_MAX),
        short=fit(SHORT_MAX, head, (), _short_tail(phrases, frame), phrases["stop"]),
        medium=clip(first + one.medium, MEDIUM_MAX),
        full=clip(f"{first.rstrip()}\n{one.full}", FULL_MAX),
        spoken=(one.spoken and _aloud_before(one.lang, one.spoken, frame, aloud)) or None,
    )


def choose(texts: Sequence[Texts], lang: str) -> Texts:
    """Return the texts for who reads ``lang``: that one, what they read too, its like, the first.

    Facts from before Traditional Chinese hold two languages, and are chosen from all the same.
    """
    near = kindred(lang)
    exact = [one for one in texts if one.lang == lang]
    read = [one for one in texts if one.lang == near]
    like = [one for one in texts if one.lang.partition("-")[0] == lang.partition("-")[0]]
    return [*exact, *read, *like, *texts][0]


def _alert(lang: str, frame: Frame, subject: Subject, opening: str) -> Texts:
    phrases = PHRASES[lang]
    mark = phrases["drill"] if frame.drill else ""
    named = None if frame.drill else subject.description.name
    who = _who(lang, subject, named)
    title = mark + phrases[opening].format(who=who)
    ref = phrases["ref"].format(code=frame.code, version=frame.version)
    until = phrases["until"].format(when=moment(subject.expires_at, frame))
    by = phrases["by"].format(authority=clip(clean(frame.authority), FREE_MEDIUM_MAX))
    tail = phrases["comma"].join((phrases["do"], ref, until, by))
    lines = _lines(lang, frame, subject, lambda text: clip(text, 200))
    kind = phrases["category"].format(text=phrases[subject.category.value])
    ends = "\n".join(map(sentence, (kind, phrases["do"], ref, until, by)))
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
            map(sentence, _lines(lang, frame, subject, lambda text: clip(text, FREE_MEDIUM_MAX))),
            tail,
            phrases["stop"],
        ),
        full=fit(FULL_MAX, title, map(sentence, lines), ends, "\n"),
        spoken=_alert_aloud(lang, frame, subject, opening),
    )


def _who(lang: str, subject: Subject, named: str | None, *, spoken: bool = False) -> str:
    """Return who is missing; of several each is named further on."""
    if subject.others:
        return who_are(lang, subject.persons, subject.bands, spoken=spoken)
    return who_is(lang, subject.description, named, spoken=spoken)


def _lines(
    lang: str, frame: Frame, subject: Subject, short: Callable[[str], str]
) -> tuple[str, ...]:
    """Return what is known, the most telling first; in a drill nothing that somebody typed."""
    phrases, child = PHRASES[lang], subject.description
    if subject.others:
        return lines_of_several(lang, frame, subject, short)
    when = moment(subject.last_seen_at, frame)
    height = phrases["height"].format(cm=child.height_cm) if child.height_cm else ""
    band = phrases["age-band"].format(band=subject.age_band) if subject.age_band else ""
    if frame.drill:
        return tuple(filter(None, (band, phrases["seen"].format(when=when), height)))
    place = subject.place_text
    seen = phrases["seen"] if not place else phrases["seen-at"]
    typed = (("plate", subject.licence_plate), *_fields(lang, subject))
    said = [phrases[name].format(text=short(clean(text))) for name, text in typed if text]
    plate = [said.pop(0)] if subject.licence_plate else []
    return tuple(
        filter(
            None,
            (band, *plate, seen.format(when=when, place=short(clean(place or ""))), *said, height),
        )
    )


def _alert_aloud(lang: str, frame: Frame, subject: Subject, opening: str) -> str:
    """Return an alert as a voice says it: who, where, what to do, what not to do."""
    phrases, child = PHRASES[lang], subject.description
    named = None if frame.drill else child.name
    mark = phrases["said-drill"] if frame.drill else ""
    who = _who(lang, subject, named, spoken=True)
    height = []
    if child.height_cm and not subject.others:
        cm = speaking.numbered(child.height_cm, lang)
        height = [phrases.counted("said-height", child.height_cm).format(cm=cm)]
    when = speaking.moment(subject.last_seen_at.astimezone(frame.zone), lang)
    place = "" if frame.drill else _typed(subject.place_text, FREE_MEDIUM_MAX)
    seen = phrases["said-seen-at" if place else "said-seen"].format(when=when, place=place)
    parts = [seen]
    if subject.licence_plate and not frame.drill:
        plate = speaking.spelt(_typed(subject.licence_plate, FREE_SHORT_MAX))
        parts.append(phrases["said-plate"].format(text=plate))
    if subject.others:
        parts += aloud_of_several(lang, frame, subject, lambda text: _typed(text, FREE_MEDIUM_MAX))
    elif not frame.drill:
        parts += [
            phrases[name].format(text=_typed(text, FREE_MEDIUM_MAX))
            for name, text in _fields(lang, subject)
            if text
        ]
    return fit(
        SPOKEN_MAX,
        mark + clip(phrases[f"said-{opening}"].format(who=who), FREE_MEDIUM_MAX),
        map(sentence, (*parts, *height)),
        _spoken_tail(lang, frame),
        phrases["stop"],
    )


def _fields(lang: str, subject: Subject) -> tuple[tuple[str, str | None], ...]:
    child = subject.description
    return (
        ("clothing", child.clothing),
        ("vehicle", subject.vehicle),
        ("suspect", suspect_is(lang, subject.relation, subject.suspect)),
        ("marks", child.marks),
        ("medical", child.medical_need),
        ("language", child.language),
    )


def _typed(text: str | None, limit: int) -> str:
    return clip(clean(text or ""), limit)


def _spoken_tail(lang: str, frame: Frame) -> str:
    """Return what to do, what to say to the police, and what not to do."""
    phrases = PHRASES[lang]
    code, version = speaking.spelt(frame.code), speaking.numbered(frame.version, lang)
    ref = [phrases["said-ref"].format(code=code, version=version)] if code else []
    said = phrases["stop"].join((phrases["said-do"], *ref, phrases["said-dont"]))
    return said + phrases["stop"].rstrip()


def _watch_aloud(
    lang: str, approved: str, frame: Frame, window: tuple[datetime, datetime] | None
) -> str:
    """Return an approved text with the order before it; what to do is never cut off."""
    phrases = PHRASES[known(lang)]
    if window is None:
        ask = phrases["window-now"] + gap(lang)
    else:
        begin, end = (speaking.moment(one.astimezone(frame.zone), lang) for one in window)
        ask = phrases["said-window"].format(begin=begin, end=end)
    return _aloud_before(lang, approved, frame, ask)


def _aloud_before(lang: str, approved: str, frame: Frame, ask: str) -> str:
    """Return an approved text with what is asked before it."""
    phrases = PHRASES[known(lang)]
    mark = phrases["said-drill"] if frame.drill else ""
    body = approved.removeprefix(phrases["said-drill"]) if frame.drill else approved
    head = mark + ask
    if len(head) + len(body) <= SPOKEN_MAX:
        return head + body
    tail = gap(lang) + _spoken_tail(lang, frame)
    return head + clip(body, SPOKEN_MAX - len(head) - len(tail)) + tail


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
        medium=clip(said + gap(lang) + phrases["comma"].join([*ref, by]), MEDIUM_MAX),
        full="\n".join([title, do, *ref, by]),
        spoken=_aloud(lang, frame, name, phrases[f"said-{name}"], **more),
    )


def _aloud(lang: str, frame: Frame, name: str, head: str, **more: str) -> str:
    """Return a notice as a voice says it."""
    phrases = PHRASES[lang]
    mark = phrases["said-drill"] if frame.drill else ""
    said = head.format(code=speaking.spelt(frame.code), **more).strip(" :：，")
    return clip(mark + said + phrases["stop"] + phrases[f"{name}-do"].format(**more), SPOKEN_MAX)


def _short_tail(phrases: Mapping[str, str], frame: Frame) -> str:
    if not frame.code:
        return phrases["do-short"]
    ref = phrases["ref-short"].format(code=frame.code, version=frame.version)
    return phrases["do-short"] + phrases["comma"] + ref
