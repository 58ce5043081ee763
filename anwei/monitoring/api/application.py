"""The API put together, and its routes behind their policy."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

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
