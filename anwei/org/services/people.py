"""People as a register writes them: named, reachable, without a password until somebody lets them in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from anwei.ledgers.saving import Edit, save_rows
from anwei.org.accounts.phones import require_unguarded
from anwei.org.models import Person
from anwei.org.services.accounts import create_person, numbered_username
from anwei.org.services.errors import OrgError


@transaction.atomic
def save_people(
    edits: Sequence[Edit], *, actor: Person | None, now: datetime, reason: str = ""
) -> list[Person]:
    """Register people or change their name, phone number and user name.

    Raises OrgError when a number or user name is another person's, when somebody changes the own name, or
    when one of the three is changed of who can log in.
    """
    return [
        _created(edit, actor=actor, now=now)
        if edit.row is None
        else _changed(edit, actor=actor, now=now, reason=reason)
        for edit in edits
    ]


def _created(edit: Edit, *, actor: Person | None, now: datetime) -> Person:
    name, phone = edit.values["full_name"], edit.values["phone"]
    username = edit.values["username"] or numbered_username()
    person, _password = create_person(
        username=username, full_name=name, phone=phone, actor=actor, now=now, may_log_in=False
    )
    return person


def _changed(edit: Edit, *, actor: Person | None, now: datetime, reason: str) -> Person:
    person: Person = edit.row  # type: ignore[assignment]
    values = {name: value for name, value in edit.values.items() if name != "username" or value}
    if person == actor and values.get("full_name", person.full_name) != person.full_name:
        raise OrgError(_("不能修改自己的姓名：电子签名以它为准。"))
    require_unguarded(person, values)
    for name in {values.get("phone"), values.get("username")} - {None, "", person.phone, person.username}:
        if Person.objects.filter(Q(phone=name) | Q(username=name)).exclude(pk=person.pk).exists():
            raise OrgError(_("“%(name)s”已是其他人的手机号或账号。") % {"name": name})
    return save_rows(
        Person,
        [Edit(person, values)],
        actor=actor,
        now=now,
        reason=reason,
        visible=lambda _actor: Person.objects.all(),
    )[0]
