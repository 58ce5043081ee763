"""What the sensors are, what their limits are, and when that was an alarm."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.cases.lifecycle import Phase
from anwei.cases.models import Case
from anwei.org.models import SECTOR_CHOICES, Person
from anwei.org.responsibility import Subject
from anwei.org.scope import ScopeColumns, ScopedManager
from anwei.sites.models import Enterprise, Site

LONGEST_PERIOD_S = 31 * 24 * 3600.0  # of a tag; whatever is slower is no monitoring
LONGEST_DELAY_S = 24 * 3600.0  # of a rule
DEVICE_CODE = RegexValidator(
    r"^[A-Za-z0-9_-]{1,64}$", _("设备编码只能用字母、数字、下划线和连字符，最长 64 位")
)


class Severity(models.TextChoices):
    """Colour of an alarm or warning: red is the most severe."""

    RED = "red", _("红色")
    ORANGE = "orange", _("橙色")
    YELLOW = "yellow", _("黄色")
    BLUE = "blue", _("蓝色")


class Device(models.Model):
    """Something that publishes with a key of its own; a gateway may speak for devices registered under it."""

    code = models.CharField(_("设备编码"), max_length=64, unique=True, validators=[DEVICE_CODE])
    name = models.CharField(_("名称"), max_length=80)
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="devices", verbose_name=_("企业")
    )
    site = models.ForeignKey(
        Site,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="devices",
        verbose_name=_("重点部位"),
    )
    gateway = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="members",
        verbose_name=_("所属网关"),
    )
    key_digest = models.CharField(max_length=64)  # SHA-256 of the random key; the key itself is shown once
    key_issued_at = models.DateTimeField(_("密钥签发时间"))
    revoked_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    registered_at = models.DateTimeField(_("登记时间"))

    objects = ScopedManager()
    scope = ScopeColumns(
        territory="enterprise__unit__territory", sector="enterprise__sector", enterprise="enterprise_id"
    )

    class Meta:
        verbose_name = _("设备")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    def subject(self) -> Subject:
        """Return what is answered for at this device: its site, else the enterprise."""
        return (self.site or self.enterprise).subject()


class Tag(models.Model):
    """One measured quantity (测点); its number is assigned here and never used again."""

    number = models.AutoField(_("编号"), primary_key=True)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="tags", verbose_name=_("设备"))
    code = models.CharField(_("测点编码"), max_length=64)
    name = models.CharField(_("名称"), max_length=80)
    quantity = models.CharField(_("监测量"), max_length=60, blank=True)
    unit = models.CharField(_("单位"), max_length=20, blank=True)
    decimals = models.PositiveSmallIntegerField(
        _("小数位"), default=2
    )  # values are rounded to it at the door
    period_s = models.FloatField(_("周期（秒）"), default=1.0)
    range_low = models.FloatField(_("量程下限"), null=True, blank=True)
    range_high = models.FloatField(_("量程上限"), null=True, blank=True)

    objects = ScopedManager()
    scope = ScopeColumns(
        territory="device__enterprise__unit__territory",
        sector="device__enterprise__sector",
        enterprise="device__enterprise_id",
    )

    class Meta:
        verbose_name = _("测点")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["device", "code"], name="tag_code_once_a_device"),
            models.CheckConstraint(
                condition=Q(period_s__gt=0, period_s__lte=LONGEST_PERIOD_S),
                name="period_within_a_month",
                violation_error_message=_("周期必须大于 0 秒，不超过 31 天。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def subject(self) -> Subject:
        """Return what is answered for at this tag: what its device is answered for."""
        return self.device.subject()


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


class Warning(Case):
    """预警: an alarm that a unit must answer; issued by the system for the county's duty post."""

    rule = models.ForeignKey(
        AlarmRule, on_delete=models.PROTECT, related_name="warnings", verbose_name=_("报警规则")
    )
    level = models.CharField(_("等级"), max_length=10, choices=Severity.choices)
    open_for_site = models.CharField(
        max_length=60, blank=True
    )  # "<rule>:<site or device>" while open, "" when closed
    cause = models.TextField(_("原因"), blank=True)
    measure = models.TextField(_("处置措施"), blank=True)
    finding = models.TextField(_("现场核查情况"), blank=True)

    class Meta:
        verbose_name = _("预警")
        constraints = [
            models.UniqueConstraint(
                fields=["open_for_site"],
                condition=~Q(open_for_site=""),
                name="one_open_warning_per_rule_and_site",
            )
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row; a closed warning gives its place free to the next one in the same statement."""
        if self.phase == Phase.CLOSED and self.open_for_site:
            self.open_for_site = ""
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "open_for_site"}
        super().save(*args, **kwargs)


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


class Position(models.Model):
    """How far a reader has read a numbered source; written in the same transaction as what it read."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.value}"
