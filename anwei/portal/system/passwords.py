"""Which rules of passwords the county follows, and how long a telephone set up after a reset waits.

The county's security administrator chooses both, with a reason.
"""

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
from anwei.org.accounts.resets import BOUNDS_H, DEFAULT_H, SETTLES_H
from anwei.org.models import Person, Post
from anwei.org.policy import county_administrators, person_of
from anwei.portal.system.figures import whole
from anwei.portal.system.views import changes_of
from anwei.standards.passwords import FIGURES as PROFILE_FIGURES
from anwei.standards.passwords import PasswordProfile, password_profiles

SETTLING = "settles_hours"  # the field of the form
LABELS = {
    "length": gettext_lazy("最少位数"),
    "classes": gettext_lazy("字符种类（大写、小写、数字、其他）"),
    "history": gettext_lazy("不得重复最近几次"),
    "days": gettext_lazy("更换周期（天，0 为不定期更换）"),
    SETTLING: gettext_lazy("重置后等待时间（小时）"),
}


@dataclass(frozen=True)
class Row:
    """One figure of a profile as the form shows it; `bounds` None where the standard itself fixes it."""

    name: str
    label: str
    value: int | str
    default: int
    confidence: str
    bounds: tuple[int, int] | None


@county_administrators(Post.Kind.SECURITY_ADMIN)
@require_http_methods(["GET", "POST"])
@recent
def system_passwords(request: HttpRequest) -> HttpResponse:
    """Show both profiles with their clauses, and the wait after a reset; choose, and say why."""
    person, error, now = person_of(request), "", timezone.now()
    if request.method == "POST":
        try:
            said = _choose(request.POST, actor=person, now=now)
        except ValueError as fault:
            error = str(fault)
        else:
            messages.success(request, said)
            return redirect("system_passwords")
    chosen = profile()
    profiles = [
        (one, one.code == chosen.code, _rows(one, chosen if one.code == chosen.code else one))
        for one in password_profiles().values()
    ]
    context = {
        "profiles": profiles,
        "settling": _settling(request.POST),
        "rule": ProfileValidator().get_help_text(),
        "error": error,
        "entered": request.POST,
        "changes": changes_of(PROFILE, FIGURES, SETTLES_H),
    }
    return render(request, "system/passwords.html", context, status=422 if error else 200)


def _choose(entered: Mapping[str, str], *, actor: Person, now: datetime) -> str:
    """Save what was entered in one of the forms and return what to say of it; raises ValueError."""
    reason = entered.get("reason", "")
    if SETTLING in entered:
        choose_settling(entered, actor=actor, now=now, reason=reason)
        return _("已保存，并写入变更记录；以后的重置按新时间。")
    choose_profile(entered.get("profile", ""), entered, actor=actor, now=now, reason=reason)
    return _("已保存，并写入变更记录；下次设置密码时按新规则。")


def choose_settling(entered: Mapping[str, str], *, actor: Person, now: datetime, reason: str) -> None:
    """Set how many hours a telephone set up after a reset waits before it opens dangerous acts.

    Raises ValueError, as a sentence, for hours out of their bounds or without a reason.
    """
    hours = _within(SETTLING, entered, BOUNDS_H)
    change_setting(SETTLES_H, hours, default=DEFAULT_H, actor=actor, now=now, reason=reason)


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
    own = {name: _within(name, entered, chosen.bounds[name]) for name in chosen.bounds if name in entered}
    own = {name: value for name, value in own.items() if value != getattr(chosen, name)}
    default = next(iter(password_profiles()))
    figures = county_setting(FIGURES, {})
    change_setting(PROFILE, code, default=default, actor=actor, now=now, reason=reason)
    if own != figures:
        change_setting(FIGURES, own, default={}, actor=actor, now=now, reason=reason)


def _within(name: str, entered: Mapping[str, str], bounds: tuple[int, int]) -> int:
    least, most = bounds
    value = whole(entered, name)
    if not least <= value <= most:
        raise ValueError(
            _("%(label)s须为 %(least)d 至 %(most)d。") % {"label": LABELS[name], "least": least, "most": most}
        )
    return value


def _settling(entered: Mapping[str, str]) -> Row:
    """Return the wait as it stands, or as it was just typed and refused."""
    hours = entered.get(SETTLING) or county_setting(SETTLES_H, DEFAULT_H)
    return Row(SETTLING, str(LABELS[SETTLING]), hours, DEFAULT_H, "TEMPLATE", BOUNDS_H)


def _rows(default: PasswordProfile, current: PasswordProfile) -> list[Row]:
    return [
        Row(
            name,
            str(LABELS[name]),
            getattr(current, name),
            getattr(default, name),
            default.confidence[name],
            default.bounds.get(name),
        )
        for name in PROFILE_FIGURES
    ]
