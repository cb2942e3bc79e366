"""What a case's page shows of its result and its file: who helped, last words, what is due."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from homeward import sighting
from homeward.case import Status
from homeward.case.filing import PUBLISHED, UNPUBLISHED
from homeward.facts.answer import AnswerGiven
from homeward.facts.case import CaseResolved
from homeward.facts.hub import WatchOrdered
from homeward.facts.sighting import SightingReported
from homeward.formats import texts
from homeward.http.alerts import frame
from homeward.http.authorisation import Action
from homeward.http.doors import Door
from homeward.http.pages.desk import WORDS, may
from homeward.http.pages.dutylines import Line, lines
from homeward.http.rooms import Rooms
from homeward.messages import Recorded
from homeward.timeline import CaseView
from homeward.timeline.askings import HELPS
from homeward.words import Answer

HELPED: Final = "helped."
"""What the fields begin with that say who helped; the id follows, and nobody types it."""
OF_EACH_MAX: Final = 12
"""So many sightings, hubs and answers to choose from: a form of the desk has 40 fields."""
EXPUNGES: Final = ("kept-long-enough", "family-asks", "court-orders")
"""Why the persons in a case are to be forgotten."""
_HELPING: Final = HELPS | {Answer.OUT}


@dataclass(frozen=True, slots=True)
class Aid:
    """Something that may have helped, in words."""

    id: str
    says: str


def helpers(door: Door, lang: str, hubs: Mapping[str, str]) -> list[Aid]:
    """Return the sightings, hubs and answers of a case, the newest of each first, in words."""
    found = [one for some in _found(door.recorded) for one in some]
    said = {one.id: line for one, line in _in_words([fact for _, fact in found], lang, hubs)}
    return [Aid(name, f"{said[fact.id].when}: {said[fact.id].says}") for name, fact in found]


def known(door: Door) -> frozenset[str]:
    """Return the ids that may be named as having helped: all of the case, shown or not."""
    return frozenset(name for some in _found(door.recorded, at_most=None) for name, _ in some)


def _found(
    recorded: Sequence[Recorded], at_most: int | None = OF_EACH_MAX
) -> Iterable[list[tuple[str, Recorded]]]:
    """Return (id, fact) of what may have helped, the newest first: sightings, hubs, answers."""
    among = sighting.fold_all(recorded)
    out = {sighting.Status.REJECTED, sighting.Status.MERGED}
    told: dict[str, Recorded] = {}
    watched: dict[str, Recorded] = {}
    answered: dict[str, Recorded] = {}
    for one in recorded:
        match one.fact:
            case SightingReported(sighting=name) if among[name].status not in out:
                told[name] = one
            case WatchOrdered(watch=name):
                watched[name] = one
            case AnswerGiven(recipient=who, answer=answer):
                answered.pop(who, None)
                if answer in _HELPING:
                    answered[who] = one
    by_answer = {one.id: one for one in answered.values()}
    accepted = {name: among[name].status is sighting.Status.ACCEPTED for name in told}
    newest = list(told)[::-1]
    first = sorted(newest, key=lambda name: not accepted[name])
    yield [(name, told[name]) for name in first][:at_most]
    for some in (watched, by_answer):
        yield list(reversed(some.items()))[:at_most]


def _in_words(
    facts: Sequence[Recorded], lang: str, hubs: Mapping[str, str]
) -> list[tuple[Recorded, Line]]:
    return [(one, lines([one], lang, hubs)[0]) for one in facts]


@dataclass(frozen=True, slots=True)
class File:
    """What can be done with the file of a case that is over, by who looks at it."""

    partners: Sequence[tuple[str, bool]]
    """Who held a copy, and whether they have taken it down."""
    waits_for: Sequence[str]
    """Those who have not."""
    de_publishes: bool
    confirms: bool
    seals: bool
    asks_expunge: bool
    agrees_expunge: str
    """What would be agreed to; "": nothing, or by somebody else."""
    asked_expunge: str
    """Why somebody asks, in words."""
    helped: Sequence[str]
    """Who helped, in words."""
    unnamed: int
    """How many more are recorded that the case does not know."""

    @property
    def shown(self) -> bool:
        """Whether there is anything to show."""
        acts = (self.de_publishes, self.confirms, self.seals, self.asks_expunge)
        return any(acts) or bool(self.partners or self.asked_expunge or self.helped or self.unnamed)


def the_file(
    rooms: Rooms, door: Door, view: CaseView, lang: str, hubs: Mapping[str, str]
) -> dict[str, Any]:
    """Return what a case's page shows of its result and its file."""
    d = WORDS[lang]
    closes = view.status is Status.RESOLVED and may(door, Action.RESOLVE)
    resolves = not view.status.over and may(door, Action.RESOLVE)
    version = door.state.alert.version if door.state.alert else 1
    return {
        "helpers": helpers(door, lang, hubs) if resolves else [],
        "last_words": texts.close_out(frame(rooms, door.case, version)) if closes else (),
        "file": file_of(door, lang, hubs),
        "expunges": [(one, d[f"reason-{one}"]) for one in EXPUNGES],
    }


def file_of(door: Door, lang: str, hubs: Mapping[str, str]) -> File:
    """Return how the file stands for who looks at it."""
    state, d = door.state, WORDS[lang]
    status, asked = state.status, state.expunge
    missing = sorted(state.partners - state.confirmed)
    down, reviewed = status is Status.DE_PUBLISHED, all(one.verdict for one in state.reviews)
    sealable = (down and not missing) or status in UNPUBLISHED
    waits = status is Status.SEALED and asked is not None
    agrees = waits and asked is not None and asked.by != door.by.id and may(door, Action.EXPUNGE)
    helped, unnamed = _helped(door, lang, hubs)
    return File(
        partners=[(one, one in state.confirmed) for one in sorted(state.partners)],
        waits_for=missing if down else [],
        de_publishes=(status in PUBLISHED or down) and may(door, Action.DE_PUBLISH),
        confirms=down and bool(missing) and may(door, Action.CONFIRM_PARTNER),
        seals=sealable and reviewed and may(door, Action.SEAL),
        asks_expunge=status is Status.SEALED and asked is None and may(door, Action.ASK_EXPUNGE),
        agrees_expunge=asked.id if agrees and asked else "",
        asked_expunge=d.get(f"reason-{asked.reason}", asked.reason) if waits and asked else "",
        helped=helped,
        unnamed=unnamed,
    )


def _helped(door: Door, lang: str, hubs: Mapping[str, str]) -> tuple[list[str], int]:
    """Return who helped, in words, and how many are recorded that the case does not know."""
    ended = door.state.ended
    if not isinstance(ended, CaseResolved):
        return [], 0
    of = {name: fact for some in _found(door.recorded, at_most=None) for name, fact in some}
    named = [of[one] for one in ended.helped_by if one in of]
    said = [f"{line.when}: {line.says}" for _, line in _in_words(named, lang, hubs)]
    return said, len(ended.helped_by) - len(named)
