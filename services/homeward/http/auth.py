"""Who asks: an API key, or what a link holds. And the one dependency that lets them through."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.routing import BaseRoute

from homeward.http.authorisation import Action, Scope, scope_of
from homeward.http.plain import PlainRoute
from homeward.http.problems import KeyMissing, KeyUnknown
from homeward.http.rooms import Rooms
from homeward.messages import Actor
from homeward.refusals import NotForRole
from homeward.words import RecipientKind, Role

KEY: Final = "hw_"
RECIPIENT: Final = "hi_"
REPORTER: Final = "hr_"
INBOX: Final = "inbox"
"""What `homeward.dispatch.links` makes the tokens of recipients' pages for."""
CASE: Final = "case"
BY_KIND: Final[Mapping[RecipientKind, Role]] = {
    RecipientKind.VOLUNTEER: Role.VOLUNTEER,
    RecipientKind.CAMERA_OWNER: Role.VOLUNTEER,
    RecipientKind.HUB: Role.HUB,
    RecipientKind.DESK: Role.VOLUNTEER,
}
"""What a page's link may do. A desk's link only reads; officers decide with keys of their own."""
bearer: Final = HTTPBearer(auto_error=False, description="hw_… (key), hi_… or hr_… (links)")


def rooms_of(request: Request) -> Rooms:
    """Return what the house handed in."""
    rooms = request.app.state.rooms
    assert isinstance(rooms, Rooms)
    return rooms


InRooms = Annotated[Rooms, Depends(rooms_of)]


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who may do what the route is for, with the cases in scope."""

    by: Actor
    scope: Scope
    case: str | None = None
    """The only case that a reporter's link opens."""


def is_token(rooms: Rooms, purpose: str, subject: str, token: str) -> bool:
    """Whether a token opens a subject's page."""
    return compare_digest(rooms.ring.token(purpose, subject).encode(), token.encode())


async def of_recipient(rooms: Rooms, recipient: str, token: str) -> Actor | None:
    """Return whom a recipient's link speaks for."""
    if not is_token(rooms, INBOX, recipient, token):
        return None
    found = await rooms.roster.get(recipient)
    if found is None:
        return None
    return Actor(id=recipient, role=BY_KIND[found.recipient.kind], auth="link")


async def of_reporter(rooms: Rooms, case: str, token: str) -> Actor | None:
    """Return whom a reporter's secret link speaks for: who raised the case."""
    if not is_token(rooms, CASE, case, token):
        return None
    raised = (await rooms.desk.case_now(case)).state
    if raised.raised is None:
        return None
    return Actor(id=raised.reporter, role=Role.REPORTER, auth="link")


async def _caller(rooms: Rooms, secret: str) -> tuple[Actor, str | None]:
    subject, _, token = secret[len(KEY) :].rpartition(".")
    if secret.startswith(RECIPIENT):
        found, case = await of_recipient(rooms, subject, token), None
    elif secret.startswith(REPORTER):
        found, case = await of_reporter(rooms, subject, token), subject
    else:
        holder = await rooms.api_keys.lookup(secret) if secret.startswith(KEY) else None
        if holder is None or holder.revoked:
            raise KeyUnknown
        return Actor(id=holder.account, role=holder.role, org=holder.org, auth="key"), None
    if found is None:
        raise KeyUnknown
    return found, case


class Guard:
    """Lets through who may do an action; a route without one does not start."""

    def __init__(self, action: Action) -> None:
        """Guard an action."""
        self.action = action

    async def __call__(
        self,
        request: Request,
        rooms: InRooms,
        said: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    ) -> Caller:
        """Return the caller. Raises KeyMissing, KeyUnknown, NotForRole."""
        if said is None or not said.credentials:
            raise KeyMissing
        actor, case = await _caller(rooms, said.credentials)
        scope = scope_of(actor.role, self.action)
        if scope is None:
            raise NotForRole(f"{actor.role.value} may not {self.action.value}")
        if case is not None and scope is not Scope.OWN:
            # One report and no other: raising more with it would go around the limit of the form.
            raise NotForRole(f"a report's link may not {self.action.value}")
        return Caller(actor, scope, case)


class Open:
    """Says why a route asks nobody who they are."""

    def __init__(self, why: str) -> None:
        """Keep the reason: a test reads it."""
        self.why = why

    async def __call__(self) -> None:
        """Let everybody through."""


def guarded(action: Action) -> Callable[..., Awaitable[Caller]]:
    """Return the dependency of a route that does an action."""
    return Guard(action)


def unguarded(routes: list[BaseRoute]) -> list[str]:
    """Return the routes that name neither an action nor a reason to be open."""
    return [str(getattr(route, "path", route)) for route in routes if guard_of(route) is None]


def guard_of(route: BaseRoute) -> Guard | Open | None:
    """Return what stands at a route's door, however deep among its dependencies."""
    if isinstance(route, PlainRoute):
        return route.guard if isinstance(route.guard, Guard) else None
    if not isinstance(route, APIRoute):
        return None
    waiting = list(route.dependant.dependencies)
    while waiting:
        one = waiting.pop()
        if isinstance(one.call, Guard | Open):
            return one.call
        waiting += one.dependencies
    return None
