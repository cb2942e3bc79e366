"""Who reads what of a case: one table, and the texts of a draft that are made by it.

Pure. What is known of a suspect is in none of the texts that go out on one officer's word. Those
that hold it are drafted beside them and read only once a second person has approved them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from homeward.formats import texts
from homeward.formats.texts import Frame, Subject
from homeward.words import Description, RecipientKind, Texts, Tier, Worded, Wording

READS: Final[Mapping[str, Wording]] = {
    "name": Wording.PUBLIC,
    "clothing": Wording.PUBLIC,
    "marks": Wording.PUBLIC,
    "language": Wording.PUBLIC,
    "place_text": Wording.PUBLIC,
    "medical_need": Wording.VETTED,
    "vehicle": Wording.PUBLIC,
    "licence_plate": Wording.PUBLIC,
    "suspect": Wording.VETTED,
    "relation": Wording.HUB,
}
"""From what somebody typed or chose to the first who reads it, and with them all after them. Sex,
age, height, time, kind of case, what to do and what not to do stand in every text."""
SUSPECT: Final = frozenset({"vehicle", "licence_plate", "suspect", "relation"})
"""What is known of a suspect: in a text only once two people stand behind it."""
NGO_LEVEL: Final = 3
"""The level of an NGO's desk: it knows its volunteers, and is no police."""
_RANK: Final = {wording: rank for rank, wording in enumerate(Wording)}


def wording_of(kind: RecipientKind, tier: Tier = Tier.PUBLIC, level: int = 0) -> Wording:
    """Return whose texts a recipient reads; whoever is not known to be more is the public."""
    match kind:
        case RecipientKind.HUB:
            return Wording.HUB
        case RecipientKind.DESK:
            return Wording.VETTED if level == NGO_LEVEL else Wording.HUB
        case RecipientKind.VOLUNTEER if tier is Tier.VETTED:
            return Wording.VETTED
        case _:
            return Wording.PUBLIC


def known_to(subject: Subject, wording: Wording, *, suspect: bool) -> Subject:
    """Return what those may read of a case; ``suspect``: also of a suspect, as far as they may."""
    hidden = {
        name
        for name, first in READS.items()
        if _RANK[first] > _RANK[wording] or (name in SUSPECT and not suspect)
    }
    return without(subject, hidden)


def without(subject: Subject, names: Iterable[str]) -> Subject:
    """Return what is known of a case without fields of these names, of each of its persons."""
    of_child = {name: None for name in names if name in Description.model_fields}
    rest: dict[str, Any] = {name: None for name in names if name not in of_child}
    first, *others = (one.model_copy(update=of_child) for one in subject.persons)
    return replace(subject, description=first, others=tuple(others), **rest)


@dataclass(frozen=True, slots=True)
class Wordings:
    """All texts of a draft, as it seals them."""

    texts: tuple[Texts, ...]
    """Of the public, without a suspect."""
    worded: tuple[Worded, ...] | None
    """Of everybody else, without a suspect; None: drafted before there were several."""
    worded_suspect: tuple[Worded, ...] | None
    """What two people's word puts in the place of those; None: it changes nothing."""

    def read_by(self, wording: Wording, *, approved: bool) -> tuple[Texts, ...]:
        """Return what those read; ``approved``: a second person stands behind it."""
        for some in (self.worded_suspect if approved else None, self.worded):
            for one in some or ():
                if one.wording is wording:
                    return one.texts
        return self.texts


def drafted(frame: Frame, subject: Subject) -> Wordings:
    """Return the texts of an alert's version: an update's, if it is not the first."""
    say: Callable[[Frame, Subject], tuple[Texts, ...]]
    say = texts.alert if frame.version == 1 else texts.update
    plain = {one: say(frame, known_to(subject, one, suspect=False)) for one in Wording}
    whole = {one: say(frame, known_to(subject, one, suspect=True)) for one in Wording}
    return Wordings(
        texts=plain[Wording.PUBLIC],
        worded=_worded(plain, (Wording.VETTED, Wording.HUB)),
        worded_suspect=_worded(whole, [one for one in Wording if whole[one] != plain[one]]) or None,
    )


def _worded(said: Mapping[Wording, tuple[Texts, ...]], of: Sequence[Wording]) -> tuple[Worded, ...]:
    return tuple(Worded(wording=one, texts=said[one]) for one in of)
