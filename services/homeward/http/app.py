"""The application: routes, refusals and bounds put together; it starts with no open door."""

from importlib.metadata import version
from typing import Any, Final

from fastapi import FastAPI

from homeward.desk import Queue, Triage
from homeward.http import (
    alerts,
    answering,
    askings,
    cases,
    correcting,
    emergencies,
    extending,
    fields,
    filing,
    holding,
    invites,
    keys,
    limits,
    livemap,
    machine,
    merging,
    messages,
    overrides,
    pagelinks,
    persons,
    positions,
    posters,
    previews,
    recipients,
    registrations,
    replays,
    ringzero,
    sightings,
    suspects,
    timelines,
    watches,
)
from homeward.http.arrivals import Arrivals
from homeward.http.auth import unguarded
from homeward.http.bounds import Bounds
from homeward.http.events import Streams
from homeward.http.feeds import Feeds
from homeward.http.messages import Letterbox
from homeward.http.pages import (
    duty,
    dutyacts,
    dutyareamaps,
    dutyasking,
    dutycase,
    dutycorrecting,
    dutydrafts,
    dutyemergency,
    dutyextending,
    dutyfiling,
    dutyhanding,
    dutyholding,
    dutymerging,
    dutyoverride,
    dutypersons,
    dutyposter,
    dutyring,
    dutysightings,
    dutysuspects,
    joining,
    leaving,
    officer,
    reporter,
    reports,
    witness,
)
from homeward.http.pages import limits as choices
from homeward.http.pages import recipient as inbox
from homeward.http.pages.rates import Rates
from homeward.http.pages.rendering import page_of
from homeward.http.pictures import Pictures
from homeward.http.plain import PlainRoute
from homeward.http.problems import TooManyPictures, TooManyPreviews
from homeward.http.rooms import Rooms
from homeward.http.sightingrates import SightingRates

MODULES: Final = (
    cases,
    previews,  # before the alerts, whose drafts have ids where it has a word
    extending,
    filing,
    holding,
    correcting,
    ringzero,
    merging,
    persons,
    alerts,
    overrides,
    emergencies,
    askings,
    sightings,
    posters,
    suspects,
    watches,
    timelines,
    livemap,
    fields,
    pagelinks,
    replays,
    recipients,
    limits,
    registrations,
    invites,
    messages,
    keys,
    machine,
    reports,
    reporter,
    inbox,
    witness,
    choices,
    leaving,
    joining,
    duty,
    dutyhanding,
    dutycase,
    dutyacts,
    dutyareamaps,
    dutyasking,
    dutydrafts,
    dutyemergency,
    dutyextending,
    dutyfiling,
    dutycorrecting,
    dutyholding,
    dutymerging,
    dutyoverride,
    dutyring,
    dutypersons,
    dutyposter,
    dutysightings,
    dutysuspects,
    officer,  # after the duty page, whose parts have words where it has a token
)
PROBLEM: Final[dict[int | str, dict[str, Any]]] = {
    "default": {
        "description": "A refusal (RFC 9457).",
        "content": {answering.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}


def create_app(rooms: Rooms) -> FastAPI:
    """Return the application that serves one world."""
    app = FastAPI(
        title="Homeward",
        summary="Turns “a child is missing” into the right people looking in the right places",
        version=version("homeward"),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,  # a redirect would lead wherever the Host header says
    )
    app.state.rooms = rooms
    app.state.streams = Streams()
    app.state.feeds = Feeds(rooms)
    app.state.arrivals = Arrivals(rooms)
    app.state.sighting_rates = SightingRates.of(rooms.settings)
    app.state.triage = Triage(rooms.log)
    app.state.queue = Queue(rooms.log)
    app.state.sign_ins = duty.sign_ins(rooms)
    app.state.letterbox = Letterbox.of(rooms)
    app.state.refusal_page = page_of
    app.state.previews = Rates(rooms.settings.previews_per_hour, refuses=TooManyPreviews)
    app.state.pictures = Pictures(Rates(rooms.settings.pictures_per_hour, refuses=TooManyPictures))
    app.state.rates = Rates(rooms.settings.form_raises_per_hour)
    app.state.joins = joining.JoinRates(
        rooms.settings.joins_per_hour, rooms.settings.joins_per_link_hour
    )
    app.state.positions = positions.Positions(rooms)
    app.router.routes.append(positions.ROUTE)
    for module in MODULES:
        app.router.routes.extend(module.router.routes)
    if open_doors := unguarded(app.routes):
        raise RuntimeError(f"routes that name no permission: {', '.join(open_doors)}")
    answering.install(app)
    app.add_middleware(Bounds, rooms=rooms)
    _document(app)
    return app


def _document(app: FastAPI) -> None:
    """Let the OpenAPI document show how refusals look, on every route."""
    made = app.openapi

    def whole() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = made()
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            reference = "#/components/schemas/{model}"
            problem = answering.Problem.model_json_schema(ref_template=reference)
            schemas |= problem.pop("$defs", {})
            schemas["Problem"] = problem
            for route in app.routes:
                if isinstance(route, PlainRoute):
                    route.document(document["paths"], schemas)
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
            for methods in document["paths"].values():
                for said in methods.values():
                    said["responses"].pop("422", None)
                    said["responses"] |= PROBLEM
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = whole  # type: ignore[method-assign]
