"""The doors of this room that are not pages: the JSON API and the live stream.

`POST /api/v1/telemetry/<device>` is served before Django: see `ingest` and `anwei.portal.asgi`.
"""

from __future__ import annotations

from django.urls import include, path

from anwei.monitoring.api.application import routes
from anwei.monitoring.api.errors import nothing_here
from anwei.monitoring.live.views import live
from anwei.monitoring.live.watching import watching

urlpatterns = [
    path("api/v1/", include((routes(), "api"))),
    path("api/v1/<path:rest>", nothing_here),
    path("live/", live, name="live"),
    path("live/watching/", watching, name="watching"),
]
