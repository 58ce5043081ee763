"""Accounts as the security administrator keeps them: list, open, reset, close, end sessions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anwei.ledgers.listing import Listing
from anwei.ledgers.models import Change
from anwei.org.accounts.administration import (
    administered_people,
    is_of_the_county,
    offered_posts,
    require_administration,
)
from anwei.org.accounts.factors import must_have_factor
from anwei.org.accounts.forms import AccountForm, NameForm, PhoneForm, ReasonForm
from anwei.org.accounts.passwords import profile
from anwei.org.accounts.recent import recent
from anwei.org.accounts.resets import last_reset, remove_factor, tell_of_opening
from anwei.org.accounts.sessions import device_words, end_sessions, sessions_of
from anwei.org.accounts.tables import AccountFilter, AccountTable
from anwei.org.backends import people_in_office
from anwei.org.holdings import day_of, holdings_on, posts_of
from anwei.org.models import Person, Post
from anwei.org.policy import person_of, posts
from anwei.org.scope import ADMINISTRATORS
from anwei.org.services import (
    OrgError,
    appoint,
    change_name,
    change_phone,
    close_account,
    create_person,
    dismiss_administrator,
    reopen_account,
    reset_password,
)

administrators_only = posts(Post.Kind.SECURITY_ADMIN)


@administrators_only
@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """List the accounts within the administrator's reach."""
    now = timezone.now()
    held = holdings_on(day_of(now)).select_related("post__unit")
    totp = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    rows = (
        administered_people(person_of(request), now)
        .annotate(has_factor=Exists(totp), in_office=Exists(people_in_office().filter(pk=OuterRef("pk"))))
        .prefetch_related(Prefetch("holdings", queryset=held, to_attr="held"))
        .order_by("pk")
    )
    listing = Listing(request, name="accounts", rows=rows, filterset=AccountFilter, table=AccountTable)
    context = {
        "listing": listing,
        "profile": profile(),
        "chooses": is_of_the_county(person_of(request), now),
    }
    return render(request, "org/accounts/list.html", context)


@administrators_only
@require_http_methods(["GET", "POST"])
@recent
def account_create(request: HttpRequest) -> HttpResponse:
    """Open an account in a post; its first password is shown once."""
    administrator, now = person_of(request), timezone.now()
    form = AccountForm(request.POST or None, posts=offered_posts(administrator, now))
    if request.method == "POST" and form.is_valid():
        names = {name: form.cleaned_data[name] for name in ("username", "full_name", "phone")}
        try:
            with transaction.atomic():
                person, password = create_person(**names, actor=administrator, now=now)
                appoint(person, form.cleaned_data["post"], actor=administrator, now=now)
                tell_of_opening(person)
        except OrgError as error:
            form.add_error(None, str(error))
        else:
            return _once(request, person, password)
    status = 422 if form.errors else 200
    return render(request, "org/accounts/create.html", {"form": form}, status=status)


@administrators_only
@require_GET
def account_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one account, where it is logged in, and what was changed about it."""
    return _page(request, _account(request, pk), ReasonForm())


@administrators_only
@require_POST
@recent
def account_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Do one act to an account, with a reason: password, factor, name, phone, sessions, out of use, back."""
    person = _account(request, pk)
    if act not in ACTS:
        raise Http404
    form = FORMS.get(act, ReasonForm)(request.POST)
    password = ""
    if form.is_valid():
        try:
            password = ACTS[act](person, person_of(request), **form.cleaned_data)
        except OrgError as error:
            form.add_error(None, str(error))
    if form.errors:
        return _page(request, person, form, status=422)
    if password:
        return _once(request, person, password)
    messages.success(request, SENTENCES[act] % {"person": person})
    return redirect("account_person", pk=pk)


def _reset(person: Person, actor: Person, reason: str) -> str:
    return reset_password(person, actor=actor, now=timezone.now(), reason=reason)


def _reopen(person: Person, actor: Person, reason: str) -> str:
    return reopen_account(person, actor=actor, now=timezone.now(), reason=reason)


def _close(person: Person, actor: Person, reason: str) -> str:
    close_account(person, actor=actor, now=timezone.now(), reason=reason)
    return ""


def _change_name(person: Person, actor: Person, reason: str, full_name: str) -> str:
    change_name(person, full_name, actor=actor, now=timezone.now(), reason=reason)
    return ""


def _change_phone(person: Person, actor: Person, reason: str, phone: str) -> str:
    change_phone(person, phone, actor=actor, now=timezone.now(), reason=reason)
    return ""


def _remove_factor(person: Person, actor: Person, reason: str) -> str:
    require_administration(actor, person, timezone.now())
    remove_factor(person, actor=actor, now=timezone.now(), reason=reason)
    return ""


def _dismiss(person: Person, actor: Person, reason: str) -> str:
    dismiss_administrator(person, actor=actor, now=timezone.now(), reason=reason)
    return ""


def _end_sessions(person: Person, actor: Person, reason: str) -> str:
    require_administration(actor, person, timezone.now())
    end_sessions(sessions_of(person), person=person, actor=actor, now=timezone.now(), reason=reason)
    return ""


ACTS: dict[str, Callable[..., str]] = {
    "password": _reset,
    "name": _change_name,
    "phone": _change_phone,
    "factor": _remove_factor,
    "sessions": _end_sessions,
    "dismiss": _dismiss,
    "close": _close,
    "reopen": _reopen,
}
FORMS: dict[str, type[ReasonForm]] = {"name": NameForm, "phone": PhoneForm}
SENTENCES = {
    "name": _("姓名已改为“%(person)s”，本人和安全审计员已收到通知。"),
    "phone": _("%(person)s的手机号已修改，本人和安全审计员已收到通知。"),
    "factor": _("%(person)s的动态口令已解除，下次登录时重新设置。"),
    "sessions": _("%(person)s的登录已全部结束，下次操作须重新登录。"),
    "dismiss": _("%(person)s的三员任职已结束，已有登录同时结束。"),
    "close": _("%(person)s的账号已停用，从下一次操作起不能再用。"),
}


def _account(request: HttpRequest, pk: int) -> Person:
    return get_object_or_404(administered_people(person_of(request), timezone.now()), pk=pk)


def _page(request: HttpRequest, person: Person, form: ReasonForm, status: int = 200) -> HttpResponse:
    now = timezone.now()
    context: dict[str, Any] = {
        "person": person,
        "form": form,
        "in_office": people_in_office().filter(pk=person.pk).exists(),
        "holdings": person.holdings.select_related("post__unit").order_by("-from_on"),
        "is_administrator": posts_of(person, now).filter(kind__in=ADMINISTRATORS).exists(),
        "factor": Authenticator.objects.filter(user=person).first(),
        "factor_forced": must_have_factor(person, now),
        "reset": last_reset(person),
        "set_at": person.past_passwords.values_list("set_at", flat=True).first(),
        "sessions": [(session, device_words(session.user_agent)) for session in sessions_of(person)],
        "changes": Change.objects.filter(register="org.person", row=str(person.pk))
        .select_related("actor")
        .order_by("-pk")[:20],
    }
    return render(request, "org/accounts/account.html", context, status=status)


def _once(request: HttpRequest, person: Person, password: str) -> HttpResponse:
    return render(request, "org/accounts/password.html", {"person": person, "password": password})
