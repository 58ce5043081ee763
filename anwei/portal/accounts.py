"""How people log in, through allauth: accounts are made by administrators, never by the visitor."""

from __future__ import annotations

import base64
import math
from datetime import timedelta
from typing import Any, cast

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.org.accounts.address import client_address
from anwei.org.accounts.browsers import remember_browser
from anwei.org.accounts.factors import has_factor
from anwei.org.accounts.lockout import PASSWORD, LockedOut, attempt
from anwei.org.accounts.passwords import set_password
from anwei.org.accounts.recent import recently_authenticated
from anwei.org.backends import people_in_office


class WrongGuess(Exception):
    """Not the person; leaves the attempt counted."""


def lockout_page(request: HttpRequest, locked: LockedOut) -> HttpResponse:
    """Answer 429 with the time at which the next attempt is allowed."""
    seconds = max(1, math.ceil((locked.until - timezone.now()) / timedelta(seconds=1)))
    response = render(request, "account/locked.html", {"until": locked.until}, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No self sign-up; failures are counted; a post that has ended lets nobody in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": gettext_lazy("用户名、手机号或密码不正确。"),
        "incorrect_password": gettext_lazy("密码不正确。"),
        "enter_current_password": gettext_lazy("原密码不正确。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> Any:
        """Answer no."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that the list of sessions shows."""
        return client_address(request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Judge a password, at the login and when it is asked for again, within the bounds of failures."""
        try:
            with attempt(request, str(credentials.get("username") or ""), step=PASSWORD):
                person = super().authenticate(request, **credentials)
                if person is None:
                    raise WrongGuess
        except WrongGuess:
            return None
        except LockedOut as locked:
            raise ImmediateHttpResponse(lockout_page(request, locked)) from None
        return person

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        """Turn away, after the right password, who is out of use or whose last post has ended."""
        if not people_in_office().filter(pk=user.pk).exists():
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        """Know this browser from now on."""
        response = super().post_login(request, user, **kwargs)
        remember_browser(request, response, user, timezone.now())
        return response

    def set_password(self, user: Any, password: str) -> None:
        """Keep the hash for the history; the person chose it, so nothing more is due."""
        set_password(user, password, now=timezone.now(), must_change=False)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask again only when the last time is some minutes ago; a fresh login counts."""
        return not recently_authenticated(context.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Ask for the one-time code where there is one: a password may have been seen."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if user.is_authenticated and has_factor(user):
            return [method for method in methods if method["id"] == "mfa_reauthenticate"]
        return methods

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: people have no mailbox here."""


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of one-time codes are sealed with a key outside the database; the QR code is drawn here."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("口令不正确，或者已经用过。"),
    }

    def get_totp_label(self, user: Any) -> str:
        """Name the entry in the authenticator after the user name."""
        return cast(str, user.username)

    def build_totp_svg(self, url: str) -> str:
        """Draw the QR code."""
        drawn: str = segno.make(url, error="m").svg_inline(scale=5, border=4, dark="#18212c", light="#fff")
        return drawn.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)

    def encrypt(self, text: str) -> str:
        """Seal with the newest key."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open what this key or an earlier one has sealed."""
        return _fernet().decrypt(encrypted_text.encode()).decode()


def _fernet() -> MultiFernet:
    """Return the ciphers of `keys/second-factor` and of keys laid aside as `second-factor.old*`."""
    newest = settings.DATA.secret("second-factor")
    old = sorted(settings.DATA.folder("keys").glob("second-factor.old*"))
    keys = [newest, *(settings.DATA.secret(path.name) for path in old)]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


class UnifiedLoginAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The county's unified login finds people who are here already, by subject or phone number."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Answer no."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Connect a subject that is new here to the person with its phone number, or turn it away."""
        if sociallogin.is_existing:
            return
        claims = sociallogin.account.get_provider_account().get_user_data() or {}
        field = sociallogin.provider.app.settings["phone_field"]
        phone = str(claims.get(field) or "").removeprefix("+86").strip()
        verified = claims.get(f"{field}_verified", True) is not False
        person = people_in_office().filter(phone=phone).first() if phone and verified else None
        provider = sociallogin.account.provider
        if person is None or SocialAccount.objects.filter(user=person, provider=provider).exists():
            raise ImmediateHttpResponse(self._turned_away(request))
        sociallogin.connect(request, person)

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        """Lead back to the login page when the unified login does not answer or refuses."""
        raise ImmediateHttpResponse(redirect("account_login"))

    def _turned_away(self, request: HttpRequest) -> HttpResponse:
        heading = _("统一身份认证通过，但本系统没有对应的账号")
        next_step = _("请联系本单位安全保密管理员，核对登记的手机号后再试。")
        context = {"code": 403, "heading": heading, "next_step": next_step}
        return render(request, "error.html", context, status=403)
