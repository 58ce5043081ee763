"""The ASGI application that uvicorn serves: telemetry has a door of its own, everything else is Django's."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anwei.portal.settings")
django = get_asgi_application()

from anwei.monitoring.ingest import PREFIX, Receive, Scope, Send, telemetry  # noqa: E402  needs Django set up


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one request."""
    if scope["type"] == "http" and scope["path"].startswith(PREFIX):
        await telemetry(scope, receive, send)
    else:
        await django(scope, receive, send)
