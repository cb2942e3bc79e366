"""Those who are told: hubs that acknowledge, hubs that stay silent, volunteers who answer.

They know nothing but what reached them: the message and the link in it.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from homeward.client import Server, Trouble
from homeward.demo.sinkfile import Received, Tail

LOOK_S: Final = 0.2
PICKS_UP_S: Final = 1.0
"""Half a minute of the case clock: somebody reads the message and taps."""
COMING: Final = ("coming", "coming", "later", "coming", "cannot")
"""What the first volunteers answer."""


@dataclass(slots=True)
class Bystanders:
    """Reads the receiving side's file and acts as those who were told would."""

    there: Server
    tail: Tail
    case_code: str
    answered: int = 0
    seen: set[str] = field(default_factory=set)

    async def live(self) -> None:
        """Act until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                for one in self.tail.more():
                    if one.case_code == self.case_code and one.message_id not in self.seen:
                        self.seen.add(one.message_id)
                        self._meet(one, group)
                await asyncio.sleep(LOOK_S)

    def _meet(self, one: Received, group: asyncio.TaskGroup) -> None:
        if one.purpose == "watch" and one.path.startswith("/hubs/"):
            group.create_task(self._acknowledge(one))
        elif one.purpose == "alert" and self.answered < len(COMING):
            group.create_task(self._answer(one, COMING[self.answered]))
            self.answered += 1

    async def _acknowledge(self, one: Received) -> None:
        await asyncio.sleep(PICKS_UP_S)
        path = f"/v1/cases/{self.case_code}/watches/{one.watch}/acknowledge"
        await self._post(one, path, {})

    async def _answer(self, one: Received, answer: str) -> None:
        await asyncio.sleep(2 * PICKS_UP_S)
        body: dict[str, object] = {"answer": answer}
        if answer == "coming":
            body["minutes"] = 15
        await self._post(one, f"/v1/cases/{self.case_code}/answers", body)

    async def _post(self, one: Received, path: str, body: dict[str, object]) -> None:
        """Ask as whoever holds the link; a watch may be over by then, which is an answer too."""
        try:
            await self.there.acting_as(holder(one)).post(path, body, one.message_id)
        except Trouble:
            return


def holder(one: Received) -> str:
    """Return the bearer that a message's link stands for."""
    recipient, token = one.link.rstrip("/").rsplit("/", 2)[-2:]
    return f"hi_{recipient}.{token}"
