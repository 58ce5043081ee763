"""What registers of counted rows share: the columns by which figures divide and links narrow them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy

from anwei.ledgers.columns import Label
from anwei.ledgers.declaration import Column
from anwei.ledgers.register_page import UNFILLED
from anwei.org.models import Territory
from anwei.org.roster import TOWNSHIP_DIGITS

Listed = TypeVar("Listed", bound=QuerySet[Any])


def township_choices(person: Any) -> Iterable[tuple[str, str]]:
    """Return the county and its townships by code and name."""
    rows = Territory.objects.order_by("code").values_list("code", "name")
    return [(code, name) for code, name in rows if len(code) <= TOWNSHIP_DIGITS]


def told_true(name: str, label: Label) -> Column:
    """Return a column that says whether something reckoned holds, to filter by."""
    return Column(name, label=label, kind="boolean", path=name, editable=False, filtered=True, shown=False)


def within(rows: Listed, asked: Mapping[str, str], day: str) -> Listed:
    """Return the rows that the links of figures ask a page for: since, until, township, sector.

    The rows have columns `territory` and `sector`; a register reads the same words by its own filters.
    """
    for name, lookup in (("since", "gte"), ("until", "lte")):
        with suppress(ValueError):
            rows = rows.filter(**{f"{day}__{lookup}": date.fromisoformat(asked.get(name, ""))})
    if township := asked.get("township", ""):
        rows = rows.annotate(in_township=Left("territory", TOWNSHIP_DIGITS)).filter(in_township=township)
    if sector := asked.get("sector", ""):
        rows = rows.filter(sector="" if sector == UNFILLED else sector)
    return rows


TOWNSHIP = Column(
    "township",
    label=gettext_lazy("按乡镇"),
    choices=township_choices,
    path="township",
    editable=False,
    filtered=True,
    shown=False,
)
