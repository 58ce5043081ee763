"""What accidents tell of an enterprise at a moment, and the harm that a score shall foretell.

An accident is known from when it was entered, as it was entered: whose it is, its day, and whether it is one
of production may be put right later. Only the county's own ones of production count. One whose hour nobody
wrote down counts as of the end of its day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext_lazy

from anwei.emergency.models import Accident, Source
from anwei.ledgers.models import Change
from anwei.ledgers.past import as_they_were, looking_back
from anwei.org.holdings import day_of
from anwei.sites.features import (
    Feature,
    Ground,
    Harm,
    HarmKind,
    contribute_features,
    contribute_harms,
    counted,
    numbered,
    standing_on,
)

YEAR = timedelta(days=365)
UNTIL_MIDNIGHT = timedelta(days=1, microseconds=-1)
REGISTER = Accident._meta.label_lower
CORRECTED = ("source", "enterprise", "happened_on", "happened_time", "of_production")  # as they were then


def known(at: datetime) -> QuerySet[Any]:
    """Return the accidents of production at enterprises of the county that were entered by a moment."""
    everywhere: QuerySet[Any] = Accident._base_manager.all()
    rows: QuerySet[Any] = as_they_were(everywhere, looking_back(at), *CORRECTED)
    entered = Change.objects.filter(register=REGISTER, row=Cast(OuterRef("pk"), CharField()), at__lte=at)
    is_entered, today = Exists(entered.filter(verb="create")), day_of(at)
    before = Q(happened_on_then__lt=today) | Q(is_entered, happened_on_then=today)
    own = rows.filter(source_then=Source.OWN, enterprise_then__isnull=False)
    return own.filter(before, of_production_then=True)


def of_a_year(at: datetime) -> QuerySet[Any]:
    """Return those of the year before the moment."""
    return known(at).filter(happened_on_then__gt=day_of(at - YEAR))


def _address(key: int) -> str:
    return reverse("accident", args=[key])


def _told(row: Any, at: datetime) -> Ground:
    return Ground(row.happened_on_then, str(row), _address(row.pk))


contribute_features(
    Feature(
        "accidents_365",
        gettext_lazy("近一年生产安全事故"),
        numbered(ngettext_lazy("近一年发生生产安全事故 %(n)d 起", "近一年发生生产安全事故 %(n)d 起", "n")),
        counted(of_a_year, "enterprise_then"),
        grounds=standing_on(of_a_year, _told, "enterprise_then", order="-happened_on_then"),
    )
)


def accidents(first: datetime, last: datetime, by: datetime) -> Iterator[Harm]:
    """Yield the accidents that happened in a span and were entered by a moment."""
    rows = known(by).filter(happened_on_then__gte=day_of(first), happened_on_then__lte=day_of(last))
    entered = Change.objects.filter(register=REGISTER, verb="create")
    entered_at = {int(row): at for row, at in entered.values_list("row", "at")}
    for row in rows.order_by("happened_on_then", "pk"):
        row.happened_on, row.happened_time = row.happened_on_then, row.happened_time_then
        happened_at = row.happened_at if row.happened_time else row.happened_at + UNTIL_MIDNIGHT
        if first < happened_at <= last:
            known_at = entered_at.get(row.pk, happened_at)
            yield Harm(row.enterprise_then, happened_at, known_at, str(row), _address(row.pk))


contribute_harms(HarmKind("accident", gettext_lazy("生产安全事故"), accidents))
