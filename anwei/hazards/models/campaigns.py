"""What is to be inspected in a period (yearly plan, special campaign, key period), and who may inspect."""

from __future__ import annotations

from typing import Any, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anwei.org.models import Person, Unit
from anwei.org.models.units import PUBLIC_BODIES, division_code, is_division_code
from anwei.org.scope import (
    ScopeColumns,
    ScopedManager,
    ScopedQuerySet,
    grants,
    sees_the_county,
    standing,
)


def bodies_touched(person: Person, column: str) -> Q:
    """Return the condition that a territory (`column`) lies in or around where a person acts for a body."""
    touched = Q(pk__in=())
    for grant in grants(person):
        if grant.enterprise is None:
            around = [grant.territory[:n] for n in (6, 9, 12)]
            touched |= Q(**{f"{column}__startswith": grant.territory}) | Q(**{f"{column}__in": around})
    return touched


class BodiesQuerySet(ScopedQuerySet):
    """Rows of the public bodies' own business: no enterprise sees them, whatever it is named in."""

    def visible_to(self, person: Person) -> Self:
        """Return the rows whose territory lies in, or around, that of a public body where `person` acts."""
        return self.filter(bodies_touched(person, self.model.scope.territory))


class BodiesManager(ScopedManager[Any]):
    """Rows of the bodies, as `BodiesQuerySet` narrows them."""

    def get_queryset(self) -> BodiesQuerySet:
        """Return all of them."""
        return BodiesQuerySet(self.model, using=self._db)


class Campaign(models.Model):
    """A plan of inspections (安全生产法 art. 62) with its period, sectors, territory, checklist and target.

    `sectors` are codes, all where empty; `enterprises` are keys where they were chosen one by one.
    `items` are ids of the checklist, the sector's own where empty.
    """

    class Kind(models.TextChoices):
        """Why it is done."""

        YEARLY = "yearly", _("年度监督检查计划")
        SPECIAL = "special", _("专项行动")
        KEY_PERIOD = "key_period", _("重点时段")

    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices, db_index=True)
    name = models.CharField(_("名称"), max_length=120)
    starts_on = models.DateField(_("起始日期"))
    ends_on = models.DateField(_("截止日期"))
    sectors = models.JSONField(_("行业"), default=list, blank=True)
    enterprises = models.JSONField(_("逐家选定的企业"), default=list, blank=True)
    territory = models.CharField(_("属地"), max_length=12, db_index=True, validators=[is_division_code])
    organizer = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="campaigns", verbose_name=_("组织单位")
    )
    items = models.JSONField(_("检查项"), default=list, blank=True)
    target = models.PositiveIntegerField(_("检查家次目标"), validators=[MinValueValidator(1)])
    basis = models.CharField(_("依据文件"), max_length=200, blank=True)
    note = models.TextField(_("要求"), max_length=2000, blank=True)
    period = models.CharField(max_length=30, blank=True)  # of a key period: its code and year
    key = models.CharField(max_length=64, blank=True)  # of the form: sent twice, it opens one campaign
    opened_at = models.DateTimeField(_("部署时间"))
    opened_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("部署人")
    )
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    objects = BodiesManager()
    scope = ScopeColumns(territory="territory")

    class Meta:
        verbose_name = _("检查计划")
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="campaign_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=division_code("territory"), name="campaign_has_a_division_code"),
            models.CheckConstraint(condition=Q(target__gte=1), name="campaign_has_a_target"),
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="a_campaign_is_opened_once"),
            models.CheckConstraint(
                condition=Q(kind="key_period") & ~Q(period="") | ~Q(kind="key_period") & Q(period=""),
                name="a_key_period_and_no_other_campaign_names_its_period",
            ),
            models.UniqueConstraint(
                fields=["period", "territory"],
                condition=~Q(period=""),
                name="one_campaign_of_a_key_period_and_territory",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class InspectorQuerySet(ScopedQuerySet):
    """Certificates: a body keeps those of its own people, the county sees all."""

    def visible_to(self, person: Person) -> Self:
        """Return those of the public bodies where a person acts today, or of the whole county."""
        if sees_the_county(person):
            return self.filter(bodies_touched(person, "unit__territory"))
        own = [post.unit_id for post in standing(person).posts if post.unit.kind in PUBLIC_BODIES]
        return self.filter(unit__in=own)


class InspectorManager(ScopedManager[Any]):
    """Certificates, as `InspectorQuerySet` narrows them."""

    def get_queryset(self) -> InspectorQuerySet:
        """Return all of them."""
        return InspectorQuerySet(self.model, using=self._db)


class Inspector(models.Model):
    """A law enforcement certificate (行政执法证): who may inspect, under which number, until when."""

    person = models.OneToOneField(
        Person, on_delete=models.PROTECT, related_name="inspector", verbose_name=_("执法人员")
    )
    number = models.CharField(_("执法证号"), max_length=40, unique=True)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="inspectors", verbose_name=_("执法单位")
    )
    valid_until = models.DateField(_("有效期至"))

    objects = InspectorManager()
    scope = ScopeColumns(territory="unit__territory")

    class Meta:
        verbose_name = _("执法人员")
        ordering = ["unit", "id"]

    def __str__(self) -> str:
        return f"{self.person} {self.number}"
