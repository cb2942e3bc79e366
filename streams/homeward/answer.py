"""What a told volunteer answers: the newest counts, and the same one twice is said once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from homeward.case import Case
from homeward.case.merging import unmerged
from homeward.case.sealing import unsealed
from homeward.facts.answer import AnswerGiven
from homeward.messages import Fact, Recorded
from homeward.refusals import AlertNotLive, CaseOver, NoSuchCase
from homeward.requests import Request
from homeward.requests.answer import GiveAnswer
from homeward.words import Answer

STEPS: Final = {
    Answer.COMING: (Answer.ON_MY_WAY, Answer.ARRIVED),
    Answer.ON_MY_WAY: (Answer.ARRIVED,),
    Answer.ARRIVED: (Answer.IN, Answer.OUT),
    Answer.IN: (Answer.OUT,),
}
"""What a helper says next, when all goes well; any other answer may be given at any time."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The newest answer of one recipient in one case."""

    version: int = 0
    answer: Answer | None = None
    minutes: int | None = None


def evolve(answered: Answered, heard: Recorded) -> Answered:
    """Return the answer after a fact of its stream."""
    match heard.fact:
        case AnswerGiven() as fact:
            return Answered(heard.version, fact.answer, fact.minutes)
        case _:
            return answered


def fold(recorded: Iterable[Recorded], recipient: str) -> Answered:
    """Return a recipient's answer after the facts of a case; those of others are passed over."""
    answered = Answered()
    for heard in recorded:
        if getattr(heard.fact, "recipient", None) == recipient:
            answered = evolve(answered, heard)
    return answered


def decide(case: Case, answered: Answered, request: Request) -> tuple[Fact, ...]:
    """Return the answer if it is new; only a live alert can be answered. Raises a Refused."""
    if not isinstance(request, GiveAnswer):
        raise TypeError(f"no decision of an answer: {type(request).__name__}")
    if request.case != case.id or case.raised is None:
        raise NoSuchCase
    unsealed(case)
    unmerged(case)
    if answered.answer is request.answer and answered.minutes == request.minutes:
        return ()
    if case.status.over:
        raise CaseOver(case.status.value)
    if not case.live(request.at):
        raise AlertNotLive
    return (
        AnswerGiven(
            case=case.id,
            at=request.at,
            recipient=request.recipient,
            answer=request.answer,
            minutes=request.minutes,
        ),
    )
