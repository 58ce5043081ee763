"""Forms of login, password and second factor: allauth's, with our bounds and single use."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import get_adapter as get_factor_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from anwei.org.accounts import sessions
from anwei.org.accounts.factors import step_of, use_code, use_recovery_code
from anwei.org.accounts.lockout import FACTOR, LockedOut, attempt
from anwei.portal.accounts import WrongGuess, lockout_page


class LoginForm(account.LoginForm):  # type: ignore[misc]
    """User name or phone number, and password."""

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponseBase:
        """Log in; the session's end is ours to set, not that of allauth's "remember me"."""
        response: HttpResponseBase = super().login(request, redirect_url)
        if request.user.is_authenticated:
            sessions.begin(type(request.user), request, request.user)
        return response


class ChangePasswordForm(account.ChangePasswordForm):  # type: ignore[misc]
    """The old password is a guess like any other."""

    def clean_oldpassword(self) -> str:
        """Judge the old password within the bounds of failures."""
        typed: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, typed):
            raise get_adapter().validation_error("enter_current_password")
        return typed


class SingleUse:
    """Takes a one-time code or a recovery code, each once, within the bounds of failures."""

    user: Any
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        """Use up the code."""
        typed: str = self.cleaned_data["code"]
        try:
            with attempt(context.request, self.user.username, step=FACTOR):
                if not (use_code(self.user, typed) or use_recovery_code(self.user, typed, timezone.now())):
                    raise WrongGuess
        except WrongGuess:
            raise get_factor_adapter().validation_error("incorrect_code") from None
        except LockedOut as locked:
            raise ImmediateHttpResponse(lockout_page(context.request, locked)) from None
        self.authenticator = Authenticator.objects.get(user=self.user, type=Authenticator.Type.TOTP)
        return typed


class CodeForm(SingleUse, AuthenticateForm):  # type: ignore[misc]
    """The second step of the login."""


class CodeAgainForm(SingleUse, ReauthenticateForm):  # type: ignore[misc]
    """The code before something dangerous."""


class ActivateForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new telephone, which proves that it has the key."""

    def clean_code(self) -> str:
        """Remember the step of the code, so that it counts as used."""
        typed: str = self.cleaned_data["code"]
        self.step = step_of(self.secret, typed)
        if self.step is None:
            raise get_factor_adapter().validation_error("incorrect_code")
        return typed
