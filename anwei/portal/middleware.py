"""What every response carries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

PERMISSIONS = "camera=(self), geolocation=(self), microphone=(self), payment=(), usb=()"


def _headed(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    response.headers.setdefault("Permissions-Policy", PERMISSIONS)
    if request.user.is_authenticated:
        response.headers["Cache-Control"] = "no-store"
    return response


@sync_and_async_middleware
def headers(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Keep pages of signed-in people out of every cache, and name the devices a page may use."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            response = await get_response(request)
            await request.auser()
            return _headed(request, response)

        return answer_async

    def answer(request: HttpRequest) -> HttpResponseBase:
        return _headed(request, get_response(request))

    return answer
