"""The recipient's own choices as forms: a pause, limits, language; and the last change undone.

Whoever holds the link reads and writes them, nobody else does: a pause tells something about a
person. Hubs and desks are on duty and have no such page.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from homeward.dispatch.links import PageLinks
from homeward.formats import rosterfields
from homeward.formats.catalogues import LANGS
from homeward.formats.tables import BadRow
from homeward.http.answering import counted
from homeward.http.auth import InRooms, Open
from homeward.http.authorisation import Action, scope_of
from homeward.http.limits import PAUSES_H, LimitsBody, changed, shown
from homeward.http.messages import ByLink
from homeward.http.pages import forms, undoing
from homeward.http.pages.because import SEARCHES, WORDS
from homeward.http.pages.language import language
from homeward.http.pages.moments import moment, zone_of
from homeward.http.pages.phrases import PHRASES
from homeward.http.pages.refusing import in_words
from homeward.http.pages.rendering import PageRoute, render
from homeward.http.problems import Invalid, NoSuchRecipient
from homeward.http.rooms import Rooms
from homeward.messages import Actor
from homeward.policies.attention import PER_DAY, PER_DAY_MAX
from homeward.ports import FOREVER, Limits, Registered
from homeward.refusals import NotForRole, Refused
from homeward.words import Severity

REACH_KM_MAX: Final = 5_000
PAUSES: Final = (*PAUSES_H, "until-ended")
ZONES: Final = (
    "Asia/Shanghai",
    "Asia/Urumqi",
    "Asia/Hong_Kong",
    "Asia/Macau",
    "Asia/Taipei",
    "Asia/Singapore",
    "Europe/London",
    "America/New_York",
)
"""Offered while somebody types; each other one is taken as well."""
NOTICES: Final = frozenset({"saved", "restored"})

router = APIRouter(
    tags=["pages"],
    route_class=PageRoute,
    dependencies=[Depends(Open("the token in the path opens one recipient's page"))],
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong, and in which field; "" in none."""

    field: str
    says: str


@dataclass(frozen=True, slots=True)
class Own:
    """Whose choices a page shows, and how."""

    request: Request
    rooms: Rooms
    by: Actor
    known: Registered
    lang: str

    @property
    def home(self) -> str:
        """Where their messages are."""
        return PageLinks(self.rooms.ring, lambda: "").inbox(self.by.id)

    @property
    def page(self) -> str:
        """The name that the page's form tokens are bound to."""
        return f"limits {self.by.id}"


@dataclass(slots=True)
class Said:
    """A form as far as it can be read."""

    body: dict[str, Any] = field(default_factory=dict)
    zone: str = ""
    wrong: list[Wrong] = field(default_factory=list)


def own_of(request: Request, rooms: InRooms, who: ByLink) -> Own:
    """Return whose page it is. Raises NotForRole for who is on duty."""
    by, known = who
    allowed = scope_of(by.role, Action.SEE_SELF) is not None
    if not allowed or known.recipient.kind not in SEARCHES:
        raise NotForRole(by.role.value)
    return Own(request, rooms, by, known, language(request, known.recipient.lang))


Mine = Annotated[Own, Depends(own_of)]


def _page(
    own: Own,
    status: int = 200,
    wrong: list[Wrong] | None = None,
    said: Mapping[str, str] | None = None,
) -> Response:
    limits, t = own.known.limits, WORDS[own.lang]
    notice = own.request.query_params.get("said", "")
    undo = undoing.before(own.request, own.rooms, own.by.id, limits)
    return render(
        own.request,
        "limits.html",
        own.lang,
        status,
        f"{own.home}/limits",
        w=t,
        home=own.home,
        form=forms.new_token(own.rooms, own.page),
        notice=t[notice] if notice in NOTICES and not wrong else "",
        undo=undo is not None,
        wrong=wrong or [],
        said=typed(limits) if said is None else said,
        paused=_paused(own, limits),
        pauses=PAUSES,
        severities=[(one.value, t[f"severity-{one.value}"]) for one in Severity],
        days=[(str(one), str(one)) for one in range(1, PER_DAY_MAX + 1)],
        rule=t["per-day-0"].format(count=PER_DAY),
        reach_hint=t["reach-hint"].format(most=REACH_KM_MAX),
        zones=ZONES,
        langs=[(one, PHRASES[one]["in-itself"]) for one in LANGS],
    )


def _paused(own: Own, limits: Limits) -> str:
    """Return until when they pause, in words; empty: they do not."""
    until, t = limits.paused_until, WORDS[own.lang]
    if until is None or until <= own.rooms.clock.now():
        return ""
    if until == FOREVER:
        return t["pause-open"]
    return t["pause-until"].format(when=moment(until, own.lang, zone_of(limits.zone)))


def typed(limits: Limits) -> dict[str, str]:
    """Return limits as the form's fields."""
    kept = shown(limits)
    return {
        "severity_min": kept.severity_min.value,
        "reach_km_max": str(kept.reach_km_max or ""),
        "per_day": str(kept.per_day),
        "quiet_from": kept.quiet_from or "",
        "quiet_to": kept.quiet_to or "",
        "zone": kept.zone,
        "lang": kept.lang,
    }


def read(said: Mapping[str, str], lang: str) -> Said:
    """Return what a form says: a body as the API takes it, or what is wrong with it, by field."""
    found, t = Said(), WORDS[lang]
    plain = {name: unicodedata.normalize("NFKC", one).strip() for name, one in said.items()}

    def wrong(name: str, why: str = "") -> None:
        says = t[f"wrong-{why or name}"].format(most=REACH_KM_MAX)
        found.wrong.append(Wrong(name, says))

    if plain.get("severity_min") in set(Severity):
        found.body["severity_min"] = plain["severity_min"]
    else:
        wrong("severity_min")
    for name, least, most in (("reach_km_max", 1, REACH_KM_MAX), ("per_day", 0, PER_DAY_MAX)):
        text = plain.get(name, "")
        if text == "" and name == "reach_km_max":
            found.body[name] = 0
        elif text.isascii() and text.isdecimal() and least <= int(text[:9]) <= most:
            found.body[name] = int(text[:9])
        else:
            wrong(name)
    found.body["quiet"] = _quiet(plain, wrong)
    try:
        found.zone = rosterfields.zone(plain.get("zone", ""))
    except BadRow:
        wrong("zone")
    if plain.get("lang") in LANGS:
        found.body["lang"] = plain["lang"]
    else:
        wrong("lang")
    return found


def _quiet(plain: Mapping[str, str], wrong: Callable[..., None]) -> dict[str, str] | str:
    """Return quiet hours as the API takes them, `none` for none."""
    hours = {name: plain.get(name, "") for name in ("quiet_from", "quiet_to")}
    if not any(hours.values()):
        return "none"
    minutes = {name: _minutes(text) for name, text in hours.items()}
    for name, one in minutes.items():
        if one < 0:
            wrong(name)
    if minutes["quiet_from"] == minutes["quiet_to"] >= 0:
        wrong("quiet_to", "quiet-alike")
    return {"from": hours["quiet_from"], "to": hours["quiet_to"]}


def _minutes(text: str) -> int:
    try:
        return rosterfields.minutes(text)
    except BadRow:
        return -1


async def _sent(own: Own) -> dict[str, str]:
    return forms.fields(await own.request.form(max_files=0, max_fields=20))


async def _kept(own: Own, limits: Limits) -> Response:
    """Keep limits, and hand what was before to who changed them."""
    was = own.known.limits
    if limits != was and not await own.rooms.roster.limit(own.by.id, limits):
        raise NoSuchRecipient  # they left meanwhile
    lang = limits.lang if limits.lang != was.lang else own.lang
    response = RedirectResponse(f"{own.home}/limits?lang={lang}&said=saved", 303)
    if limits != was:
        text = undoing.sealed(own.rooms, own.by.id, was, limits)
        undoing.keep(response, own.rooms, own.home, text)
    return response


def _refused(own: Own, refused: Refused, said: Mapping[str, str] | None = None) -> Response:
    """Show the page again with why, and with what was typed."""
    counted(own.rooms, refused)
    return _page(own, type(refused).status, [Wrong("", in_words(refused, own.lang))], said)


@router.get("/i/{recipient}/{token}/limits")
async def see(own: Mine) -> Response:
    """Show what one is told of, and until when of nothing."""
    return _page(own)


@router.post("/i/{recipient}/{token}/limits", status_code=303)
async def limit(own: Mine) -> Response:
    """Change limits and language; what is wrong is said beside what was typed."""
    said = await _sent(own)
    found = read(said, own.lang)
    try:
        forms.checked(own.rooms, own.page, said.get("form", ""))
        if found.wrong:
            counted(own.rooms, Invalid())
            return _page(own, Invalid.status, found.wrong, said)
        body = LimitsBody.model_validate(found.body)
        limits = changed(own.known.limits, body, own.rooms.clock.now())
        return await _kept(own, replace(limits, zone=found.zone))
    except Refused as refused:
        return _refused(own, refused, said)


@router.post("/i/{recipient}/{token}/pause", status_code=303)
async def pause(own: Mine) -> Response:
    """Be told of nothing for a while, or end that."""
    said = await _sent(own)
    try:
        forms.checked(own.rooms, own.page, said.get("form", ""))
        wish = said.get("pause", "")
        if wish not in {*PAUSES, "ended"}:
            counted(own.rooms, Invalid())
            wrong = [Wrong("", WORDS[own.lang]["wrong-pause"])]
            return _page(own, Invalid.status, wrong)
        body = LimitsBody.model_validate({"pause": wish})
        limits = changed(own.known.limits, body, own.rooms.clock.now())
        return await _kept(own, limits)
    except Refused as refused:
        return _refused(own, refused)


@router.post("/i/{recipient}/{token}/undo", status_code=303)
async def undo(own: Mine) -> Response:
    """Put back what the last change from this browser replaced."""
    said = await _sent(own)
    try:
        forms.checked(own.rooms, own.page, said.get("form", ""))
        was = undoing.before(own.request, own.rooms, own.by.id, own.known.limits)
        if was is None:
            wrong = [Wrong("", WORDS[own.lang]["wrong-undo"])]
            return _page(own, 409, wrong)
        if was.paused_until is not None and was.paused_until <= own.rooms.clock.now():
            was = replace(was, paused_until=None)
        if not await own.rooms.roster.limit(own.by.id, was):
            raise NoSuchRecipient
    except Refused as refused:
        return _refused(own, refused)
    lang = was.lang if was.lang != own.known.limits.lang else own.lang
    response = RedirectResponse(f"{own.home}/limits?lang={lang}&said=restored", 303)
    undoing.forget(response, own.rooms, own.home)
    return response
