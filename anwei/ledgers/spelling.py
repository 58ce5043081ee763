"""One spelling of every sealed column, whatever database keeps it.

The spelling is what SQLite stores: moments as text in UTC, JSON as text with sorted keys. So a row is
verified there without being parsed; PostgreSQL's answers are spelled anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from anwei.ledgers.links import Value
from anwei.ledgers.models import SealedRow

AS_THEY_ARE = (models.CharField, models.TextField, models.IntegerField, models.ForeignKey)


def storable(content: Any) -> Any:
    """Return `content` as any database will give it back: JSON types, sorted keys, whole numbers as integers.

    PostgreSQL's jsonb reads 1e22 back as an integer, so a float that is whole is stored as one.
    Raises ValueError for what JSON cannot tell (NaN, infinity).
    """
    return _whole(
        json.loads(json.dumps(content, cls=DjangoJSONEncoder, allow_nan=False)),
    )


def spelled(row: SealedRow, names: Iterable[str]) -> list[Value]:
    """Return the columns `names` of a row in memory; its content must be `storable`."""
    return [_speller(type(row), name)(attrgetter(name)(row)) for name in names]


def moment(at: datetime) -> str:
    """Return a moment as SQLite stores it: UTC, without an offset, microseconds only where there are some."""
    return str(at.astimezone(UTC).replace(tzinfo=None))


def spellers(
    model: type[SealedRow], names: Iterable[str], vendor: str
) -> list[tuple[int, Callable[..., Any]]]:
    """Return which columns, by place, must be spelled anew after a raw reading, and how."""
    found = [(place, _speller(model, name, raw=True)) for place, name in enumerate(names)]
    return [] if vendor == "sqlite" else [(place, spell) for place, spell in found if spell is not _same]


def _speller(model: type[SealedRow], name: str, *, raw: bool = False) -> Callable[..., Any]:
    field = model._meta.get_field(name.removesuffix("_id"))
    if isinstance(field, models.DateTimeField):
        return moment
    if isinstance(field, models.JSONField):
        return _respelled if raw else json.dumps
    if isinstance(field, AS_THEY_ARE):
        return _same
    raise ImproperlyConfigured(f"{model._meta.label}.{name}: no spelling for sealed columns of this type")


def _same(value: Any) -> Any:
    return value


def _respelled(text: str) -> str:
    return json.dumps(json.loads(text), sort_keys=True)


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _whole(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return value
