"""The words of a draft, as whoever decides about it reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from homeward.case import Alert, Draft
from homeward.http.answers import DraftTexts
from homeward.http.pages.desk import WORDS
from homeward.words import Wording


@dataclass(frozen=True, slots=True)
class Section:
    """One language of an alert: what would be sent, in every form, and what would take it back."""

    lang: str
    head: str
    said: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    """Whose words they are and from when, and the words."""
    retraction: Sequence[tuple[str, str]]


FORMS: Final = ("title", "short", "medium", "full", "spoken")


def sections(read: DraftTexts, lang: str) -> list[Section]:
    """Return the words of a draft, language by language, for each who reads them."""
    d = WORDS[lang]
    backs = {one["lang"]: one for one in read.retraction}
    alone = d["wording-alone"].format(whom=d[f"wording-{Wording.PUBLIC}"])
    said = [(alone if read.wordings else d["as-sent"], read.texts)]
    said += [
        (
            d["wording-approved" if one.approved else "wording-alone"].format(
                whom=d[f"wording-{one.wording}"]
            ),
            one.texts,
        )
        for one in read.wordings
    ]

    def in_forms(words: Mapping[str, object]) -> list[tuple[str, str]]:
        return [(d[f"form-{one}"], str(words[one])) for one in FORMS if words.get(one)]

    return [
        Section(
            one["lang"],
            d.get(f"lang-{one['lang']}", one["lang"]),
            [
                (head, in_forms(words))
                for head, texts in said
                for words in texts
                if words["lang"] == one["lang"]
            ],
            in_forms(backs.get(one["lang"], {})),
        )
        for one in read.texts
    ]


def stands(alert: Alert | None, waits: Draft | None, draft: str, lang: str) -> str:
    """Return on whose word a draft is out, and what an approval would still do; "": it is not."""
    if alert is None or alert.draft != draft:
        return ""
    if waits is None:
        return WORDS[lang]["draft-done"]
    return WORDS[lang]["out-alone" if alert.widens else "out-emergency"]
