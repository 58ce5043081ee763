"""The API put together, and its routes behind their policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from anwei import __version__
from anwei.monitoring.api import alarms, register, samples
from anwei.monitoring.api.access import token_or_reader
from anwei.monitoring.api.description import complete
from anwei.monitoring.api.errors import tell_problems
from anwei.org.policy import public

DESCRIPTION = (
    "Alarms, devices, tags and values within the caller's scope. Times are ISO 8601 with their zone; "
    "series carry milliseconds since 1970 UTC. Errors are problem+json."
)


class Reader(Parser):
    """Reads bodies; one with the character NUL, of which PostgreSQL keeps no text, is no body (400)."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Return the body; raises ValueError, which django-ninja answers with 400."""
        body = super().parse_body(request)
        if b"\\u0000" in request.body and any("\0" in text for text in _texts(body)):
            raise ValueError("NUL")
        return body


def _texts(value: Any) -> Iterator[str]:
    """Yield every text of a JSON value, the names of its members too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)


class Api(NinjaAPI):
    """django-ninja's API with the description completed."""

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> OpenAPISchema:
        """Return the OpenAPI description."""
        schema = super().get_openapi_schema(*args, **kwargs)
        complete(schema)
        return schema


api = Api(
    title="Anwei",
    version=__version__,
    description=DESCRIPTION,
    docs_url=None,  # its pages would load scripts from elsewhere
    urls_namespace="api",
    parser=Reader(),
)
api.add_router("/alarms", alarms.router)
api.add_router("", register.router)
api.add_router("", samples.router)
tell_problems(api)


def routes() -> list[URLPattern]:
    """Return the API's routes: the description is public, everything else asks for a token or a session."""
    patterns, *_app_and_namespace = api.urls
    guarded = []
    for pattern in patterns:
        if isinstance(pattern, URLPattern) and pattern.callback is not None:
            policy = public if pattern.name == "openapi-json" else token_or_reader
            view = policy(pattern.callback)
            guarded.append(URLPattern(pattern.pattern, view, pattern.default_args, pattern.name))
    return guarded
