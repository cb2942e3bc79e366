"""``given(...).when(...).then(...)``: a decider's requirement in one line.

History is given as facts (each said by whoever usually says it), as (account, fact) where it
matters who did, or as `Recorded`. Which decider is asked follows from the request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from homeward import answer, asking, case, duty, poster, sighting, watch
from homeward.case.holding import decide_lift
from homeward.messages import Actor, Fact, Recorded
from homeward.refusals import Refused
from homeward.requests import Request
from homeward.requests import answer as answer_requests
from homeward.requests import asking as asking_requests
from homeward.requests import duty as duty_requests
from homeward.requests import hold as hold_requests
from homeward.requests import poster as poster_requests
from homeward.requests import sighting as sighting_requests
from homeward.requests import watch as watch_requests
from homeward.words import Role, derived_id

ORIGIN: Final = "given.example/test"
REPORTER: Final = Actor(id="parent", role=Role.REPORTER)
OFFICER: Final = Actor(id="officer-1", role=Role.OFFICER, org="county")
OTHER_OFFICER: Final = Actor(id="officer-2", role=Role.OFFICER, org="county")
SUPERVISOR: Final = Actor(id="supervisor", role=Role.SUPERVISOR, org="county")
OTHER_SUPERVISOR: Final = Actor(id="supervisor-2", role=Role.SUPERVISOR, org="county")
COORDINATOR: Final = Actor(id="coordinator", role=Role.COORDINATOR, org="ngo")
HUB_DESK: Final = Actor(id="hub-desk", role=Role.HUB, org="railway")
VOLUNTEER: Final = Actor(id="volunteer", role=Role.VOLUNTEER)
HOUSE: Final = Actor(id="house", role=Role.SYSTEM)

Given: TypeAlias = Fact | tuple[Actor, Fact] | Recorded

_USUALLY: Final = {
    "case.raised/1": REPORTER,
    "case.withdrawn/1": REPORTER,
    "case.facts-proposed/1": REPORTER,
    "case.alert-approved/1": OTHER_OFFICER,
    "case.sealed/1": SUPERVISOR,
    "hold.lifted/1": SUPERVISOR,
    "case.emergency-used/1": SUPERVISOR,
    "case.emergency-reviewed/1": OTHER_SUPERVISOR,
    "case.expunge-asked/1": SUPERVISOR,
    "sighting.reported/1": VOLUNTEER,
    "sighting.accepted/1": COORDINATOR,
    "sighting.rejected/1": COORDINATOR,
    "sighting.merged/1": COORDINATOR,
    "sighting.parted/1": COORDINATOR,
    "sighting.released/1": COORDINATOR,
    "sighting.withheld/1": COORDINATOR,
    "watch.acknowledged/1": HUB_DESK,
    "watch.stood-down/1": HUB_DESK,
    "answer.given/1": VOLUNTEER,
}
_BY_HOUSE: Final = (
    "reach.",
    "hubs.",
    "rounds.",
    "callouts.",
    "fanout.",
    "handover.",
    "escalation.",
    "clock.",
)


def id_of(index: int) -> str:
    """Return the id of the fact given at that place, from 0."""
    return derived_id(ORIGIN, "given", index)


def stream_of(fact: Fact) -> str:
    """Return the stream that a fact belongs to by its kind."""
    kind = fact.kind.partition(".")[0]
    owners = {"sighting": "sighting", "watch": "watch", "handover": "chunk", "asking": "asking"}
    owner = getattr(fact, owners.get(kind, "case"), None) or "house"
    if kind == "answer":
        owner = f"{owner}.{getattr(fact, 'recipient', 'nobody')}"
    if kind == "fanout":
        owner = f"{owner}.{getattr(fact, 'lane', 0)}"
    return f"{kind}-{owner}"


def recorded(*history: Given) -> tuple[Recorded, ...]:
    """Return facts as the log would give them: ids, versions and indexes in the given order."""
    versions: dict[str, int] = {}
    keys: dict[str, int] = {}
    found: list[Recorded] = []
    for index, given_ in enumerate(history):
        if isinstance(given_, Recorded):
            versions[given_.stream] = given_.version
            keys[given_.key] = given_.key_version
            found.append(given_)
            continue
        by, fact = given_ if isinstance(given_, tuple) else (_usually(given_), given_)
        stream = stream_of(fact)
        key = fact.case or stream
        versions[stream] = versions.get(stream, 0) + 1
        keys[key] = keys.get(key, 0) + 1
        found.append(
            Recorded(
                fact=fact,
                id=id_of(index),
                stream=stream,
                version=versions[stream],
                key=key,
                key_version=keys[key],
                log_index=index,
                recorded_at=fact.at,
                by=by,
            )
        )
    return tuple(found)


def _usually(fact: Fact) -> Actor:
    return _USUALLY.get(fact.kind, HOUSE if fact.kind.startswith(_BY_HOUSE) else OFFICER)


def decide(history: Sequence[Recorded], request: Request, about: str = "") -> tuple[Fact, ...]:
    """Ask the decider that a request is for; ``about`` names the sighting or watch.

    Without it the last one in the history is meant, as requests of those do not name it.
    """
    whole = case.fold(history)
    match request:
        case (
            sighting_requests.ReportSighting()
            | sighting_requests.AcceptSighting()
            | sighting_requests.RejectSighting()
            | sighting_requests.MergeSighting()
            | sighting_requests.PartSighting()
            | sighting_requests.ReleaseSighting()
            | sighting_requests.WithholdSighting()
        ):
            name = getattr(request, "sighting", about or _last(history, "sighting"))
            among = sighting.fold_all(history)
            state = among.get(name, sighting.Sighting())
            return sighting.decide(whole, state, request, among)
        case watch_requests.AcknowledgeWatch() | watch_requests.StandDown():
            return watch.decide(watch.fold(history, about or _last(history, "watch")), request)
        case answer_requests.GiveAnswer():
            answered = answer.fold(history, request.recipient)
            return answer.decide(whole, answered, request)
        case hold_requests.LiftHold():
            return decide_lift(whole, request)
        case (
            asking_requests.OpenAsking()
            | asking_requests.ChangeAsking()
            | asking_requests.CloseAsking()
        ):
            return asking.decide(whole, asking.fold(history), request)
        case poster_requests.OpenPoster() | poster_requests.ClosePoster():
            return poster.decide(whole, poster.fold(history), request)
        case duty_requests.HandOver() | duty_requests.TakeOver():
            return duty.decide(duty.fold(history), request)
        case _:
            return case.decide(whole, request)


def after(
    history: tuple[Recorded, ...], request: Request, said: tuple[Fact, ...]
) -> tuple[Recorded, ...]:
    """Return the history after its request was decided: who asked said these facts."""
    fresh = recorded(*history, *((request.by, fact) for fact in said))
    return (*history, *fresh[len(history) :])


def _last(history: Sequence[Recorded], name: str) -> str:
    named = [getattr(one.fact, name, None) for one in history]
    return next((one for one in reversed(named) if isinstance(one, str)), "")


@dataclass(frozen=True, slots=True)
class When:
    """A history and what somebody asks; say what must follow."""

    history: tuple[Recorded, ...]
    request: Request
    about: str = ""

    def facts(self) -> tuple[Fact, ...]:
        """Return what follows, for tests that look closer."""
        return decide(self.history, self.request, self.about)

    def then(self, *expected: Fact) -> None:
        """These facts follow, and the same request after them adds nothing."""
        said = self.facts()
        assert said == expected, f"said {said!r}"
        again = after(self.history, self.request, said)
        assert decide(again, self.request, self.about) == (), "asked twice it says more"

    def then_kinds(self, *expected: str) -> None:
        """Facts of these kinds follow, and the same request after them adds nothing."""
        self.then(*self.facts())
        assert tuple(one.kind for one in self.facts()) == expected

    def then_nothing(self) -> None:
        """It is true already."""
        self.then()

    def then_refused(self, code: str) -> None:
        """The answer is no, with that code."""
        try:
            said = self.facts()
        except Refused as refusal:
            assert refusal.code == code, f"refused as {refusal.code}"  # noqa: PT017 -- no pytest here
            assert type(refusal.detail) is str, "a detail is said, or is empty"  # noqa: PT017
        else:
            raise AssertionError(f"not refused: {said!r}")


@dataclass(frozen=True, slots=True)
class History:
    """What has happened so far."""

    recorded: tuple[Recorded, ...]

    def when(self, request: Request, about: str = "") -> When:
        """Ask for something."""
        return When(self.recorded, request, about)


def given(*history: Given) -> History:
    """Start from these facts."""
    return History(recorded(*history))
