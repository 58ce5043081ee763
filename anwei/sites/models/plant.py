"""What stands in a plant: equipment, processes, chemicals, the installations they make up, cameras."""

from __future__ import annotations

from dataclasses import replace

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.org.responsibility import Subject
from anwei.sites.models.papers import OfEnterprise
from anwei.sites.models.places import OfSite


class Equipment(OfEnterprise):
    """A piece of equipment that must be inspected (特种设备安全法 art. 40 and the like)."""

    code = models.CharField(_("设备编号"), max_length=40)
    name = models.CharField(_("设备名称"), max_length=80)
    kind = models.CharField(_("设备类别"), max_length=40, blank=True)  # 锅炉, 压力容器, 起重机械, 提升机
    registration = models.CharField(_("使用登记证号"), max_length=40, blank=True)
    inspected_on = models.DateField(_("检验日期"), null=True, blank=True)
    inspection_due_on = models.DateField(_("下次检验日期"), null=True, blank=True, db_index=True)
    in_use = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name = _("设备")
        ordering = ["inspection_due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "code"], name="equipment_once_an_enterprise")
        ]

    def __str__(self) -> str:
        return self.name

    def subject(self) -> Subject:
        """Return what is answered for: this piece, within its place."""
        return replace(super().subject(), name=str(self))


class Process(OfEnterprise):
    """A hazardous chemical process under special supervision (安监总管三〔2009〕116号, 〔2013〕3号)."""

    name = models.CharField(_("工艺名称"), max_length=80)
    regulated = models.CharField(
        _("重点监管工艺"), max_length=20, blank=True
    )  # its name in the two catalogues
    automated = models.BooleanField(_("自动化控制"), null=True, blank=True)
    interlocked = models.BooleanField(_("安全联锁（SIS）"), null=True, blank=True)

    class Meta:
        verbose_name = _("工艺")
        ordering = ["enterprise", "id"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "name"], name="process_once_an_enterprise")
        ]

    def __str__(self) -> str:
        return self.name


class Installation(OfEnterprise):
    """A unit of production or storage judged by GB 18218-2018: a major hazard installation where S >= 1."""

    class Kind(models.TextChoices):
        """Which kind of unit (GB 18218-2018, 3.5 and 3.6)."""

        PRODUCTION = "production", _("生产单元")
        STORAGE = "storage", _("储存单元")

    code = models.CharField(_("单元编号"), max_length=40, unique=True)
    name = models.CharField(_("单元名称"), max_length=80)
    kind = models.CharField(_("单元类型"), max_length=12, choices=Kind.choices)
    people_exposed = models.PositiveIntegerField(_("厂外 500 m 常住人数"), null=True, blank=True)
    record_number = models.CharField(_("备案编号"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("重大危险源单元")
        ordering = ["enterprise", "code"]

    def __str__(self) -> str:
        return self.name

    def subject(self) -> Subject:
        """Return what is answered for: this installation, by its own code."""
        return replace(super().subject(), name=str(self), site=self.code)


class Chemical(OfEnterprise):
    """A hazardous chemical of an enterprise with the most that may be there and the most that is."""

    installation = models.ForeignKey(
        Installation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="chemicals",
        verbose_name=_("所在单元"),
    )
    name = models.CharField(_("品名"), max_length=120)
    cas = models.CharField(_("CAS 号"), max_length=12, blank=True)
    ghs = models.CharField(_("危险性类别"), max_length=200, blank=True)  # classes of GB 30000, parted by 、
    category = models.CharField(_("辨识类别"), max_length=10, blank=True)  # code of GB 18218-2018 table 2
    design_t = models.DecimalField(
        _("设计最大量（吨）"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    actual_t = models.DecimalField(
        _("实际最大量（吨）"), max_digits=14, decimal_places=4, null=True, blank=True
    )

    class Meta:
        verbose_name = _("危险化学品")
        ordering = ["enterprise", "id"]
        constraints = [
            models.UniqueConstraint(fields=["installation", "name"], name="chemical_once_an_installation"),
            models.UniqueConstraint(
                fields=["enterprise", "name"],
                condition=Q(installation__isnull=True),
                name="chemical_once_outside_installations",
            ),
            models.CheckConstraint(
                condition=(Q(design_t__isnull=True) | Q(design_t__gte=0))
                & (Q(actual_t__isnull=True) | Q(actual_t__gte=0)),
                name="chemical_is_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Camera(OfSite):
    """A camera of a place: its address is kept here, its pictures come from the county's media server."""

    name = models.CharField(_("摄像头"), max_length=80)
    code = models.CharField(_("编码"), max_length=40, unique=True)  # GB/T 28181 code or the media server's
    stream_url = models.CharField(_("HLS 地址"), max_length=300, blank=True)
    snapshot_url = models.CharField(_("快照地址"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("摄像头")
        ordering = ["site", "id"]

    def __str__(self) -> str:
        return self.name
