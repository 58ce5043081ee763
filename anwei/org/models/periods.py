"""What holds from a day to a day, both included; and how sure we are of what is written down."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Confidence(models.TextChoices):
    """Where a fact comes from; all but `VERIFIED` and `COUNTY` are defaults that a county may change."""

    VERIFIED = "VERIFIED", _("已核原文")
    MEMORY = "MEMORY", _("凭记忆，待核")
    TEMPLATE = "TEMPLATE", _("无条款，可改")
    COUNTY = "COUNTY", _("本县文件")


class PeriodQuerySet(models.QuerySet[Any]):
    """Rows with `from_on` and `to_on`; an empty end is open."""

    def on(self, day: date) -> Self:
        """Return what is in force on a day."""
        return self.filter(
            Q(from_on__isnull=True) | Q(from_on__lte=day), Q(to_on__isnull=True) | Q(to_on__gte=day)
        )


def ends_after_it_starts() -> Q:
    """Return the condition that the last day does not lie before the first."""
    return Q(from_on__isnull=True) | Q(to_on__isnull=True) | Q(to_on__gte=F("from_on"))
