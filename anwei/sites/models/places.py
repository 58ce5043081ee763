"""Places that must be watched: key sites of an enterprise, and those that belong to none."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.org.models import SECTOR_CHOICES, Unit
from anwei.org.models.units import division_code, is_division_code
from anwei.org.responsibility import Subject
from anwei.org.scope import ScopeColumns, ScopedManager
from anwei.sites.models.enterprise import Enterprise
from anwei.sites.models.located import Datum, Located

__all__ = ["DangerousWork", "Datum", "ProjectParty", "Site"]


class Site(Located):
    """A place that is watched: a face, a tank farm, a dangerous road section, a shop, a building project.

    It lies where it lies (`territory`, `sector`), whosever it is: a project stands in another township than
    its contractor. `unit` is whose it is: the enterprise's own unit, or the body that keeps the place.
    """

    class Category(models.TextChoices):
        """Which kind of place; all stand in every coverage matrix."""

        KEY = "key", _("重点部位")
        ROAD = "road", _("隐患路段")
        NINE_SMALL = "nine_small", _("九小场所")
        SELF_BUILT = "self_built", _("自建房")
        PROJECT = "project", _("在建项目")

    category = models.CharField(
        _("场所类别"), max_length=12, choices=Category.choices, default=Category.KEY, db_index=True
    )
    enterprise = models.ForeignKey(
        Enterprise,
        on_delete=models.PROTECT,
        related_name="sites",
        null=True,
        blank=True,
        verbose_name=_("企业"),
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="sites", verbose_name=_("责任单位"))
    code = models.CharField(_("编号"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(
        _("类别"), max_length=40, blank=True
    )  # in the words of the trade: 罐区, 餐饮, 急弯陡坡
    territory = models.CharField(_("属地"), max_length=12, db_index=True, validators=[is_division_code])
    sector = models.CharField(_("行业"), max_length=20, choices=SECTOR_CHOICES, db_index=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    people = models.PositiveIntegerField(_("最多人数"), null=True, blank=True)
    owner = models.CharField(
        _("业主"), max_length=40, blank=True
    )  # of a shop or a house that is no enterprise
    owner_phone = models.CharField(_("业主电话"), max_length=20, blank=True)
    starts_on = models.DateField(_("开工日期"), null=True, blank=True)  # of a project
    ends_on = models.DateField(_("竣工日期"), null=True, blank=True)
    removed_on = models.DateField(_("撤销日期"), null=True, blank=True)  # no longer there; its past stays

    objects = ScopedManager()
    scope = ScopeColumns(territory="territory", sector="sector", enterprise="enterprise_id")

    class Meta(Located.Meta):
        verbose_name = _("场所")
        ordering = ["id"]
        constraints = [
            *Located.Meta.constraints,
            models.CheckConstraint(
                condition=Q(territory="") | division_code("territory"), name="site_has_a_division_code"
            ),
            models.CheckConstraint(
                condition=~Q(category="key") | Q(enterprise__isnull=False),
                name="key_site_belongs_to_an_enterprise",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *arguments: Any, **options: Any) -> None:
        """Save, with what was left out taken from the enterprise."""
        super(Site, self.completed()).save(*arguments, **options)

    def completed(self) -> Self:
        """Take unit, territory and sector from the enterprise, where they were left out."""
        if self.enterprise is not None:
            if self.unit_id is None:
                self.unit = self.enterprise.unit
            self.territory = self.territory or self.enterprise.unit.territory
            self.sector = self.sector or self.enterprise.sector
        return self

    @property
    def whose(self) -> str:
        """Whose it is, for people: the enterprise, the owner, or the body that keeps it."""
        return str(self.enterprise or self.owner or self.unit)

    def subject(self) -> Subject:
        """Return what is answered for at this place."""
        return Subject(str(self), self.territory, self.sector, self.unit, self.code)


class OfSite(models.Model):
    """Something that stands at a place and is seen by whoever sees the place."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, verbose_name=_("场所"))

    objects = ScopedManager()
    scope = ScopeColumns(territory="site__territory", sector="site__sector", enterprise="site__enterprise_id")

    class Meta:
        abstract = True

    def subject(self) -> Subject:
        """Return what is answered for: the place it stands at."""
        return self.site.subject()


class ProjectParty(OfSite):
    """One of the bodies that build (建设工程安全生产管理条例 art. 4): owner, contractor, supervisor."""

    class Role(models.TextChoices):
        """What a body does at a project."""

        OWNER = "owner", _("建设单位")
        CONTRACTOR = "contractor", _("总包单位")
        SUBCONTRACTOR = "subcontractor", _("分包单位")
        SUPERVISOR = "supervisor", _("监理单位")
        DESIGNER = "designer", _("设计单位")
        SURVEYOR = "surveyor", _("勘察单位")

    role = models.CharField(_("角色"), max_length=14, choices=Role.choices)
    name = models.CharField(_("单位名称"), max_length=120)
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    manager = models.CharField(_("项目负责人"), max_length=40, blank=True)
    phone = models.CharField(_("联系电话"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("参建单位")
        ordering = ["site", "id"]
        constraints = [
            models.UniqueConstraint(fields=["site", "role", "name"], name="party_once_a_site_and_role")
        ]

    def __str__(self) -> str:
        return self.name


class DangerousWork(OfSite):
    """A part of a project that is dangerous beyond a degree (危大工程, 住建部令第37号)."""

    name = models.CharField(_("危大工程"), max_length=120)
    beyond_scale = models.BooleanField(
        _("超过一定规模"), default=False
    )  # then experts must have judged the plan
    plan_approved_on = models.DateField(_("专项方案审批日期"), null=True, blank=True)
    experts_on = models.DateField(_("专家论证日期"), null=True, blank=True)
    accepted_on = models.DateField(_("验收日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("危大工程")
        ordering = ["site", "id"]
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="dangerous_work_once_a_site")]

    def __str__(self) -> str:
        return self.name
