"""People as a register writes them: named, reachable, without a password until somebody lets them in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.ledgers.saving import Edit, save_rows
from anwei.org.accounts.phones import require_unguarded
from anwei.org.models import Person
from anwei.org.services.accounts import create_person
from anwei.org.services.errors import OrgError
from anwei.org.services.roster import free_username


@transaction.atomic
def save_people(
    edits: Sequence[Edit], *, actor: Person | None, now: datetime, reason: str = ""
) -> list[Person]:
    """Register people or change their name and phone number.

    Raises OrgError when a phone number belongs to another person, or is changed where it lets its owner in.
    """
    return [
        _created(edit, actor=actor, now=now)
        if edit.row is None
        else _changed(edit, actor=actor, now=now, reason=reason)
        for edit in edits
    ]


def _created(edit: Edit, *, actor: Person | None, now: datetime) -> Person:
    name, phone = edit.values["full_name"], edit.values["phone"]
    username = edit.values["username"] or free_username(phone or name)
    person, _password = create_person(
        username=username, full_name=name, phone=phone, actor=actor, now=now, may_log_in=False
    )
    return person


def _changed(edit: Edit, *, actor: Person | None, now: datetime, reason: str) -> Person:
    phone = edit.values.get("phone")
    require_unguarded(edit.row, edit.values)  # type: ignore[arg-type]
    if phone and Person.objects.filter(phone=phone).exclude(pk=edit.row.pk).exists():  # type: ignore[union-attr]
        raise OrgError(_("手机号 %(phone)s 已登记给其他人。") % {"phone": phone})
    return save_rows(
        Person, [edit], actor=actor, now=now, reason=reason, visible=lambda _actor: Person.objects.all()
    )[0]
