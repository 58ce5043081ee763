"""Which rules of passwords the county follows: its security administrator chooses them, with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from anwei.ledgers.services import change_setting, county_setting
from anwei.org.accounts.passwords import FIGURES, PROFILE, ProfileValidator, profile
from anwei.org.accounts.recent import recent
from anwei.org.models import Person, Post
from anwei.org.policy import county_administrators, person_of
from anwei.portal.system.figures import whole
from anwei.portal.system.views import changes_of
from anwei.standards.passwords import PasswordProfile, password_profiles

LABELS = {
    "length": gettext_lazy("最少位数"),
    "classes": gettext_lazy("字符种类（大写、小写、数字、其他）"),
    "history": gettext_lazy("不得重复最近几次"),
    "days": gettext_lazy("更换周期（天，0 为不定期更换）"),
}


@dataclass(frozen=True)
class Row:
    """One figure of a profile as the form shows it; `bounds` None where the standard itself fixes it."""

    name: str
    label: str
    value: int
    default: int
    confidence: str
    bounds: tuple[int, int] | None


@county_administrators(Post.Kind.SECURITY_ADMIN)
@require_http_methods(["GET", "POST"])
@recent
def system_passwords(request: HttpRequest) -> HttpResponse:
    """Show both profiles with their clauses; choose one, with the county's own figures, and say why."""
    person, error, now = person_of(request), "", timezone.now()
    if request.method == "POST":
        try:
            choose_profile(
                request.POST.get("profile", ""),
                request.POST,
                actor=person,
                now=now,
                reason=request.POST.get("reason", ""),
            )
        except ValueError as fault:
            error = str(fault)
        else:
            messages.success(request, _("已保存，并写入变更记录；下次设置密码时按新规则。"))
            return redirect("system_passwords")
    chosen = profile()
    profiles = [
        (one, one.code == chosen.code, _rows(one, chosen if one.code == chosen.code else one))
        for one in password_profiles().values()
    ]
    context = {
        "profiles": profiles,
        "rule": ProfileValidator().get_help_text(),
        "error": error,
        "entered": request.POST,
        "changes": changes_of(PROFILE),
    }
    return render(request, "system/passwords.html", context, status=422 if error else 200)


@transaction.atomic
def choose_profile(
    code: str, entered: Mapping[str, str], *, actor: Person, now: datetime, reason: str
) -> None:
    """Let a profile hold for the county, with what of `entered` differs from its figures.

    Raises ValueError, as a sentence, for an unknown profile, a figure out of its bounds or without a reason.
    """
    chosen = password_profiles().get(code)
    if chosen is None:
        raise ValueError(_("没有这种密码规则。"))
    own = {name: _figure(chosen, name, entered) for name in chosen.bounds if name in entered}
    own = {name: value for name, value in own.items() if value != getattr(chosen, name)}
    default = next(iter(password_profiles()))
    figures = county_setting(FIGURES, {})
    change_setting(PROFILE, code, default=default, actor=actor, now=now, reason=reason)
    if own != figures:
        change_setting(FIGURES, own, default={}, actor=actor, now=now, reason=reason)


def _figure(chosen: PasswordProfile, name: str, entered: Mapping[str, str]) -> int:
    least, most = chosen.bounds[name]
    value = whole(entered, name)
    if not least <= value <= most:
        raise ValueError(
            _("%(label)s须为 %(least)d 至 %(most)d。") % {"label": LABELS[name], "least": least, "most": most}
        )
    return value


def _rows(default: PasswordProfile, current: PasswordProfile) -> list[Row]:
    return [
        Row(
            name,
            str(label),
            getattr(current, name),
            getattr(default, name),
            default.confidence[name],
            default.bounds.get(name),
        )
        for name, label in LABELS.items()
    ]
