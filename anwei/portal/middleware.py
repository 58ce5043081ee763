"""What every response carries, and the language it speaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.decorators import sync_and_async_middleware
from django.utils.deprecation import MiddlewareMixin

API = "/api/"
SIGNING_IN = tuple(f"/accounts/{step}/" for step in ("login", "code", "trust", "unified", "inactive"))
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


class NoNul(MiddlewareMixin):
    """Refuse the character NUL in addresses and forms: nobody types it, PostgreSQL keeps no text with it.

    It stands before the sessions, which look a cookie up in the database. The JSON of a program is refused by
    the API's own reader.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Forget cookies with NUL (a quoted one may hold it as \\000): none of ours has it."""
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\0" not in value}

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _named: Any) -> None:
        """Raise BadRequest; a body is read only where the check against forgery reads it too."""
        given = [request.GET] if getattr(view, "csrf_exempt", False) else [request.GET, request.POST]
        texts = [text for fields in given for _name, values in fields.lists() for text in values]
        if any("\0" in text for text in (request.path_info, *texts)):
            raise BadRequest("NUL")


class Language(LocaleMiddleware):
    """Pages speak Chinese unless the person chose another language on them, whatever the browser asks for.

    A browser set up in English says nothing about who reads. A program that calls the API does say what it
    wants by Accept-Language, and of whoever is still signing in nothing better is known: there Django's own
    order holds: the choice, the header, the default.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language of the request."""
        if request.path_info.startswith((API, *SIGNING_IN)):
            super().process_request(request)
            return
        translation.activate(chosen(request))
        request.LANGUAGE_CODE = translation.get_language()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Say in which language the response is and what that depends on."""
        if request.path_info.startswith((API, *SIGNING_IN)):
            return super().process_response(request, response)
        patch_vary_headers(response, ("Cookie",))
        response.headers.setdefault("Content-Language", translation.get_language())
        return response


def chosen(request: HttpRequest) -> str:
    """Return the language somebody chose in this browser, or the default."""
    try:
        return translation.get_supported_language_variant(request.COOKIES[settings.LANGUAGE_COOKIE_NAME])
    except LookupError:  # nothing was chosen, or a language that is not ours
        return settings.LANGUAGE_CODE
