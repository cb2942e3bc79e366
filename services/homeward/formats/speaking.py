"""Figures, times and codes as a voice says them, on a telephone or a loudspeaker.

Pure. A language without a speller of its own gets figures, which most voices read well.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from homeward.formats.catalogues import MESSAGES

SPELT_MAX: Final = 999
"""Beyond it figures: nobody follows longer words by ear."""
SMALL: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ORDINALS: Final[Mapping[str, str]] = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
HAN: Final = "零一二三四五六七八九"
TWO, TEN, HUNDRED = 2, 10, 100
"""Where one counts in another way."""
PARTS: Final = ((5, "night"), (12, "morning"), (13, "noon"), (18, "afternoon"), (24, "evening"))
"""Of a day, each with the hour at which it ends."""


def spelt(code: str) -> str:
    """Return a code or a plate one sign at a time, with a pause at each mark between them."""
    groups = "".join(one if one.isalnum() else "\n" for one in code).split("\n")
    return ", ".join(" ".join(group.upper()) for group in groups if group)


def _english(number: int) -> str:
    if number < len(SMALL):
        return SMALL[number]
    if number < HUNDRED:
        tens, ones = divmod(number, 10)
        return TENS[tens - 2] + (f" {SMALL[ones]}" if ones else "")
    hundreds, rest = divmod(number, 100)
    return f"{SMALL[hundreds]} hundred" + (f" and {_english(rest)}" if rest else "")


def _ordinal(number: int) -> str:
    before, _, last = _english(number).rpartition(" ")
    nth = ORDINALS.get(last) or (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
    return f"{before} {nth}".strip()


def _chinese(number: int) -> str:
    """Return a number as it is counted; of tens the leading one is left off."""
    if number < TEN:
        return HAN[number]
    if number < HUNDRED:
        tens, ones = divmod(number, 10)
        return ("" if tens == 1 else HAN[tens]) + "十" + (HAN[ones] if ones else "")
    hundreds, rest = divmod(number, 100)
    said = f"{HAN[hundreds]}百"
    if not rest:
        return said
    if rest < TEN:
        return f"{said}零{HAN[rest]}"
    return said + HAN[rest // 10] + "十" + (HAN[rest % 10] if rest % 10 else "")


def _of_two(pair: str) -> Callable[[int], str]:
    """Return how one counts things: two of them have a word of their own."""
    return lambda number: pair if number == TWO else _chinese(number)


COUNTED: Final[Mapping[str, Callable[[int], str]]] = {
    "en": _english,
    "zh-Hans": _of_two("两"),
    "zh-Hant": _of_two("兩"),
}
NUMBERED: Final[Mapping[str, Callable[[int], str]]] = {
    "en": _english,
    "zh-Hans": _chinese,
    "zh-Hant": _chinese,
}


def counted(number: int, lang: str) -> str:
    """Return how many, in words."""
    return COUNTED.get(lang, str)(number) if 0 <= number <= SPELT_MAX else str(number)


def numbered(number: int, lang: str) -> str:
    """Return which one, in words: a version, a height."""
    return NUMBERED.get(lang, str)(number) if 0 <= number <= SPELT_MAX else str(number)


def _minute(minute: int, lang: str) -> str:
    if minute < TEN:  # said with a nought before it
        nought = {"en": "oh ", "zh-Hans": "零", "zh-Hant": "零"}.get(lang, "0")
        return nought + numbered(minute, lang)
    return numbered(minute, lang)


def clock(local: datetime, lang: str) -> str:
    """Return a time of day in words, twelve hours with the part of the day."""
    phrases = MESSAGES[lang]
    twelve = local.hour if lang.startswith("zh") and local.hour == 0 else local.hour % 12 or 12
    hour = counted(twelve, lang)
    name = "said-minute" if local.minute else "said-hour"
    time = phrases[name].format(hour=hour, minute=_minute(local.minute, lang))
    part = next(name for end, name in PARTS if local.hour < end)
    return phrases[f"said-{part}"].format(time=time)


def moment(local: datetime, lang: str) -> str:
    """Return a day and a time of day in words."""
    phrases = MESSAGES[lang]
    day = f"the {_ordinal(local.day)}" if lang == "en" else numbered(local.day, lang)
    month = phrases[f"said-month-{local.month}"]
    return phrases["said-when"].format(day=day, month=month, clock=clock(local, lang))
