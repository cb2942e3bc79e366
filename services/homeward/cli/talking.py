"""What every command that talks to a server shares: whom to, as whom, and how to answer."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from homeward import interrupts
from homeward.cli import options
from homeward.cli.output import Complaint, as_json, say
from homeward.cli.whereabouts import Whereabouts
from homeward.client import Server, Silent, Trouble, server

T = TypeVar("T")
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Talk:
    """One command's talk with a server."""

    where: Whereabouts
    url: str | None
    account: str | None
    json: bool

    def run(self, work: Callable[[Server], Awaitable[T]]) -> T:
        """Run the talk and return what came of it. Raises Trouble, Complaint."""
        return interrupts.run(self._talk(work))

    async def _talk(self, work: Callable[[Server], Awaitable[T]]) -> T:
        url = self.url or self.where.url()
        async with server(url, self.where.key(self.account)) as there:
            try:
                await self._same_world(there)
            except Silent as gone:
                if self.url is not None:
                    raise
                raise self.where.nobody(url) from gone
            return await work(there)

    async def _same_world(self, there: Server) -> None:
        """Ask before anything else, and without the key. Raises Complaint, Trouble."""
        world = (await there.acting_as("").get("/version")).get("world")
        if world not in {"live", "drill"}:
            raise Trouble(f"{there.url} is no Homeward server", "name another with --url")
        if world != self.where.world:
            raise Complaint(
                f"the server at {there.url} is of the {world} world, "
                f"and this command is for the {self.where.world} one",
                f"add --{world} to mean that server, or see --url and HOMEWARD_URL",
            )

    def receipt(self, answer: dict[str, Any]) -> None:
        """Print what a decision made true."""
        if self.json:
            as_json(answer)
            return
        if answer["facts"] is None:  # to a reporter: it would tell what others stated
            say((answer["code"], "bold"), "  it is with the police")
            return
        kinds = ", ".join(one["kind"].split("/")[0] for one in answer["facts"])
        say((answer["code"], "bold"), f"  {kinds or 'was true already; nothing was added'}")


_SHARED: dict[str, Any] = {
    "url": options.Url,
    "account": options.Account,
    "live": options.Live,
    "data_folder": options.DataFolder,
    "json": options.Json,
}
_DEFAULTS = {"live": False, "json": False}


def talks(work: Callable[Concatenate[Talk, P], None]) -> Callable[..., None]:
    """Give a command the shared options; it gets a `Talk` instead of them."""

    @wraps(work)
    def command(**given: Any) -> None:  # noqa: ANN401 -- the signature below has the types
        shared = {name: given.pop(name) for name in _SHARED}
        folder: Path | None = shared.pop("data_folder")
        where = Whereabouts.of(folder, live=shared.pop("live"))
        work(Talk(where, **shared), **given)  # type: ignore[call-arg]  # P holds keywords only

    own = list(inspect.signature(work, eval_str=True).parameters.values())[1:]
    added = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=_DEFAULTS.get(name),
            annotation=annotation,
        )
        for name, annotation in _SHARED.items()
    ]
    named = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own]
    command.__signature__ = inspect.Signature([*named, *added])  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: one.annotation for one in [*named, *added]}
    del command.__wrapped__  # or its own signature would be read
    return command
