"""What of a person who can log in a security administrator alone changes: name, phone number and user name.

A phone number is a second user name, and the county's unified login finds people by it: whoever could put
another number to a leader's name could come in as the leader. The name is what its owner signs with.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.utils.translation import gettext as _

from anwei.org.models import Holding, Person
from anwei.org.services.errors import OrgError


def lets_in(person: Person) -> bool:
    """Say whether a phone number lets `person` in: with a password, or by the county's unified login."""
    if settings.SOCIALACCOUNT_PROVIDERS or person.has_usable_password():
        return True
    return bool(SocialAccount.objects.filter(user=person).exists())


def require_unguarded(person: Person, values: Mapping[str, Any]) -> None:
    """Raise OrgError when `values` would change by what a person comes in or signs."""
    if sentence := guarded(person, values):
        raise OrgError(sentence)


def guarded(row: Person | Holding, values: Mapping[str, Any]) -> str:
    """Return why `values` must not be written to a row of a register, "" where they may."""
    person = row.person if isinstance(row, Holding) else row
    named = {"full_name": _("姓名"), "phone": _("手机号"), "username": _("账号")}
    changed = [name for name in named if name in values and values[name] != getattr(person, name)]
    if not changed or not lets_in(person):
        return ""
    sentence = _("%(person)s可以登录，%(what)s只能由安全保密管理员在“账号管理”中修改，这里不写入。")
    return sentence % {"person": person, "what": named[changed[0]]}
