"""What every register does when it writes: remember who changed what, and keep the county's own settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from anwei.ledgers import seal
from anwei.ledgers.models import Change, Setting


@transaction.atomic
def record_change(
    register: str,
    row: str | int,
    *,
    actor: Any | None,
    now: datetime,
    verb: str,
    content: dict[str, Any],
    reason: str = "",
) -> Change:
    """Append one sealed row to the change log of a register row, in the transaction of the change itself.

    `register` is the model's label ("monitoring.device"), `row` its primary key; no actor means the system.
    """
    return seal.append(
        Change(
            register=register, row=str(row), at=now, actor=actor, verb=verb, content=content, reason=reason
        )
    )


def record_changes(changes: Sequence[Change]) -> None:
    """Append many changes at once, in the transaction of the changes themselves."""
    seal.append_all(Change, changes)


def county_setting(key: str, default: Any) -> Any:
    """Return what the county set for `key`, or `default`."""
    found = Setting.objects.filter(pk=key).first()
    return default if found is None else found.value


def lock(name: str) -> None:
    """Let one transaction at a time pass where the name is asked; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


@contextmanager
def one_moment() -> Iterator[None]:
    """Let all queries within see the records of one moment, whatever others write meanwhile.

    It is a transaction; within another one it sees what that one sees. Who writes within is refused
    (OperationalError) what somebody else changed since that moment.
    """
    begins = not connection.in_atomic_block
    with transaction.atomic():
        if begins and connection.vendor == "postgresql":  # a transaction of SQLite sees one moment anyway
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def locked_setting(key: str) -> dict[str, Any]:
    """Return the county's own table for `key`, {} without one, locked until the transaction ends."""
    lock(f"setting {key}")  # a row that is not there yet cannot be locked
    found = Setting.objects.select_for_update().filter(pk=key).first()
    return {} if found is None else dict(found.value)


@transaction.atomic
def change_setting(key: str, value: Any, *, default: Any, actor: Any, now: datetime, reason: str) -> Setting:
    """Set a county's own value for `key`; `default` is what it replaces in `standards`.

    Raises ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError(_("修改县级设置须说明理由。"))
    reason = reason.strip()[:200]
    before = county_setting(key, default)
    setting, _created = Setting.objects.update_or_create(
        pk=key,
        defaults={
            "value": value,
            "replaced": default,
            "changed_by": actor,
            "changed_at": now,
            "reason": reason,
        },
    )
    record_change(
        "ledgers.setting",
        key,
        actor=actor,
        now=now,
        verb="set",
        content={"before": before, "after": value},
        reason=reason,
    )
    return setting
