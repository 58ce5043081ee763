"""What was vacant on which days: the nightly record behind the live list of gaps (责任真空)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class GapRecord(models.Model):
    """One gap from the first night it was seen to the first night it was not."""

    key = models.CharField(max_length=120)  # anwei.org.gaps.Gap.key
    kind = models.CharField(_("类别"), max_length=20)
    sentence = models.CharField(_("内容"), max_length=300)
    opened_on = models.DateField(_("首次发现"))
    closed_on = models.DateField(_("消除日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("责任真空记录")
        ordering = ["opened_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=models.Q(closed_on__isnull=True), name="gap_is_open_once"
            )
        ]

    def __str__(self) -> str:
        return self.sentence


class GapDay(models.Model):
    """How many gaps stood open on one night, by kind; also says that the night was recorded."""

    on = models.DateField(_("日期"), primary_key=True)
    counts = models.JSONField(_("数量"), default=dict)

    class Meta:
        verbose_name = _("责任真空日记录")
        ordering = ["on"]

    def __str__(self) -> str:
        return str(self.on)
