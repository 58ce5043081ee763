"""What is watched: enterprises and their key sites (重点部位)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from anwei.org.models import SECTOR_CHOICES, Unit
from anwei.org.responsibility import Subject
from anwei.org.scope import ScopeColumns, ScopedManager


class Enterprise(models.Model):
    """An enterprise (生产经营单位); its unit carries the name and the territory that scope uses."""

    class Status(models.TextChoices):
        """Whether it produces; long-stopped enterprises leave every denominator."""

        PRODUCING = "producing", _("生产")
        STOPPED = "stopped", _("停产")
        LONG_STOPPED = "long_stopped", _("长期停产")
        BUILDING = "building", _("在建")
        CLOSED = "closed", _("关闭")

    unit = models.OneToOneField(
        Unit, on_delete=models.PROTECT, related_name="enterprise", verbose_name=_("单位")
    )
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    sector = models.CharField(_("行业"), max_length=20, choices=SECTOR_CHOICES, db_index=True)
    status = models.CharField(_("状态"), max_length=20, choices=Status.choices, default=Status.PRODUCING)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    longitude = models.FloatField(_("经度"), null=True, blank=True)  # degrees, CGCS2000
    latitude = models.FloatField(_("纬度"), null=True, blank=True)
    workers = models.PositiveIntegerField(_("从业人数"), null=True, blank=True)

    objects = ScopedManager()
    scope = ScopeColumns(territory="unit__territory", sector="sector", enterprise="id")

    class Meta:
        verbose_name = _("企业")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.unit)

    def subject(self) -> Subject:
        """Return what is answered for at this enterprise as a whole."""
        return Subject(str(self), self.unit.territory, self.sector, self.unit)


class Site(models.Model):
    """A key site (重点部位) of an enterprise: a face, a tank farm, a store, a pond."""

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="sites", verbose_name=_("企业")
    )
    code = models.CharField(_("编号"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类别"), max_length=40, blank=True)
    longitude = models.FloatField(_("经度"), null=True, blank=True)
    latitude = models.FloatField(_("纬度"), null=True, blank=True)

    objects = ScopedManager()
    scope = ScopeColumns(
        territory="enterprise__unit__territory", sector="enterprise__sector", enterprise="enterprise_id"
    )

    class Meta:
        verbose_name = _("重点部位")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    def subject(self) -> Subject:
        """Return what is answered for at this site."""
        unit = self.enterprise.unit
        return Subject(str(self), unit.territory, self.enterprise.sector, unit, self.code)
