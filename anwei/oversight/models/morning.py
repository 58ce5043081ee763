"""The morning report (今日要情) as it was told: a leader's answer is to these lines, whatever came later."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from anwei.ledgers.models.sealed import AppendOnly


class Morning(AppendOnly):
    """What a county's leaders were told on a day: `lines` of {severity, text, url, case, enterprise}."""

    territory = models.CharField(_("属地"), max_length=12)
    day = models.DateField(_("日期"))
    at = models.DateTimeField(_("时间"))
    lines = models.JSONField(_("要情"))

    class Meta:
        verbose_name = _("今日要情")
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["territory", "day"], name="one_morning_a_day")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"
