"""What the limits are, and how grave it is to pass them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.monitoring.models.devices import Device, Tag
from anwei.org.scope import ScopeColumns, ScopedManager
from anwei.sites.models import Enterprise

LONGEST_DELAY_S = 24 * 3600.0  # of a rule


class Severity(models.TextChoices):
    """Colour of an alarm or warning: red is the most severe."""

    RED = "red", _("红色")
    ORANGE = "orange", _("橙色")
    YELLOW = "yellow", _("黄色")
    BLUE = "blue", _("蓝色")


class AlarmRule(models.Model):
    """One tag x one limit, or one device x silence."""

    class Kind(models.TextChoices):
        """What is watched; the order is the order of the engine's rows (anwei.monitoring.stream.alarm)."""

        HH = "hh", _("高高限")
        H = "h", _("高限")
        L = "l", _("低限")
        LL = "ll", _("低低限")
        RATE = "rate", _("变化率")
        NO_DATA = "no_data", _("无数据")
        BAD = "bad", _("数据异常")

    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, null=True, blank=True, related_name="rules")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, blank=True, related_name="rules")
    kind = models.CharField(_("类型"), max_length=10, choices=Kind.choices)
    limit = models.FloatField(_("限值"), null=True, blank=True)  # in the tag's unit; for RATE per minute
    deadband = models.FloatField(_("回差"), default=0.0)
    on_delay_s = models.FloatField(_("报警延时（秒）"), default=0.0)
    off_delay_s = models.FloatField(_("恢复延时（秒）"), default=0.0)
    severity = models.CharField(_("等级"), max_length=10, choices=Severity.choices)
    action = models.CharField(_("应采取的措施"), max_length=120, blank=True)
    citation = models.CharField(
        _("依据"), max_length=120, blank=True
    )  # "" = no clause: "无条款，可改" on screen
    opens_warning = models.BooleanField(_("自动发出预警"), default=False)
    enabled = models.BooleanField(_("启用"), default=True)

    objects = ScopedManager()
    scope = ScopeColumns(
        territory="enterprise__unit__territory", sector="enterprise__sector", enterprise="enterprise_id"
    )
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("报警规则")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tag", "kind"], condition=Q(tag__isnull=False), name="rule_once_a_tag"
            ),
            models.UniqueConstraint(
                fields=["device", "kind"], condition=Q(device__isnull=False), name="rule_once_a_device"
            ),
            models.CheckConstraint(
                condition=Q(tag__isnull=False, device__isnull=True)
                | Q(tag__isnull=True, device__isnull=False, kind="no_data"),
                name="rule_watches_a_tag_or_a_silent_device",
            ),
            models.CheckConstraint(
                condition=Q(limit__isnull=False) | Q(kind__in=["no_data", "bad"]),
                name="a_limit_rule_has_a_limit",
            ),
            models.CheckConstraint(
                condition=Q(deadband__gte=0)
                & Q(on_delay_s__gte=0, on_delay_s__lte=LONGEST_DELAY_S)
                & Q(off_delay_s__gte=0, off_delay_s__lte=LONGEST_DELAY_S),
                name="delays_within_a_day",
                violation_error_message=_("回差和延时不能为负数，延时不超过 24 小时。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tag or self.device} {self.get_kind_display()}"

    @property
    def watched_device(self) -> Device:
        """The device of the tag, or the device whose silence is watched."""
        device = self.tag.device if self.tag else self.device
        if device is None:
            raise ValueError("a saved rule watches a tag or a device")
        return device
