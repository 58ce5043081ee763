"""What every response carries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

PERMISSIONS = "camera=(self), geolocation=(self), microphone=(self), payment=(), usb=()"


def _headed(response: HttpResponseBase, *, signed_in: bool) -> HttpResponseBase:
    response.headers.setdefault("Permissions-Policy", PERMISSIONS)
    if signed_in:
        response.headers["Cache-Control"] = "no-store"
    return response


@sync_and_async_middleware
def headers(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Keep pages of signed-in people out of every cache, and name the devices a page may use."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            response: HttpResponseBase = await get_response(request)
            return _headed(response, signed_in=(await request.auser()).is_authenticated)

        return answer_async

    def answer(request: HttpRequest) -> HttpResponseBase:
        return _headed(get_response(request), signed_in=request.user.is_authenticated)

    return answer
