"""An enterprise and since when it produces, stands or is closed."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.org.models import SECTOR_CHOICES, Unit
from anwei.org.models.periods import PeriodQuerySet, ends_after_it_starts
from anwei.org.responsibility import Subject
from anwei.org.scope import ScopeColumns, ScopedManager
from anwei.sites.models.located import Located


class Enterprise(Located):
    """An enterprise (生产经营单位); its unit carries the name and the territory that scope uses."""

    class Status(models.TextChoices):
        """Whether it produces; long-stopped and closed enterprises leave every denominator."""

        PRODUCING = "producing", _("生产")
        STOPPED = "stopped", _("停产")
        LONG_STOPPED = "long_stopped", _("长期停产")
        BUILDING = "building", _("在建")
        CLOSED = "closed", _("关闭")

    class Scale(models.TextChoices):
        """Size by 国统字〔2017〕213号 (statistical classes of large to micro enterprises)."""

        LARGE = "large", _("大型")
        MEDIUM = "medium", _("中型")
        SMALL = "small", _("小型")
        MICRO = "micro", _("微型")

    class Standardization(models.TextChoices):
        """Grade of work safety standardization (安全生产标准化等级)."""

        NONE = "", _("未达标")
        FIRST = "1", _("一级")
        SECOND = "2", _("二级")
        THIRD = "3", _("三级")

    unit = models.OneToOneField(
        Unit, on_delete=models.PROTECT, related_name="enterprise", verbose_name=_("单位")
    )
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    sector = models.CharField(_("行业"), max_length=20, choices=SECTOR_CHOICES, db_index=True)
    second_sector = models.CharField(
        _("兼属行业"), max_length=20, choices=SECTOR_CHOICES, blank=True, db_index=True
    )
    scale = models.CharField(_("规模"), max_length=10, choices=Scale.choices, blank=True)
    status = models.CharField(_("状态"), max_length=20, choices=Status.choices, default=Status.PRODUCING)
    status_since = models.DateField(_("状态起始日期"), null=True, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    workers = models.PositiveIntegerField(_("从业人数"), null=True, blank=True)
    shifts = models.PositiveSmallIntegerField(_("每日班次"), null=True, blank=True)
    shift_workers = models.PositiveIntegerField(_("最大班人数"), null=True, blank=True)
    safety_managers = models.PositiveIntegerField(_("专职安全管理人数"), null=True, blank=True)
    special_workers = models.PositiveIntegerField(_("特种作业人数"), null=True, blank=True)
    standardization = models.CharField(
        _("标准化等级"), max_length=1, choices=Standardization.choices, blank=True
    )
    standardized_until = models.DateField(_("标准化有效期至"), null=True, blank=True)

    objects = ScopedManager()
    scope = ScopeColumns(territory="unit__territory", sector=("sector", "second_sector"), enterprise="id")

    class Meta(Located.Meta):
        verbose_name = _("企业")
        ordering = ["id"]
        constraints = [
            *Located.Meta.constraints,
            models.CheckConstraint(
                condition=Q(second_sector="") | ~Q(second_sector=models.F("sector")),
                name="enterprise_has_two_different_sectors",
            ),
        ]

    def __str__(self) -> str:
        return str(self.unit)

    def subject(self) -> Subject:
        """Return what is answered for at this enterprise as a whole."""
        return Subject(str(self), self.unit.territory, self.sector, self.unit)


NOT_COUNTED = (Enterprise.Status.LONG_STOPPED, Enterprise.Status.CLOSED)
"""Status of enterprises that stand in no denominator."""


class StatusPeriod(models.Model):
    """That an enterprise was in a status from a day to a day: a past denominator stays what it was."""

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="statuses", verbose_name=_("企业")
    )
    status = models.CharField(_("状态"), max_length=20, choices=Enterprise.Status.choices)
    from_on = models.DateField(_("起始日期"))
    to_on = models.DateField(_("截止日期"), null=True, blank=True)  # the last day
    reason = models.CharField(_("变更原因"), max_length=200, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("状态记录")
        ordering = ["enterprise", "from_on"]
        constraints = [
            models.CheckConstraint(condition=ends_after_it_starts(), name="status_ends_after_it_starts"),
            models.UniqueConstraint(
                fields=["enterprise"], condition=Q(to_on__isnull=True), name="status_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.get_status_display()} {self.from_on}"

    def is_in_force(self, day: date) -> bool:
        """Say whether the status held on a day."""
        return self.from_on <= day and (self.to_on is None or self.to_on >= day)
