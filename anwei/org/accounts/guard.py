"""Between login and use: sessions go on with clicks; a due password or second factor comes first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, cast

from allauth.account.internal.flows.login import get_authentication_records
from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware
from django.utils.translation import gettext as _

from anwei.org.accounts.factors import has_factor, must_have_factor
from anwei.org.accounts.passwords import is_due
from anwei.org.accounts.sessions import click
from anwei.org.models import Person

GATE = "gate"
PASSWORD, FACTOR = "account_change_password", "mfa_activate_totp"  # URL names
ALWAYS_OPEN = ("account_logout", "set_language", "account_reauthenticate", "healthz")


def gate_of(request: HttpRequest, person: Person, now: datetime) -> str:
    """Return the URL name of what must be done first, or "".

    It holds for people who have given a password or come from the county's unified login; a session that the
    demo opened by a click has neither, and the demo forces nothing.
    """
    methods = {record["method"] for record in get_authentication_records(request, person)}
    if settings.DEMO or not methods:
        return ""
    if "password" in methods and is_due(person, now):
        return PASSWORD
    return FACTOR if must_have_factor(person, now) and not has_factor(person) else ""


def look_again(request: HttpRequest) -> None:
    """Ask anew what must be done first: after a login, a new password, a new factor."""
    request.session[GATE] = gate_of(request, cast(Person, request.user), timezone.now())


def at_login(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Receive `user_logged_in`."""
    request.session[GATE] = gate_of(request, user, timezone.now())


@sync_and_async_middleware
def middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Keep sessions by clicks and lead people to what they must do first."""
    if iscoroutinefunction(get_response):

        async def asynchronous(request: HttpRequest) -> HttpResponseBase:
            refusal = await sync_to_async(_refusal)(request)
            return refusal or await cast(Awaitable[HttpResponseBase], get_response(request))

        return asynchronous

    def synchronous(request: HttpRequest) -> HttpResponseBase:
        return _refusal(request) or cast(HttpResponseBase, get_response(request))

    return synchronous


def _refusal(request: HttpRequest) -> HttpResponseBase | None:
    if not request.session.session_key or not request.user.is_authenticated:
        return None
    if click(request, timezone.now()):
        look_again(request)
    gate = request.session.get(GATE, "")
    if not gate or request.path in _open_paths(gate):
        return None
    address = reverse(gate)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    if request.method in ("GET", "HEAD"):
        return redirect(address)
    return HttpResponse(_("请先完成密码修改或动态口令设置。"), status=403)


def _open_paths(gate: str) -> set[str]:
    paths = set()
    for name in (gate, *ALWAYS_OPEN):
        try:
            paths.add(reverse(name))
        except NoReverseMatch:  # a test's own table of doors
            continue
    return paths
