"""Months that were published: what every indicator said of each township and sector, for good."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.ledgers.models.sealed import DIGEST_LENGTH, AppendOnly
from anwei.org.models import SECTOR_CHOICES
from anwei.org.scope import ScopeColumns, ScopedManager


class FrozenMonth(AppendOnly):
    """定版: the figures of a month as they were published; `issue` 2 and on are corrections with a reason.

    The newest issue counts. `indicators` are the keys that were frozen, `digest` is taken over all figures
    and stands in the sealed change log too.
    """

    month_begins = models.DateField(_("月份"))
    issue = models.PositiveSmallIntegerField(_("期次"))
    frozen_at = models.DateTimeField(_("定版时间"))
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("定版人"),
    )  # empty: the system, on the day that is set
    reason = models.CharField(_("更正原因"), max_length=200, blank=True)
    indicators = models.JSONField(default=list)
    digest = models.CharField(max_length=DIGEST_LENGTH)

    class Meta:
        verbose_name = _("定版月份")
        ordering = ["-month_begins", "-issue"]
        constraints = [
            models.UniqueConstraint(fields=["month_begins", "issue"], name="a_month_is_issued_once_a_number"),
            models.CheckConstraint(
                condition=Q(issue=1) | Q(issue__gt=1) & ~Q(reason=""), name="a_correction_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} #{self.issue}"

    @property
    def key(self) -> str:
        """The month as periods spell it."""
        return f"{self.month_begins:%Y-%m}"

    @property
    def month_ends(self) -> date:
        """Its last day."""
        return self.month_begins.replace(day=monthrange(self.month_begins.year, self.month_begins.month)[1])


class FrozenFigure(AppendOnly):
    """One number of a frozen month: an indicator in a township and sector; what is not there was nothing."""

    month = models.ForeignKey(
        FrozenMonth, on_delete=models.PROTECT, related_name="figures", verbose_name=_("定版月份")
    )
    indicator = models.CharField(_("指标"), max_length=40)
    territory = models.CharField(_("乡镇"), max_length=12)
    sector = models.CharField(_("行业"), max_length=20, choices=SECTOR_CHOICES, blank=True)
    numerator = models.DecimalField(_("数"), max_digits=20, decimal_places=4)
    denominator = models.DecimalField(_("分母"), max_digits=20, decimal_places=4, null=True)

    objects = ScopedManager()
    scope = ScopeColumns(territory="territory", sector="sector")

    class Meta:
        verbose_name = _("定版数")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["month", "indicator", "territory", "sector"], name="a_figure_is_frozen_once_an_issue"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.indicator} {self.numerator}"
