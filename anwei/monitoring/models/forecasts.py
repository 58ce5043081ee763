"""What the early warning found: a sensor that behaves as never before, or a drift towards a limit."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.monitoring.models.devices import Device, Tag
from anwei.monitoring.models.rules import AlarmRule
from anwei.org.models import SECTOR_CHOICES, Person
from anwei.org.responsibility import Subject
from anwei.org.scope import ScopeColumns, ScopedManager
from anwei.sites.models import Enterprise, Site


class Forecast(models.Model):
    """早期预警: no alarm and no duty yet, but a sign with its reasons; one live at a time for a tag."""

    class Kind(models.TextChoices):
        """What was found."""

        DRIFT = "drift", _("将达限值")
        ANOMALY = "anomaly", _("走势异常")

    class Outcome(models.TextChoices):
        """What the sensor did afterwards."""

        REACHED = "reached", _("已达限值")
        NOT_REACHED = "not_reached", _("未达限值")

    class Verdict(models.TextChoices):
        """What a person says of it."""

        TRUE = "true", _("属实")
        FALSE = "false", _("误报")
        UNKNOWN = "unknown", _("无法判断")

    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="forecasts", verbose_name=_("测点"))
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="+", verbose_name=_("设备"))
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="forecasts", verbose_name=_("企业")
    )
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="+")
    territory = models.CharField(_("属地"), max_length=12)
    sector = models.CharField(_("行业"), max_length=20, choices=SECTOR_CHOICES)
    kind = models.CharField(_("类型"), max_length=10, choices=Kind.choices)
    limit_kind = models.CharField(_("限值类型"), max_length=10, choices=AlarmRule.Kind.choices, blank=True)
    limit = models.FloatField(_("限值"), null=True)
    at = models.DateTimeField(_("发现"))  # time of the row at which it was found first
    last_at = models.DateTimeField(_("最近"))  # of the row at which it was found last
    repeats = models.PositiveIntegerField(_("再次发现"), default=0)
    value = models.FloatField(_("数值"))
    score = models.FloatField(_("异常程度"))  # [0, 1]
    expected_at = models.DateTimeField(_("预计到达限值"), null=True)
    earliest_at = models.DateTimeField(_("最早"), null=True)
    latest_at = models.DateTimeField(_("最晚"), null=True)
    probability = models.FloatField(_("可能性"), null=True)
    facts = models.JSONField(
        default=dict
    )  # numbers of the reason, similar episodes, backtest when it was found
    valid_until = models.DateTimeField(_("有效至"))
    ended_at = models.DateTimeField(_("结束"), null=True, blank=True)
    outcome = models.CharField(_("结果"), max_length=12, choices=Outcome.choices, blank=True)
    reached_at = models.DateTimeField(_("到达限值"), null=True, blank=True)
    verdict = models.CharField(_("反馈"), max_length=10, choices=Verdict.choices, blank=True)
    verdict_reason = models.CharField(_("反馈说明"), max_length=200, blank=True)
    verdict_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("反馈人")
    )
    verdict_at = models.DateTimeField(_("反馈时间"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("登记时间"))

    objects = ScopedManager()
    scope = ScopeColumns(territory="territory", sector="sector", enterprise="enterprise_id")

    class Meta:
        verbose_name = _("早期预警")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(
                fields=["valid_until"], condition=Q(ended_at__isnull=True), name="forecasts_that_live"
            ),
            models.Index(fields=["enterprise", "-at"], name="forecasts_of_an_enterprise"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tag"], condition=Q(ended_at__isnull=True), name="one_live_forecast_a_tag"
            ),
            models.UniqueConstraint(
                fields=["tag", "kind", "limit_kind", "at"], name="a_forecast_is_found_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="anomaly", limit_kind="", limit__isnull=True, expected_at__isnull=True)
                | (Q(kind="drift", limit__isnull=False, expected_at__isnull=False) & ~Q(limit_kind="")),
                name="a_drift_has_a_limit_and_a_time",
            ),
            models.CheckConstraint(
                condition=Q(verdict="", verdict_by__isnull=True, verdict_at__isnull=True)
                | (~Q(verdict="") & Q(verdict_by__isnull=False, verdict_at__isnull=False)),
                name="who_and_when_judged_go_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tag} {self.get_kind_display()}"

    @property
    def came_late(self) -> bool:
        """Whether its time was over when it was written, and what became of it is not known."""
        return self.ended_at is not None and not self.outcome and self.ended_at == self.recorded_at

    def subject(self) -> Subject:
        """Return what is answered for by this sign: its site, else the enterprise."""
        return (self.site or self.enterprise).subject()
