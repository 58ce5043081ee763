"""A month counts once: by the accidents of the ledger, or by what was counted before the system (期初)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from anwei.emergency.models import Accident, OpeningFigure, Source
from anwei.ledgers.services import lock

COUNTED = Q(source=Source.OWN, of_production=True)


def opened(months: Iterable[date]) -> set[date]:
    """Return which of these months (first days) have opening figures."""
    rows = OpeningFigure.objects.filter(month_begins__in={*months})
    return set(rows.values_list("month_begins", flat=True))


def recorded(months: Iterable[date]) -> set[date]:
    """Return of which of these months (first days) the ledger counts accidents."""
    asked = {*months}
    if not asked:
        return set()
    days = (
        Accident.objects.filter(COUNTED, happened_on__gte=min(asked))
        .order_by()
        .values_list("happened_on", flat=True)
    )
    return {day.replace(day=1) for day in days} & asked


def refuse_double(months: Iterable[date]) -> None:
    """Raise ValueError where one of these months would be counted twice; call it after writing.

    Who writes accidents or opening figures passes here one at a time, so that no two agree unseen.
    """
    lock("emergency counted months")
    asked = {*months}
    if both := opened(asked) & recorded(asked):
        raise ValueError(twice(min(both)))


def twice(month: date) -> str:
    """Return the sentence on a month that would count twice."""
    return _(
        "%(year)d 年 %(month)d 月会重复计算：一个月要么按期初数统计，要么按事故台账统计。请先改正其中一种。"
    ) % {"year": month.year, "month": month.month}
