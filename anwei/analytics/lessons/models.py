"""A lesson drawn: from which accident or hazard, by which conditions, and the campaign that came of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.emergency.models import Accident
from anwei.hazards.models import Campaign, Hazard
from anwei.org.models import Person


class Lesson(models.Model):
    """举一反三 once: `conditions` are the keys that were ticked; the campaign has the self-checks.

    Neither accident nor hazard where somebody typed the conditions.
    """

    accident = models.ForeignKey(
        Accident, on_delete=models.PROTECT, null=True, related_name="drawn", verbose_name=_("事故")
    )
    hazard = models.ForeignKey(
        Hazard, on_delete=models.PROTECT, null=True, related_name="drawn", verbose_name=_("隐患")
    )
    campaign = models.OneToOneField(
        Campaign, on_delete=models.PROTECT, related_name="lesson", verbose_name=_("检查计划")
    )
    conditions = models.JSONField(_("条件"))
    n_found = models.PositiveIntegerField(_("符合的家数"))
    drawn_at = models.DateTimeField(_("部署时间"))
    drawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("部署人"))

    class Meta:
        verbose_name = _("举一反三")
        ordering = ["-drawn_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(accident__isnull=True) | Q(hazard__isnull=True),
                name="a_lesson_is_of_one_accident_or_one_hazard",
            )
        ]

    def __str__(self) -> str:
        return str(self.campaign)
