"""The wall's read-only session: made by a county officer, bound to one browser, without end until revoked.

The officer gets a one-time code; the browser on the wall opens the link with it once and from then on carries
a cookie of its own. It shows the county as the officer sees it, by the doors of a wall alone
(`policy.shown_on_walls`); it may only read, and its session never runs out.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, cast

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.core.signing import BadSignature
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.decorators import sync_and_async_middleware
from django.utils.translation import gettext as _

from anwei.ledgers.services import record_change
from anwei.org.holdings import day_of, posts_of
from anwei.org.models import Display, Holding, Person, Post
from anwei.org.scope import ADMINISTRATORS, grant_of
from anwei.org.services import OrgError, appoint

COOKIE = "anwei_display"
CODE_LIFE = timedelta(minutes=15)
COOKIE_LIFE = timedelta(days=400)  # the longest that browsers keep one; renewed with every page
READING = ("GET", "HEAD", "OPTIONS")


@transaction.atomic
def issue_display(actor: Person, *, now: datetime) -> tuple[Display, str]:
    """Make a display for a wall and return it with its one-time code, which is good for 15 minutes.

    Raises OrgError unless `actor` holds a post that sees the whole county today: a wall may not show more
    than its opener sees.
    """
    blind = (Post.Kind.DISPLAY, *ADMINISTRATORS)
    own = posts_of(actor, now).exclude(kind__in=blind).select_related("unit").order_by("pk")
    post = next((post for post in own if grant_of(post).is_county_wide), None)
    if post is None:
        raise OrgError(_("只有能查看全县情况的县级岗位上的人员可以开通大屏。"))
    code = secrets.token_urlsafe(9)
    username = f"display-{secrets.token_hex(4)}"
    person = Person(username=username, full_name=_("大屏"), kind=Person.Kind.DISPLAY, date_joined=now)
    person.set_unusable_password()
    person.save()
    place, _created = Post.objects.get_or_create(
        unit=post.unit, title=_("大屏"), defaults={"kind": Post.Kind.DISPLAY}
    )
    appoint(person, place, actor=actor, now=now)
    display = Display.objects.create(
        person=person, issued_by=actor, issued_at=now, code_digest=_digest(code), code_ends_at=now + CODE_LIFE
    )
    record_change(
        "org.display", display.pk, actor=actor, now=now, verb="issue", content={"unit": post.unit_id}
    )
    return display, code


@transaction.atomic
def bind_display(code: str, *, now: datetime) -> tuple[Display, str]:
    """Use up a one-time code; return the display and the secret that `remember` puts into the cookie.

    Raises OrgError when the code is unknown, used or too old.
    """
    display = (
        Display.objects.select_for_update()
        .filter(
            code_digest=_digest(code), bound_at__isnull=True, revoked_at__isnull=True, code_ends_at__gte=now
        )
        .first()
    )
    if display is None:
        raise OrgError(_("此大屏链接无效、已使用或已过期，请县级人员重新开通。"))
    secret = secrets.token_urlsafe(32)
    display.secret_digest, display.bound_at = _digest(secret), now
    display.save(update_fields=["secret_digest", "bound_at"])
    record_change("org.display", display.pk, actor=None, now=now, verb="bind", content={})
    return display, secret


@transaction.atomic
def revoke_display(display: Display, *, actor: Person, now: datetime) -> None:
    """End a display; its next request is a stranger's."""
    display.revoked_at = now
    display.save(update_fields=["revoked_at"])
    Person.objects.filter(pk=display.person_id).update(is_active=False)
    Holding.objects.filter(person=display.person_id, to_on__isnull=True).update(to_on=day_of(now))
    record_change("org.display", display.pk, actor=actor, now=now, verb="revoke", content={})


def remember(response: HttpResponseBase, secret: str) -> None:
    """Bind the browser that gets `response` to the display whose secret this is."""
    response.set_signed_cookie(
        COOKIE,
        secret,
        salt=COOKIE,
        max_age=COOKIE_LIFE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


@sync_and_async_middleware
def middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Sign a bound display in on every request, for reading only; a person who has signed in comes first."""
    if iscoroutinefunction(get_response):

        async def asynchronous(request: HttpRequest) -> HttpResponseBase:
            if COOKIE not in request.COOKIES:
                return await cast(Awaitable[HttpResponseBase], get_response(request))
            secret, refusal = await sync_to_async(_sign_in)(request)
            response = refusal or await cast(Awaitable[HttpResponseBase], get_response(request))
            return _renewed(response, secret)

        return asynchronous

    def synchronous(request: HttpRequest) -> HttpResponseBase:
        if COOKIE not in request.COOKIES:
            return cast(HttpResponseBase, get_response(request))
        secret, refusal = _sign_in(request)
        return _renewed(refusal or get_response(request), secret)

    return synchronous


def _sign_in(request: HttpRequest) -> tuple[str, HttpResponseBase | None]:
    """Put the display's person behind the request; return its secret, and a refusal where it would write."""
    if request.user.is_authenticated or request.path == resolve_url(settings.LOGIN_URL):
        return "", None
    try:
        secret = str(request.get_signed_cookie(COOKIE, salt=COOKIE))
    except BadSignature:
        return "", None
    display = (
        Display.objects.select_related("person")
        .filter(secret_digest=_digest(secret), revoked_at__isnull=True, person__is_active=True)
        .first()
    )
    if display is None:
        return "", None
    if request.method not in READING:
        return "", HttpResponse(_("大屏只能查看，不能办理。"), status=403)
    person = display.person

    async def auser() -> Person:
        return person

    request.user = person
    request.auser = auser
    return secret, None


def _renewed(response: HttpResponseBase, secret: str) -> HttpResponseBase:
    if secret:
        remember(response, secret)
    return response


def _digest(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()
