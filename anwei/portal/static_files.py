"""Static files under ASGI."""

from __future__ import annotations

from contextlib import closing
from io import BytesIO
from typing import Any

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise has no types
    """WhiteNoise with whole answers: ASGI would read a file to iterate over whole too, with a warning.

    The largest static file has some megabytes, and browsers keep each for good by its hashed name.
    """

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        """Return the file, a part of it, or "not modified", as whitenoise decided."""
        found = static_file.get_response(request.method, request.META)
        with closing(found.file or BytesIO()) as file:
            response = HttpResponse(file.read(), status=int(found.status))
        del response["Content-Type"]
        for name, value in found.headers:
            response[name] = value
        return response
