"""When a limit was passed, and who has seen it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.monitoring.models.devices import Device, Tag
from anwei.monitoring.models.rules import AlarmRule, Severity
from anwei.monitoring.models.warnings import Warning
from anwei.org.models import SECTOR_CHOICES, Person
from anwei.org.responsibility import Subject
from anwei.org.scope import ScopeColumns, ScopedManager
from anwei.sites.models import Enterprise, Site


class Alarm(models.Model):
    """An alarm episode (报警): two facts kept apart, the condition and the acknowledgement."""

    rule = models.ForeignKey(
        AlarmRule, on_delete=models.PROTECT, related_name="alarms", verbose_name=_("规则")
    )
    tag = models.ForeignKey(
        Tag, on_delete=models.PROTECT, null=True, related_name="alarms", verbose_name=_("测点")
    )
    device = models.ForeignKey(
        Device, on_delete=models.PROTECT, related_name="alarms", verbose_name=_("设备")
    )
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="alarms", verbose_name=_("企业")
    )
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="alarms")
    territory = models.CharField(_("属地"), max_length=12)
    sector = models.CharField(_("行业"), max_length=20, choices=SECTOR_CHOICES)
    kind = models.CharField(_("类型"), max_length=10, choices=AlarmRule.Kind.choices)
    severity = models.CharField(_("等级"), max_length=10, choices=Severity.choices)
    started_at = models.DateTimeField(
        _("开始")
    )  # sample time at which the condition began; (rule, started_at) is the key
    raised_at = models.DateTimeField(_("报警"))  # when it became active, on the engine's clock of that rule
    sample_at = models.DateTimeField(_("样本时间"))  # the own time of the sample that raised it
    value = models.FloatField(_("数值"), null=True)
    limit = models.FloatField(_("限值"), null=True)
    cleared_at = models.DateTimeField(_("恢复"), null=True, blank=True)
    late = models.BooleanField(_("迟到数据"), default=False)
    recorded_at = models.DateTimeField(_("登记时间"))  # when this row was written
    changed_at = models.DateTimeField(
        _("变动时间")
    )  # when it was last written: recorded, cleared, acknowledged
    acknowledged_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("确认人")
    )
    acknowledgement = models.CharField(_("确认说明"), max_length=200, blank=True)
    warning = models.ForeignKey(
        Warning, on_delete=models.PROTECT, null=True, blank=True, related_name="alarms"
    )
    waits = models.BooleanField(_("待设岗后发预警"), default=False)  # no post existed that could answer

    objects = ScopedManager()
    scope = ScopeColumns(territory="territory", sector="sector", enterprise="enterprise_id")

    class Meta:
        verbose_name = _("报警")
        ordering = ["-started_at", "-id"]
        indexes = [
            models.Index(fields=["cleared_at", "-started_at"]),
            models.Index(
                fields=["-started_at", "-id"],
                condition=Q(cleared_at__isnull=True) | Q(acknowledged_at__isnull=True),
                name="alarms_that_ask_for_attention",  # few of many: the live list and every page's count
            ),
            models.Index(fields=["id"], condition=Q(waits=True), name="alarms_that_wait"),
            models.Index(fields=["changed_at"], name="alarms_by_change"),  # who follows by the API
        ]
        constraints = [
            models.UniqueConstraint(fields=["rule", "started_at"], name="episode_key_is_unique"),
            models.CheckConstraint(
                condition=Q(waits=False) | Q(warning__isnull=True), name="what_has_a_warning_waits_for_none"
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="who_and_when_acknowledged_go_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.started_at:%F %T}"

    def subject(self) -> Subject:
        """Return what is answered for by this alarm: the site it rose at, else the enterprise."""
        return (self.site or self.enterprise).subject()
