"""What measures: devices and their tags."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.org.responsibility import Subject
from anwei.org.scope import ScopeColumns, ScopedManager
from anwei.sites.models import Enterprise, Site

LONGEST_PERIOD_S = 31 * 24 * 3600.0  # of a tag; whatever is slower is no monitoring
DEVICE_CODE = RegexValidator(
    r"^[A-Za-z0-9_-]{1,64}$", _("设备编码只能用字母、数字、下划线和连字符，最长 64 位")
)


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
    important = models.BooleanField(_("重点测点"), default=False)  # early warning looks back far

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

    @property
    def is_watched(self) -> bool:
        """Whether a rule is in force and the device in service: then the early warning looks at it."""
        return self.device.revoked_at is None and any(rule.enabled for rule in self.rules.all())

    def subject(self) -> Subject:
        """Return what is answered for at this tag: what its device is answered for."""
        return self.device.subject()
