"""What a simulated desk and its volunteers say about helpers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from homeward.facts.answer import AnswerGiven
from homeward.facts.asking import AskingClosed, AskingOpened
from homeward.messages import Fact
from homeward.testing.histories import Act, History
from homeward.words import Answer

VOLUNTEERS: Final = 36
"""As many as are registered when a history begins."""
ANSWERS: Final = (
    *((Answer.COMING, 10), (Answer.COMING, 45), (Answer.COMING, None), (Answer.LATER, None)),
    *((Answer.CANNOT, None), (Answer.ON_MY_WAY, 5), (Answer.ARRIVED, None), (Answer.OUT, None)),
)


def helped(
    history: History, number: int, base: dict[str, Any], version: int, name: Callable[..., str]
) -> list[tuple[str, Fact]]:
    """Return what an act about helpers makes true; ``name`` makes ids of this history."""
    step = history.steps[number]
    if step.act is Act.ANSWER:
        answer, minutes = ANSWERS[step.choice % len(ANSWERS)]
        who = f"v{step.choice // 7 % VOLUNTEERS}"
        fact = AnswerGiven(**base, recipient=who, answer=answer, minutes=minutes)
        return [(f"answer-{base['case']}.{who}", fact)]
    opens = [
        at
        for at, one in enumerate(history.steps[: number + 1])
        if one.act is Act.OPEN_ASKING and one.case == step.case
    ]
    asking = name(opens[-1], "asking")
    if step.act is Act.CLOSE_ASKING:
        return [(f"asking-{asking}", AskingClosed(**base, asking=asking))]
    opened = AskingOpened(
        **base,
        asking=asking,
        alert=1,
        version=version,
        quota=1 + step.choice % 4,
        needed_by=base["at"] + timedelta(minutes=10 + step.choice % 90),
        people_max=3 + step.choice % 30,
        within_km=5 + step.choice % 20,
    )
    return [(f"asking-{asking}", opened)]
