"""One's own account: who one is here, password, second factor, and where one is logged in."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import PasswordChangeView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anwei.ledgers.services import record_change
from anwei.org.accounts.factors import (
    LAST_STEP,
    has_factor,
    issue_recovery_codes,
    must_have_factor,
)
from anwei.org.accounts.guard import look_again
from anwei.org.accounts.passwords import ProfileValidator, profile
from anwei.org.accounts.recent import CODE, recent
from anwei.org.accounts.resets import last_reset, settles_at
from anwei.org.accounts.sessions import device_words, end_sessions, idle, sessions_of
from anwei.org.holdings import day_of, holdings_on
from anwei.org.models import Person
from anwei.org.policy import person_of, signed_in
from anwei.org.scope import ADMINISTRATORS


@signed_in
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Show everything about one's own account on one page."""
    person, now = person_of(request), timezone.now()
    held = holdings_on(day_of(now)).filter(person=person).select_related("post__unit").order_by("pk")
    context = {
        "holdings": held,
        "administrator": any(holding.post.kind in ADMINISTRATORS for holding in held),
        "password": password_rules(),
        "set_at": person.past_passwords.values_list("set_at", flat=True).first(),
        "factor": Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first(),
        "factor_forced": must_have_factor(person, now),
        "reset": last_reset(person),
        "settles_at": settles_at(person, now),
        "n_codes": person.recovery_codes.filter(used_at__isnull=True).count(),
        "idle": idle(),
        **_sessions(request, person),
    }
    return render(request, "account/account.html", context)


@signed_in
def account_sessions(request: HttpRequest) -> HttpResponse:
    """Show where one is logged in; a POST ends one session, or all others."""
    person = person_of(request)
    if request.method != "POST":
        return render(request, "account/sessions.html", _sessions(request, person))
    wanted, own = request.POST.get("session", ""), request.session.session_key
    ending = [
        session
        for session in sessions_of(person)
        if (str(session.pk) == wanted or wanted == "others") and session.session_key != own
    ]
    ended = end_sessions(ending, person=person, actor=person, now=timezone.now())
    messages.success(request, _("已退出 %(n)d 处登录，该处下次操作须重新登录。") % {"n": ended})
    return redirect("account_sessions")


@signed_in
@require_POST
@recent
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes and show them once, for printing."""
    person = person_of(request)
    if not has_factor(person):
        return redirect("mfa_activate_totp")
    codes = issue_recovery_codes(person, actor=person, now=timezone.now())
    return render(request, "account/recovery_codes.html", {"codes": codes, "made_at": timezone.now()})


class ActivatePage(ActivateTOTPView):  # type: ignore[misc]
    """The page with the QR code; the recovery codes come with it and are shown once."""

    template_name = "account/factor.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the page to whoever has no second factor yet."""
        if has_factor(person_of(request)):
            return redirect("account")
        return cast(HttpResponseBase, super().dispatch(request, *args, **kwargs))

    def get_context_data(self, **options: Any) -> dict[str, Any]:
        """Add whether a post asks for it, and the key in groups for typing."""
        context: dict[str, Any] = super().get_context_data(**options)
        secret = context["form"].secret
        context["key"] = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
        context["forced"] = must_have_factor(person_of(self.request), timezone.now())
        return context

    def form_valid(self, form: Any) -> HttpResponse:
        """Take the new telephone, use up its first code, and show the recovery codes."""
        super().form_valid(form)
        person, now = person_of(self.request), timezone.now()
        row = Authenticator.objects.get(user=person, type=Authenticator.Type.TOTP)
        row.data[LAST_STEP] = form.step
        row.save(update_fields=["data"])
        record_authentication(self.request, person, CODE, id=row.pk, type=row.type)  # a code was just given
        record_change("org.person", person.pk, actor=person, now=now, verb="set_up_factor", content={})
        codes = issue_recovery_codes(person, actor=person, now=now)
        look_again(self.request)
        list(messages.get_messages(self.request))  # allauth's own sentences are in no style of ours
        return render(self.request, "account/recovery_codes.html", {"codes": codes, "made_at": now})

    def get_success_url(self) -> str:
        """Return where allauth would lead; the recovery codes are shown instead."""
        return reverse("account")


class PasswordPage(PasswordChangeView):  # type: ignore[misc]
    """The page of the new password, with the rules and their clause."""

    template_name = "account/password.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the page to whoever has a password: neither a display nor a unified login's account has."""
        if not person_of(request).has_usable_password():
            raise PermissionDenied(_("这个账号不用密码登录，没有密码可改。"))
        return cast(HttpResponseBase, super().dispatch(request, *args, **kwargs))

    def get_context_data(self, **options: Any) -> dict[str, Any]:
        """Add the rules, and whether the change is due."""
        context: dict[str, Any] = super().get_context_data(**options)
        return {**context, "password": password_rules(), "due": self.request.session.get("gate")}

    def form_valid(self, form: Any) -> HttpResponse:
        """Change the password; other sessions end, this one goes on under a new key."""
        response: HttpResponse = super().form_valid(form)
        person = person_of(self.request)
        record_change(
            "org.person", person.pk, actor=person, now=timezone.now(), verb="change_password", content={}
        )
        look_again(self.request)
        list(messages.get_messages(self.request))
        messages.success(self.request, _("密码已修改，其他设备上的登录已全部退出。"))
        return response

    def get_default_success_url(self) -> str:
        """Lead to one's own account."""
        return reverse("account")


def password_rules() -> dict[str, Any]:
    """Return the county's profile and its rules in words, for pages."""
    return {"profile": profile(), "rules": ProfileValidator().get_help_text()}


def _sessions(request: HttpRequest, person: Person) -> dict[str, Any]:
    own = request.session.session_key
    rows = [
        {
            "session": session,
            "device": device_words(session.user_agent),
            "own": session.session_key == own,
        }
        for session in sessions_of(person)
    ]
    return {"sessions": rows, "n_others": sum(not row["own"] for row in rows)}
