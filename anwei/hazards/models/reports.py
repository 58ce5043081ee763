"""What an enterprise reports of its own hazards: monthly self-checks, statistics of quarters and years."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.ledgers.models import AppendOnly
from anwei.org.models import Person
from anwei.org.scope import ScopeColumns, ScopedManager
from anwei.sites.models import Enterprise

OF_AN_ENTERPRISE = ScopeColumns(
    territory="enterprise__unit__territory",
    sector=("enterprise__sector", "enterprise__second_sector"),
    enterprise="enterprise_id",
)


class SelfCheck(AppendOnly):
    """企业月度自查: the items looked at and how each stood; what failed was filed as hazards with it.

    `answers` keeps each item with its words of that day: [{"item", "text", "basis", "result", "note"}]. None
    failed is a zero report (零报告), which is allowed and sampled.
    """

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="self_checks", verbose_name=_("企业")
    )
    month = models.DateField(_("月份"))  # its first day
    answers = models.JSONField(_("自查内容"))
    n_items = models.PositiveSmallIntegerField(_("自查项数"))
    n_failed = models.PositiveSmallIntegerField(_("不合格项数"))
    reported_at = models.DateTimeField(_("报送时间"))
    reported_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("报送人")
    )
    due_at = models.DateTimeField(_("报送期限"))

    objects: ClassVar[Any] = ScopedManager()
    scope = OF_AN_ENTERPRISE

    class Meta:
        verbose_name = _("企业自查")
        ordering = ["-month", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "month"], name="one_self_check_a_month"),
            models.CheckConstraint(
                condition=Q(n_failed__lte=models.F("n_items"), n_items__gt=0),
                name="a_self_check_looks_at_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.month:%Y-%m}"

    @property
    def is_zero(self) -> bool:
        """Whether nothing was found."""
        return not self.n_failed

    @property
    def is_late(self) -> bool:
        """Whether it came after its day."""
        return self.reported_at > self.due_at


class Statistics(AppendOnly):
    """隐患统计分析表 of a quarter (1 to 4) or a year (quarter 0), from records, confirmed by the head.

    `figures` is what the records said at that moment (`hazards.statistics.Figures`); later records change the
    next report and never this one. Law: 安全生产事故隐患排查治理暂行规定 第14条.
    """

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="hazard_statistics", verbose_name=_("企业")
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    quarter = models.PositiveSmallIntegerField(_("季度"))
    figures = models.JSONField(_("统计数"))
    analysis = models.TextField(_("分析"), max_length=2000, blank=True)
    confirmed_at = models.DateTimeField(_("确认时间"))
    confirmed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("主要负责人")
    )
    due_at = models.DateTimeField(_("报送期限"))

    objects: ClassVar[Any] = ScopedManager()
    scope = OF_AN_ENTERPRISE

    class Meta:
        verbose_name = _("隐患统计分析表")
        ordering = ["-year", "-quarter", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "year", "quarter"], name="one_statistics_of_a_period"
            ),
            models.CheckConstraint(condition=Q(quarter__lte=4), name="a_year_has_four_quarters"),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.year}-{self.quarter}"
