"""A test's own login counts as one just made: `force_login` writes the record that the login page writes."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest

METHOD = "mfa"  # a whole login, with the code where one is due; no password is due after it


def record_forced(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Receive `user_logged_in`; the test client logs in by a bare request, every door of the product by a real one."""
    if type(request) is HttpRequest:
        record_authentication(request, user, METHOD)
