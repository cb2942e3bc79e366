"""Routes for storms: plain Starlette, a third of what the framework's own costs.

Such a route asks who is there and reads its body by itself; what it says of itself stands in the
OpenAPI document all the same.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

REFERENCE: Final = "#/components/schemas/{model}"


class PlainRoute(Route):
    """A POST of one JSON body."""

    def __init__(
        self,
        path: str,
        endpoint: Callable[[Request], Awaitable[Response]],
        *,
        guard: object,
        body: type[BaseModel],
        answer: type[BaseModel],
        tag: str,
    ) -> None:
        """Serve a path; ``guard`` is what stands at its door (`homeward.http.auth`)."""
        super().__init__(path, endpoint, methods=["POST"])
        self.guard = guard
        self._body, self._answer, self._tag = body, answer, tag

    def document(self, paths: dict[str, Any], schemas: dict[str, Any]) -> None:
        """Write the route into an OpenAPI document's paths and schemas."""
        for model in (self._body, self._answer):
            schema = model.model_json_schema(ref_template=REFERENCE)
            schemas |= schema.pop("$defs", {})
            schemas[model.__name__] = schema
        says = (self.endpoint.__doc__ or "").strip()
        paths[self.path] = {
            "post": {
                "tags": [self._tag],
                "summary": self.name.replace("_", " ").capitalize(),
                "description": says,
                "operationId": self.name,
                "security": [{"HTTPBearer": []}],
                "requestBody": {"required": True, "content": _json(self._body)},
                "responses": {"200": {"description": "Kept.", "content": _json(self._answer)}},
            }
        }


def _json(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": REFERENCE.format(model=model.__name__)}}}
