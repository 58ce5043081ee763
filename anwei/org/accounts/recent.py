"""Asking again who it is before something dangerous: changes of rights, dangerous verbs, signatures."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from anwei.org.accounts.factors import has_factor
from anwei.org.accounts.resets import require_settled
from anwei.org.models import Person

CODE = "mfa"  # what allauth calls the method of a one-time or recovery code
READING = ("GET", "HEAD", "OPTIONS")


def recently_authenticated(request: HttpRequest) -> bool:
    """Say whether the code was given in this session in the last few minutes; by who has none, the password.

    A remembered device spares the code at the login, not here: else a seen password and an unlocked desk
    would be enough. A session without any such record is one that the demo opened: its players have no
    password to give, and outside the demo nothing vouches for it.
    """
    records = get_authentication_records(request, request.user)
    if not records:
        return bool(settings.DEMO)
    if has_factor(cast(Person, request.user)):
        records = [record for record in records if record["method"] == CODE]
    age: float = time.time() - max((record["at"] for record in records), default=0)
    return age < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def require_recent(request: HttpRequest) -> None:
    """Send the person to give password or code again; what was sent goes on afterwards.

    Raises ReauthenticationRequired, which the middleware of allauth turns into the page that asks, and
    PermissionDenied while a telephone set up after a reset is too new. The demo forces neither.
    """
    if not recently_authenticated(request):
        raise ReauthenticationRequired
    if not settings.DEMO:
        require_settled(cast(Person, request.user), timezone.now())


def recent(view: Callable[..., Any]) -> Callable[..., Any]:
    """Ask again before a view writes; reading goes on as before. Stands below the policy of the view."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method not in READING:
            require_recent(request)
        return view(request, *args, **kwargs)

    return asked
