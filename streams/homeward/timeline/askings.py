"""How the askings of a case stand, in counts: who was asked and who comes, and nobody's place."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from homeward.facts.answer import AnswerGiven
from homeward.facts.asking import (
    AskingChanged,
    AskingClosed,
    AskingOpened,
    RoundOrdered,
    RoundsFilled,
    RoundsOver,
)
from homeward.facts.callout import ChunksCut
from homeward.messages import Recorded
from homeward.timeline.entries import in_order
from homeward.words import Answer, Purpose, instant_text

HELPS: Final = frozenset({Answer.COMING, Answer.ON_MY_WAY, Answer.ARRIVED, Answer.IN})
FIGURES: Final[Mapping[str, frozenset[Answer]]] = {
    "coming": frozenset({Answer.COMING}),
    "on_the_way": frozenset({Answer.ON_MY_WAY}),
    "arrived": frozenset({Answer.ARRIVED}),
    "in": frozenset({Answer.IN}),
    "out": frozenset({Answer.OUT}),
    "later": frozenset({Answer.LATER}),
    "declined": frozenset({Answer.CANNOT}),
}


@dataclass(slots=True)
class AskingView:
    """One asking after some facts."""

    opened: AskingOpened
    quota: int = 0
    """As was said last."""
    filled: bool = False
    over: str = ""
    """Why nobody is asked any more."""
    rounds: set[int] = field(default_factory=set)
    asked: int = 0
    newest: dict[str, Answer] = field(default_factory=dict)
    """What everybody answered last who did since it was opened, or came before."""
    answered: set[str] = field(default_factory=set)
    """Who did since it was opened."""

    def hear(self, heard: Recorded) -> None:
        """Take in a fact that came after the asking was opened, before another one was."""
        mine = getattr(heard.fact, "asking", None) == self.opened.asking
        match heard.fact:
            case AnswerGiven(recipient=who, answer=answer):
                self.newest[who] = answer
                self.answered.add(who)
            case RoundOrdered(round=number) if mine:
                self.rounds.add(number)
                self.filled = False
            case ChunksCut(purpose=Purpose.ASK, wave=number, people=people):
                self.asked += people if number in self.rounds else 0
            case RoundsFilled() if mine:
                self.filled = True
            case AskingChanged(quota=quota) if mine:
                self.quota = quota
            case AskingClosed() if mine:
                self.over = self.over or "closed"
            case RoundsOver(reason=reason) if mine:
                self.over = self.over or reason

    def json(self, at: datetime) -> dict[str, Any]:
        """Return it as JSON values at a moment; counts are exact."""
        over = self.over or ("time" if at >= self.opened.needed_by else "")
        counts = Counter(self.newest.values())
        return {
            "asking": self.opened.asking,
            "alert": self.opened.alert,
            "quota": self.quota,
            "within_km": self.opened.within_km,
            "opened_at": instant_text(self.opened.at),
            "needed_by": instant_text(self.opened.needed_by),
            "state": "over" if over else "filled" if self.filled else "open",
            "over_for": over or None,
            "rounds": len(self.rounds),
            "asked": self.asked,
            **{name: sum(counts[one] for one in some) for name, some in FIGURES.items()},
            "silent": max(0, self.asked - len(self.answered)),
        }


def askings(recorded: Iterable[Recorded]) -> tuple[AskingView, ...]:
    """Return the askings of a case, in the order of their opening."""
    views: list[AskingView] = []
    newest: dict[str, Answer] = {}
    for heard in in_order(recorded):
        if isinstance(heard.fact, AskingOpened):
            helping = {who: one for who, one in newest.items() if one in HELPS}
            views.append(AskingView(heard.fact, quota=heard.fact.quota, newest=helping))
        elif isinstance(heard.fact, AnswerGiven):
            newest[heard.fact.recipient] = heard.fact.answer
        if views:
            views[-1].hear(heard)
    return tuple(views)
