"""An accident: what happened where and when, whom it hurt, what it cost, and what others can learn of it."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from typing import Any, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.org.models import SECTOR_CHOICES, Person
from anwei.org.scope import ScopeColumns, ScopedManager, ScopedQuerySet, grants
from anwei.sites.models import Enterprise, Site
from anwei.standards.accidents import accident_grades, industries, type_labels, type_name
from anwei.standards.calendar import COUNTY_TIME

TYPES = list(type_labels().items())
GRADES = [(one.code, _(one.name)) for one in accident_grades().values()]
INDUSTRIES = [(code, _(name)) for code, name in industries().items()]
MIDNIGHT = "00:00"


class Source(models.TextChoices):
    """Whose accident it is: the county's own, or one elsewhere that is read for its lessons."""

    OWN = "own", _("本县")
    ELSEWHERE = "elsewhere", _("外地")


class Facts(models.TextChoices):
    """How far the facts are established."""

    QUICK = "quick", _("快报")
    VERIFIED = "verified", _("核定")


class AccidentQuerySet(ScopedQuerySet):
    """Accidents; one elsewhere belongs to nobody's scope and is there for everybody's lessons."""

    def visible_to(self, person: Person) -> Self:
        """Return the rows that `person` may see, with those elsewhere for whoever sees anything."""
        seen = super().visible_to(person)
        return seen | self.filter(source=Source.ELSEWHERE) if grants(person) else seen


class AccidentManager(ScopedManager[Any]):
    """Accidents, as `AccidentQuerySet` narrows them."""

    def get_queryset(self) -> AccidentQuerySet:
        """Return all of them."""
        return AccidentQuerySet(self.model, using=self._db)


class Accident(models.Model):
    """事故 (SG…): one line of the ledger of accidents.

    `grade` follows from the counts by 国务院令第493号 art. 3 (`services.accidents` writes both together),
    `type` keeps the code of the scheme it was given by. Only what is the county's own and of production
    counts in statistics; a death counts that comes within 30 days (7 in road traffic and fires, art. 13).
    """

    number = models.CharField(_("事故编号"), max_length=30, unique=True)
    source = models.CharField(_("事故来源"), max_length=10, choices=Source.choices, default=Source.OWN)
    source_name = models.CharField(_("来源名称"), max_length=120, blank=True)
    source_url = models.URLField(_("来源网址"), max_length=300, blank=True)
    happened_on = models.DateField(_("发生日期"), db_index=True)
    happened_time = models.CharField(_("发生时间"), max_length=5, blank=True)  # "14:30", the county's clock
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("企业")
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("重点部位")
    )
    unit_name = models.CharField(_("事故单位"), max_length=120, blank=True)
    place = models.CharField(_("事故地点"), max_length=200)
    territory = models.CharField(_("属地"), max_length=12, blank=True, db_index=True)
    sector = models.CharField(_("行业"), max_length=20, choices=SECTOR_CHOICES, blank=True)
    industry = models.CharField(_("统计行业"), max_length=16, choices=INDUSTRIES, blank=True)
    type = models.CharField(_("事故类型"), max_length=10, choices=TYPES)
    deaths = models.PositiveIntegerField(_("死亡人数"), default=0)
    serious_injuries = models.PositiveIntegerField(_("重伤人数"), default=0)
    minor_injuries = models.PositiveIntegerField(_("轻伤人数"), default=0)
    missing = models.PositiveIntegerField(_("下落不明人数"), default=0)
    loss = models.DecimalField(
        _("直接经济损失（万元）"),
        max_digits=16,
        decimal_places=4,  # of 万元: to the yuan
        default=Decimal(0),
        validators=[MinValueValidator(0)],
    )
    grade = models.CharField(_("事故等级"), max_length=14, choices=GRADES)
    of_production = models.BooleanField(_("生产安全事故"), default=True)
    facts = models.CharField(_("数据状态"), max_length=10, choices=Facts.choices, default=Facts.QUICK)
    chemicals = models.CharField(_("涉及危险化学品"), max_length=200, blank=True)
    equipment = models.CharField(_("涉及设备设施"), max_length=200, blank=True)
    process = models.CharField(_("涉及工艺、作业"), max_length=200, blank=True)
    criterion = models.CharField(_("对应重大隐患判据"), max_length=30, blank=True)
    conditions = models.CharField(_("其他条件"), max_length=300, blank=True)
    cause = models.TextField(_("事故原因"), max_length=2000, blank=True)
    lessons = models.TextField(_("教训和措施"), max_length=2000, blank=True)

    objects = AccidentManager()
    scope = ScopeColumns(territory="territory", sector="sector", enterprise="enterprise_id")

    class Meta:
        verbose_name = _("事故")
        ordering = ["-happened_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source="own") & ~Q(territory="")
                | Q(source="elsewhere", territory="", enterprise__isnull=True, site__isnull=True)
                & ~Q(source_name=""),
                name="an_accident_is_ours_by_place_or_elsewhere_by_source",
            ),
            models.CheckConstraint(condition=Q(loss__gte=0), name="an_accident_costs_nothing_or_more"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.whose} {self.type_name}"

    @property
    def type_name(self) -> str:
        """The type as papers and pages call it, whichever standard it is of."""
        return type_name(self.type)

    @property
    def whose(self) -> str:
        """Whose accident it is, for people."""
        return self.unit_name or self.place

    @property
    def counts(self) -> bool:
        """Whether it stands in the county's statistics."""
        return self.source == Source.OWN and self.of_production

    @property
    def happened_at(self) -> datetime:
        """The moment; midnight of the day where the time is not known."""
        return datetime.combine(
            self.happened_on, time.fromisoformat(self.happened_time or MIDNIGHT), COUNTY_TIME
        )
