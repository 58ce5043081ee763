"""The ASGI application that uvicorn serves: telemetry has a door of its own, everything else is Django's."""

from __future__ import annotations

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anwei.portal.settings")
django = get_asgi_application()

from anwei.cases.evidence import MAX_FILES  # noqa: E402  needs Django set up, as the next
from anwei.cases.intake import MAX_BYTES  # noqa: E402
from anwei.monitoring.ingest import PREFIX, Receive, Scope, Send, telemetry  # noqa: E402

MOST_BYTES = (MAX_FILES + 1) * MAX_BYTES  # the largest form there is: its files and its words


class TooLarge(Exception):
    """A body that no form of ours sends."""


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one request."""
    if scope["type"] == "http" and scope["path"].startswith(PREFIX):
        await telemetry(scope, receive, send)
        return
    try:
        await django(scope, _bounded(scope, receive), send)
    except TooLarge:
        headers = [(b"content-length", b"0"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """Return `receive` that raises TooLarge: Django puts a body on disk before any view can refuse it."""
    stated = dict(scope.get("headers", ())).get(b"content-length", b"0")
    n_bytes = 0

    async def bounded() -> dict[str, Any]:
        nonlocal n_bytes
        if len(stated) > len(str(MOST_BYTES)) or int(stated) > MOST_BYTES:
            raise TooLarge
        message = await receive()
        n_bytes += len(message.get("body", b""))
        if n_bytes > MOST_BYTES:
            raise TooLarge
        return message

    return bounded
