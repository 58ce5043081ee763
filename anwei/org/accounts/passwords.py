"""Passwords: the county's profile, what it asks of a new one, and when one is due to be changed."""

from __future__ import annotations

import secrets
import string
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from anwei.ledgers.services import county_setting
from anwei.org.models import PastPassword, Person
from anwei.standards.passwords import LONGEST, PasswordProfile, password_profiles

PROFILE, FIGURES = "accounts.password_profile", "accounts.password_figures"  # keys of ledgers.Setting
UNMISTAKABLE = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))


def profile() -> PasswordProfile:
    """Return the county's profile, with its own figures where it has set some."""
    known = password_profiles()
    chosen = known.get(county_setting(PROFILE, ""), next(iter(known.values())))
    return chosen.changed(county_setting(FIGURES, {}))


class ProfileValidator:
    """Django's validator of the profile's length, classes and history."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raise ValidationError with every rule that is not met."""
        asked = profile()
        faults = []
        if not asked.length <= len(password) <= LONGEST:
            faults.append(
                _("密码长度须为 %(least)d 至 %(most)d 位。") % {"least": asked.length, "most": LONGEST}
            )
        if _n_classes(password) < asked.classes:
            faults.append(
                _("密码须含大写字母、小写字母、数字、其他符号中的 %(n)d 类。") % {"n": asked.classes}
            )
        if user is not None and user.pk and _was_used(user, password, asked.history):
            faults.append(_("不能使用最近 %(n)d 次用过的密码。") % {"n": asked.history})
        if faults:
            raise ValidationError(faults)

    def get_help_text(self) -> str:
        """Say the rules in one sentence."""
        asked = profile()
        words = _("%(least)d 至 %(most)d 位") % {"least": asked.length, "most": LONGEST}
        if asked.classes > 1:
            words += _("，含大写、小写、数字、其他符号中的 %(n)d 类") % {"n": asked.classes}
        words += _("，不同于最近 %(n)d 次用过的密码") % {"n": asked.history}
        if asked.days:
            words += _("，每 %(n)d 天更换") % {"n": asked.days}
        return words + _("。")


def set_password(person: Person, plain: str, *, now: datetime, must_change: bool) -> None:
    """Give `person` a password and remember its hash; `must_change` where somebody else made it."""
    person.set_password(plain)
    person.must_change_password = must_change
    person.save(update_fields=["password", "must_change_password"])
    PastPassword.objects.create(person=person, encoded=person.password, set_at=now)


def is_due(person: Person, now: datetime) -> bool:
    """Say whether the password must be changed: made by somebody else, or older than the profile allows."""
    if person.must_change_password:
        return True
    days = profile().days
    if not days:
        return False
    newest = person.past_passwords.values_list("set_at", flat=True).first()
    return now - (newest or person.date_joined) > timedelta(days=days)


def initial_password() -> str:
    """Return a random password that can be read out on the telephone and meets both profiles (95 bits)."""
    while True:
        groups = ["".join(secrets.choice(UNMISTAKABLE) for _letter in range(4)) for _group in range(4)]
        plain = "-".join(groups)
        if _n_classes(plain) == 4:
            return plain


def _n_classes(password: str) -> int:
    lower = any(letter.islower() for letter in password)
    upper = any(letter.isupper() for letter in password)
    digit = any(letter.isdigit() for letter in password)
    other = any(not letter.isalnum() or not (letter.isascii()) for letter in password)
    return lower + upper + digit + other


def _was_used(person: Person, password: str, history: int) -> bool:
    kept = [person.password, *person.past_passwords.values_list("encoded", flat=True)[:history]]
    return any(check_password(password, encoded) for encoded in dict.fromkeys(kept[: history + 1]))
