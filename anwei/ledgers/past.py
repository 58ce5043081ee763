"""Rows of a register as they were at a moment gone by: the change log knows what was written since."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    CharField,
    Exists,
    F,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, NullIf
from django.db.models.lookups import Exact

from anwei.ledgers.models import Change

Rows = TypeVar("Rows", bound=QuerySet[Model])
THEN = "{column}_then"


def looking_back(at: datetime) -> datetime | None:
    """Return `at` where anything was written since; None, now, where all is still as it was."""
    last = Change.objects.order_by("-pk").values_list("at", flat=True).first()
    return at if last is not None and last > at else None


def as_they_were(rows: Rows, at: datetime | None, *columns: str) -> Rows:
    """Return the rows that were in the register at a moment (None: now), with the values of columns then.

    Columns are days, booleans, texts or relations; the value of `expires_on` is annotated as
    `expires_on_then`, that of a relation is its key. What is not named is as it is now.
    """
    if at is None:
        return rows.annotate(**{THEN.format(column=column): F(column) for column in columns})
    register = str(rows.model._meta.label_lower)
    since = Change.objects.filter(register=register, row=Cast(OuterRef("pk"), CharField()), at__gt=at)
    known = rows.filter(~Exists(since.filter(verb="create")))
    return known.annotate(**{THEN.format(column=one): _then(since, rows.model, one) for one in columns})


def _then(since: QuerySet[Change], model: type[Model], column: str) -> Case:
    """Return the value before the first change of a column since then, else that of now."""
    field: Any = model._meta.get_field(column)
    kind = BigIntegerField() if field.is_relation else type(field)()
    logged = field.attname
    changes = since.filter(verb="update", content__changed__has_key=logged).order_by("number")
    text = Subquery(changes.annotate(before=KT(f"content__changed__{logged}__0")).values("before")[:1])
    told = NullIf(text, Value("null"))  # as SQLite spells nothing in JSON
    before = Exact(text, Value("true")) if isinstance(kind, BooleanField) else Cast(told, kind)
    return Case(When(Exists(changes), then=before), default=F(column), output_field=kind)
