"""Who is let in: accounts and their passwords."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.ledgers.services import record_change
from anwei.org.models import Person
from anwei.org.services.errors import OrgError


@transaction.atomic
def create_person(
    *,
    username: str,
    full_name: str,
    actor: Person | None,
    now: datetime,
    phone: str = "",
    password: str | None = None,
    may_log_in: bool = True,
) -> tuple[Person, str]:
    """Make an account and return it with its password, random unless one is given and shown only here.

    Who may not log in yet gets no password ("") until somebody sets one.
    Raises OrgError when the name or the phone number is taken.
    """
    if Person.objects.filter(username=username).exists():
        raise OrgError(_("用户名 %(name)s 已有人使用。") % {"name": username})
    if phone and Person.objects.filter(phone=phone).exists():
        raise OrgError(_("手机号 %(phone)s 已登记给其他人。") % {"phone": phone})
    plain = (password or secrets.token_urlsafe(12)) if may_log_in else ""
    person = Person(username=username, full_name=full_name, phone=phone, date_joined=now)
    person.set_password(plain or None)
    person.save()
    record_change(
        "org.person", person.pk, actor=actor, now=now, verb="create", content={"username": username}
    )
    return person, plain


@transaction.atomic
def reset_password(person: Person, *, actor: Person | None, now: datetime) -> str:
    """Give an account a new random password, shown only here; its open sessions end."""
    plain = secrets.token_urlsafe(12)
    person.set_password(plain)
    person.save(update_fields=["password"])
    record_change("org.person", person.pk, actor=actor, now=now, verb="reset_password", content={})
    return plain


@transaction.atomic
def close_account(person: Person, *, actor: Person | None, now: datetime) -> None:
    """Put an account, its sessions and its tokens out of use from the next request on."""
    person.is_active = False
    person.save(update_fields=["is_active"])
    record_change("org.person", person.pk, actor=actor, now=now, verb="close", content={})
