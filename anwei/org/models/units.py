"""Territories and organisations; which department answers for which sector."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from anwei.org.scope import ScopeColumns, ScopedManager
from anwei.standards.sectors import sectors

SECTOR_CHOICES = [(sector.code, _(sector.name)) for sector in sectors().values()]


class Territory(models.Model):
    """An administrative division; the code is a prefix code (county 6, township 9, village 12 digits)."""

    code = models.CharField(_("区划代码"), max_length=12, primary_key=True)
    name = models.CharField(_("名称"), max_length=60)
    boundary = models.JSONField(_("边界"), null=True, blank=True)  # GeoJSON geometry, CGCS2000

    class Meta:
        verbose_name = _("属地")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """An organisation: government body, township, department or enterprise."""

    class Kind(models.TextChoices):
        """What kind of body a unit is."""

        PARTY = "party", _("党委")
        GOVERNMENT = "government", _("政府")
        COMMITTEE = "committee", _("安委会")
        COMMITTEE_OFFICE = "committee_office", _("安委办")
        DEPARTMENT = "department", _("部门")
        TOWNSHIP = "township", _("乡镇街道")
        VILLAGE = "village", _("村社区")
        ENTERPRISE = "enterprise", _("企业")

    kind = models.CharField(_("类别"), max_length=20, choices=Kind.choices)
    name = models.CharField(_("名称"), max_length=120, unique=True)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    territory = models.CharField(_("属地"), max_length=12, db_index=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("上级单位")
    )

    objects = ScopedManager()
    scope = ScopeColumns(territory="territory", enterprise="enterprise__id")

    class Meta:
        verbose_name = _("单位")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.short_name or self.name


class SectorDuty(models.Model):
    """A department answers for a sector, leading or jointly (三管三必须; 安全生产法 art. 10)."""

    sector = models.CharField(_("行业"), max_length=20, choices=SECTOR_CHOICES)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="sector_duties", verbose_name=_("部门")
    )
    lead = models.BooleanField(_("牵头"), default=True)

    class Meta:
        verbose_name = _("行业监管分工")
        constraints = [models.UniqueConstraint(fields=["sector", "unit"], name="duty_once_a_sector_and_unit")]

    def __str__(self) -> str:
        return f"{self.get_sector_display()} {self.unit}"
