"""What was computed: weekly scores with their reasons, which never change; months of features, backtests."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.analytics.lessons.models import Lesson
from anwei.analytics.patterns.models import HotSpot, HotSpotSearch
from anwei.ledgers.models.sealed import AppendOnly
from anwei.org.models import Person
from anwei.org.scope import OfficialManager, ScopeColumns
from anwei.sites.models import Enterprise

__all__ = ["Backtest", "HotSpot", "HotSpotSearch", "Lesson", "MonthTable", "RiskScore", "WatchRun"]


class WatchRun(AppendOnly):
    """One week's list: as of which moment, by which rules, how many enterprises, with or without a model."""

    week = models.DateField(_("周（周一）"), unique=True)
    as_of = models.DateTimeField(_("截至"))
    computed_at = models.DateTimeField(_("计算时间"))
    seconds = models.FloatField(_("用时（秒）"))
    n_enterprises = models.PositiveIntegerField(_("企业数"))
    rules = models.JSONField(_("规则"))  # points, figures, harms as they were
    learned = models.BooleanField(_("用了模型"), default=False)
    n_events = models.PositiveIntegerField(_("训练样本中的事件数"), default=0)
    base_rate = models.FloatField(_("平均概率"), null=True, blank=True)

    class Meta:
        verbose_name = _("周名单")
        ordering = ["-week"]

    def __str__(self) -> str:
        return f"{self.week}"


class RiskScore(AppendOnly):
    """An enterprise's place in a week's list with its points, probability and reasons; never changed.

    `reasons`: [[feature, value, points, share of the log odds], ...], the weightiest first; sentences are
    made from them in the language of who reads.
    """

    run = models.ForeignKey(WatchRun, on_delete=models.PROTECT, related_name="scores")
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="risk_scores", verbose_name=_("企业")
    )
    place = models.PositiveIntegerField(_("位次"))
    points = models.PositiveIntegerField(_("积分"))
    probability = models.FloatField(_("概率"), null=True, blank=True)
    level = models.CharField(_("建议等级"), max_length=10, blank=True)
    reasons = models.JSONField(_("理由"), default=list)

    objects = OfficialManager()
    scope = ScopeColumns(
        territory="enterprise__unit__territory",
        sector=("enterprise__sector", "enterprise__second_sector"),
        enterprise="enterprise_id",
    )

    class Meta:
        verbose_name = _("企业风险评分")
        ordering = ["run", "place"]
        constraints = [
            models.UniqueConstraint(fields=["run", "enterprise"], name="score_once_a_week"),
            models.UniqueConstraint(fields=["run", "place"], name="place_once_a_week"),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.points}"


class MonthTable(models.Model):
    """The features of all enterprises as of the first moment of a month, kept so as to compute them once.

    `features`, `harms` and `form` say what the values mean; where one is another now, it is computed anew.
    `content` is zlib of JSON {"keys": [...], "columns": {feature: [values]}}.
    """

    month = models.DateField(_("月份"), unique=True)
    features = models.JSONField(default=list)
    harms = models.JSONField(default=list)  # kinds that counted as harm
    form = models.PositiveIntegerField(default=1)
    content = models.BinaryField()
    computed_at = models.DateTimeField(_("计算时间"))

    class Meta:
        verbose_name = _("月度特征")
        ordering = ["month"]

    def __str__(self) -> str:
        return f"{self.month}"


class Backtest(models.Model):
    """A look back over all months the county has: how far it is, and its result."""

    class Status(models.TextChoices):
        """How far it is; whoever reads `RUNNING` looks again."""

        RUNNING = "running", _("回测中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("没有算完")

    asked_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("发起人")
    )
    asked_at = models.DateTimeField(_("时间"))
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.RUNNING)
    n_done = models.PositiveIntegerField(default=0)  # months
    n_all = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)  # see analytics.backtest

    class Meta:
        verbose_name = _("回测")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["status"], condition=Q(status="running"), name="one_backtest_runs"
            )
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"
