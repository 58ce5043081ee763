"""Browsers in which a person has logged in before: known by a cookie whose digest the database keeps."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature
from django.db.models import F
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from anwei.org.models import KnownBrowser, Person

COOKIE = "anwei_browser"
LIFE = timedelta(days=180)
MOST_FAILURES = 5  # since the last login; then the browser is a stranger's again


def known_browser(request: HttpRequest, person: Person | None) -> KnownBrowser | None:
    """Return the row of this browser when `person` has logged in here before."""
    secret = _secret(request)
    if person is None or not secret:
        return None
    return KnownBrowser.objects.filter(person=person, digest=_digest(secret, person)).first()


def count_guess(browser: KnownBrowser) -> bool:
    """Count a guess of a known browser; say whether it still is one. Its login sets the count back."""
    KnownBrowser.objects.filter(pk=browser.pk).update(failures=F("failures") + 1)
    KnownBrowser.objects.filter(pk=browser.pk, failures__gt=MOST_FAILURES).delete()
    return KnownBrowser.objects.filter(pk=browser.pk).exists()


def remember_browser(request: HttpRequest, response: HttpResponseBase, person: Person, now: datetime) -> None:
    """Know this browser from now on as one of `person`; several people may share one."""
    secret = _secret(request) or secrets.token_urlsafe(32)
    KnownBrowser.objects.update_or_create(
        digest=_digest(secret, person), defaults={"person": person, "used_at": now, "failures": 0}
    )
    response.set_signed_cookie(
        COOKIE,
        secret,
        salt=COOKIE,
        max_age=LIFE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def forget_browsers(person: Person) -> None:
    """Make every browser a stranger to `person`."""
    KnownBrowser.objects.filter(person=person).delete()


def clean_browsers(now: datetime) -> None:
    """Forget browsers that have not been used for as long as their cookie lives."""
    KnownBrowser.objects.filter(used_at__lt=now - LIFE).delete()


def _secret(request: HttpRequest) -> str:
    try:
        return str(request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=LIFE))
    except BadSignature:
        return ""


def _digest(secret: str, person: Person) -> str:
    return hashlib.sha256(f"{secret}:{person.pk}".encode()).hexdigest()
