"""Territories and organisations; which department answers for which sector."""

from __future__ import annotations

from datetime import date

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from anwei.org.models.periods import Confidence, PeriodQuerySet, ends_after_it_starts
from anwei.org.scope import ScopeColumns, ScopedManager
from anwei.standards.sectors import sectors

SECTOR_CHOICES = [(sector.code, _(sector.name)) for sector in sectors().values()]
is_division_code = RegexValidator(r"\A(?:\d{6}|\d{9}|\d{12})\Z", _("区划代码是 6、9 或 12 位数字。"))


def division_code(column: str) -> Q:
    """Return the condition that a column holds a division code: 6, 9 or 12 digits (县、乡、村).

    Spelt with TRIM, which both databases know by itself, so that the rule also binds writers without Django.
    """
    digits_only = Exact(Func(F(column), Value("0123456789"), function="TRIM"), Value(""))
    length = Func(F(column), function="LENGTH", output_field=models.IntegerField())
    lengths = Q(Exact(length, Value(6))) | Q(Exact(length, Value(9))) | Q(Exact(length, Value(12)))
    return Q(digits_only) & lengths


class Territory(models.Model):
    """An administrative division; the code is a prefix code (county 6, township 9, village 12 digits)."""

    code = models.CharField(_("区划代码"), max_length=12, primary_key=True, validators=[is_division_code])
    name = models.CharField(_("名称"), max_length=60)
    boundary = models.JSONField(_("边界"), null=True, blank=True)  # GeoJSON geometry, CGCS2000

    class Meta:
        verbose_name = _("属地")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=division_code("code"), name="territory_has_a_division_code")
        ]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """An organisation: public body down to village and grid, enterprise or a part of one."""

    class Kind(models.TextChoices):
        """What kind of body a unit is."""

        PARTY = "party", _("党委")
        GOVERNMENT = "government", _("政府")
        COMMITTEE = "committee", _("安委会")
        COMMITTEE_OFFICE = "committee_office", _("安委办")
        DEPARTMENT = "department", _("部门")
        TOWNSHIP = "township", _("乡镇街道")
        VILLAGE = "village", _("村社区")
        GRID = "grid", _("网格")
        ENTERPRISE = "enterprise", _("企业")
        ENTERPRISE_DEPARTMENT = "enterprise_part", _("企业内设部门")

    kind = models.CharField(_("类别"), max_length=20, choices=Kind.choices)
    name = models.CharField(_("名称"), max_length=120, unique=True)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    territory = models.CharField(_("属地"), max_length=12, db_index=True, validators=[is_division_code])
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级单位"),
    )
    duty_phone = models.CharField(_("值班电话"), max_length=20, blank=True, default="")  # of the body's desk
    closed_on = models.DateField(_("撤销日期"), null=True, blank=True)  # since then it is no more

    objects = ScopedManager()
    scope = ScopeColumns(
        territory="territory",
        sector=("enterprise__sector", "enterprise__second_sector"),
        enterprise="enterprise__id",
    )

    class Meta:
        verbose_name = _("单位")
        ordering = ["id"]
        constraints = [
            # a unit whose territory nobody knows yet ("") sees nothing and stands in the list of gaps
            models.CheckConstraint(
                condition=Q(territory="") | division_code("territory"), name="unit_has_a_division_code"
            ),
            models.CheckConstraint(
                condition=~Q(kind="enterprise_part") | Q(parent__isnull=False),
                name="enterprise_part_has_an_enterprise",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    @property
    def whole(self) -> Unit:
        """The enterprise, where the unit is a department of one; else the unit itself."""
        return self.parent if self.kind == self.Kind.ENTERPRISE_DEPARTMENT and self.parent else self


REGULATING = frozenset({Unit.Kind.DEPARTMENT, Unit.Kind.TOWNSHIP})
"""Who supervises places: 负有安全生产监督管理职责的部门, 乡镇街道 (安全生产法 第10、9条)."""
PUBLIC_BODIES = frozenset(Unit.Kind) - {Unit.Kind.ENTERPRISE, Unit.Kind.ENTERPRISE_DEPARTMENT}


class SectorDuty(models.Model):
    """A department answers for a sector, leading or jointly, from a day to a day (安全生产法 art. 10).

    The initial values come from standards/data/regulators.csv and say so by their confidence.
    """

    sector = models.CharField(_("行业"), max_length=20, choices=SECTOR_CHOICES)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="sector_duties", verbose_name=_("部门")
    )
    lead = models.BooleanField(_("牵头"), default=True)
    from_on = models.DateField(_("起始日期"), null=True, blank=True)  # empty: nobody wrote down since when
    to_on = models.DateField(_("截止日期"), null=True, blank=True)  # the last day
    document = models.CharField(_("依据文件"), max_length=120, blank=True)  # the county's own 分工 document
    confidence = models.CharField(
        _("可信度"), max_length=10, choices=Confidence.choices, default=Confidence.MEMORY
    )

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("行业监管分工")
        constraints = [
            models.UniqueConstraint(
                fields=["sector", "unit"],
                condition=Q(to_on__isnull=True),
                name="duty_once_a_sector_and_unit",
            ),
            models.CheckConstraint(condition=ends_after_it_starts(), name="sector_duty_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.get_sector_display()} {self.unit}"

    def is_in_force(self, day: date) -> bool:
        """Say whether the department answers for the sector on a day."""
        begun = self.from_on is None or self.from_on <= day
        return begun and (self.to_on is None or self.to_on >= day)
