"""Leaving for good: what is deleted and what stays, a second step, and a farewell.

Nothing is said in the record of who left: a fact would outlive what it is about. Whoever left is
told nothing more, not even that a search is over of which they were told: what would be needed to
tell them is what they asked to have deleted. The pages say so before it is done.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import RedirectResponse, Response

from homeward.http.answering import counted
from homeward.http.auth import INBOX, InRooms, Open, is_token
from homeward.http.authorisation import Action, scope_of
from homeward.http.messages import recipient_of
from homeward.http.pages import forms, undoing
from homeward.http.pages.because import WORDS
from homeward.http.pages.language import language
from homeward.http.pages.limits import Mine, Own, own_of
from homeward.http.pages.refusing import in_words
from homeward.http.pages.rendering import PageRoute, render
from homeward.http.problems import LinkUnknown
from homeward.http.recipients import forget
from homeward.refusals import NotForRole, Refused
from homeward.words import RecipientId

TOKEN_MAX: Final = 100
router = APIRouter(
    tags=["pages"],
    route_class=PageRoute,
    dependencies=[Depends(Open("the token in the path opens one recipient's page"))],
)


def _form(own: Own) -> str:
    return f"leave {own.by.id}"


def _page(own: Own, name: str, status: int = 200, wrong: str = "") -> Response:
    if scope_of(own.by.role, Action.REMOVE) is None:
        raise NotForRole(own.by.role.value)
    path = f"{own.home}/leave" + ("/sure" if name == "leave-sure.html" else "")
    form = forms.new_token(own.rooms, _form(own))
    words = WORDS[own.lang]
    return render(
        own.request,
        name,
        own.lang,
        status,
        path,
        w=words,
        home=own.home,
        form=form,
        wrong=wrong,
    )


@router.get("/i/{recipient}/{token}/leave")
async def see(own: Mine) -> Response:
    """Say what is deleted and what stays."""
    return _page(own, "leave.html")


@router.get("/i/{recipient}/{token}/leave/sure")
async def sure(own: Mine) -> Response:
    """Ask once more."""
    return _page(own, "leave-sure.html")


@router.post("/i/{recipient}/{token}/leave", status_code=303)
async def leave(
    request: Request,
    rooms: InRooms,
    recipient: Annotated[RecipientId, Path()],
    token: Annotated[str, Path(max_length=TOKEN_MAX)],
) -> Response:
    """Delete what is kept of somebody; a second tap leads to the farewell as the first does."""
    try:
        who = await recipient_of(recipient, token, rooms)
    except LinkUnknown:
        if not is_token(rooms, INBOX, recipient, token):
            raise
        await forget(rooms, recipient)  # what a crash may have left of them
        return _farewell(language(request))
    own = own_of(request, rooms, who)
    said = forms.fields(await request.form(max_files=0, max_fields=20))
    try:
        forms.checked(rooms, _form(own), said.get("form", ""))
    except Refused as refused:
        counted(rooms, refused)
        status = type(refused).status
        return _page(own, "leave-sure.html", status, in_words(refused, own.lang))
    if scope_of(own.by.role, Action.REMOVE) is None:
        raise NotForRole(own.by.role.value)
    await forget(rooms, recipient)
    response = _farewell(own.lang)
    undoing.forget(response, rooms, own.home)
    return response


def _farewell(lang: str) -> Response:
    return RedirectResponse(f"/left?lang={lang}", 303)


@router.get("/left")
async def left(request: Request) -> Response:
    """Say goodbye; it says nothing of anybody, so everybody may read it."""
    lang = language(request)
    return render(request, "left.html", lang, w=WORDS[lang])
