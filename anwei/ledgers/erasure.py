"""Erasing personal text from a sealed row: the text goes, the chain still holds, the act is itself sealed.

The links of a chain cover the keyed digest of a row's content, not the content. The database lets through
exactly this one change of a sealed row (`anwei.ledgers.append_only`), and `verify` accepts an emptied row
only with the sealed record of who emptied it and why (the right to erasure: 个人信息保护法 art. 47).
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from anwei.ledgers.links import Value
from anwei.ledgers.models import Change, SealedRow

ERASE = "erase"
ERASED = {"erased": True}
Row = TypeVar("Row", bound=SealedRow)


@transaction.atomic
def erase(
    row: SealedRow, *, actor: Any, now: datetime, reason: str, kept: dict[str, Any] | None = None
) -> Change:
    """Empty the content columns of `row` for ever; `kept` is what must outlive the text (digests of files).

    Of the version of a paper its number and digest are kept without being asked for. Raises ValueError
    without a reason, and for a record of an erasure itself.
    """
    from anwei.ledgers.services import record_change

    if not reason.strip():
        raise ValueError(_("抹除内容须说明理由。"))
    if row.verb == ERASE:
        raise ValueError(_("抹除记录本身不能抹除。"))
    label = row._meta.label_lower
    change = record_change(
        label,
        row.pk,
        actor=actor,
        now=now,
        verb=ERASE,
        content={
            "number": row.number,
            "content_digest": row.content_digest,
            "kept": {**_version(row), **(kept or {})},
        },
        reason=reason,
    )
    type(row)._default_manager.filter(pk=row.pk).update(**empty_content(type(row)))
    return change


def _version(row: SealedRow) -> dict[str, Any]:
    """Return the version of a file that a line of a change log tells of, with its digest."""
    content = row.content if isinstance(row.content, dict) else {}
    return {name: content[name] for name in ("version", "sha256") if {"version", "sha256"} <= content.keys()}


def empty_content(model: type[SealedRow]) -> dict[str, Any]:
    """Return what the content columns of an erased row hold."""
    return {
        name: ERASED if isinstance(model._meta.get_field(name), models.JSONField) else ""
        for name in model.content_fields
    }


def empty_spelling(model: type[SealedRow]) -> tuple[Value, ...]:
    """Return the content columns of an erased row in their canonical spelling."""
    empty = empty_content(model)
    return tuple(json.dumps(value) if isinstance(value, dict) else value for value in empty.values())


def erasure_of(model: type[SealedRow], pk: int, content_digest: str) -> Change | None:
    """Return the record that a row with this digest was emptied; None when nobody recorded it.

    The record is only as good as its own chain, which whoever asks must verify.
    """
    records = Change.objects.filter(register=model._meta.label_lower, row=str(pk), verb=ERASE)
    return next(
        (record for record in records if record.content.get("content_digest") == content_digest), None
    )
