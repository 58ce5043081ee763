"""The searches for hot spots, one a week and kind, frozen with what they counted."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from anwei.hazards.models.campaigns import BodiesManager, BodiesQuerySet, bodies_touched
from anwei.ledgers.models.sealed import AppendOnly
from anwei.org.models import Person
from anwei.org.roster import TOWNSHIP_DIGITS
from anwei.org.scope import ScopeColumns, grants


class HotSpotSearch(AppendOnly):
    """One search: places x weeks that had ended before `week` (a Monday), as they were counted then.

    `areas` [[code, name]], `counts` a row of numbers for each; what is entered later changes the next one.
    The places are townships, or enterprises with coordinates: those keys stand for codes.
    """

    class Kind(models.TextChoices):
        """What is counted."""

        HAZARDS = "hazards", _("隐患")
        ALARMS = "alarms", _("监测报警")
        TIP_OFFS = "tip_offs", _("群众举报的隐患")

    class Scale(models.TextChoices):
        """What is a place."""

        TOWNSHIPS = "townships", _("按乡镇")
        ENTERPRISES = "enterprises", _("按企业位置")

    week = models.DateField(_("周（周一）"))
    scale = models.CharField(_("范围"), max_length=12, choices=Scale.choices, default=Scale.TOWNSHIPS)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    first_week = models.DateField(_("起始周"))
    areas = models.JSONField(_("乡镇"))
    counts = models.JSONField(_("件数"))
    n_events = models.PositiveIntegerField(_("总件数"))
    computed_at = models.DateTimeField(_("计算时间"))

    class Meta:
        verbose_name = _("热点查找")
        ordering = ["-week", "kind", "scale"]
        constraints = [
            models.UniqueConstraint(
                fields=["week", "kind", "scale"], name="hot_spots_are_looked_for_once_a_week_and_scale"
            )
        ]

    def __str__(self) -> str:
        return f"{self.week} {self.get_kind_display()}"


class HotSpotQuerySet(BodiesQuerySet):
    """Hot spots; one over several townships belongs to each of them."""

    def visible_to(self, person: Person) -> Self:
        """Return those of which a person sees a place (`sight.sights`: the places in sight alone)."""
        touched = bodies_touched(person, "territory")
        for grant in grants(person):
            if grant.enterprise is None:
                touched |= Q(spelled__contains=f'"{grant.territory[:TOWNSHIP_DIGITS]}')
        return self.alias(spelled=Cast("territories", TextField())).filter(touched)


class HotSpotManager(BodiesManager):
    """Hot spots, as `HotSpotQuerySet` narrows them."""

    def get_queryset(self) -> HotSpotQuerySet:
        """Return all of them."""
        return HotSpotQuerySet(self.model, using=self._db)


class HotSpot(AppendOnly):
    """Neighbouring places that had more than their share from one day to another; never changed.

    `areas` [[code, name, count]], of hazards with the visits behind the count; `villages` likewise where
    the rows say the village; `territory` is the one of the place with the most, `territories` those of all.
    Around enterprises it has a `radius` in metres. `p` is corrected for all windows that were looked at.
    `words` name no place: who sees which is told by `sight`.
    """

    search = models.ForeignKey(HotSpotSearch, on_delete=models.PROTECT, related_name="spots")
    territory = models.CharField(_("属地"), max_length=12, db_index=True)
    territories = models.JSONField(_("所涉属地"), default=list)
    areas = models.JSONField(_("乡镇"))
    villages = models.JSONField(_("村（社区）"), default=list)
    since = models.DateField(_("起始日期"))
    until = models.DateField(_("截止日期"))
    observed = models.PositiveIntegerField(_("件数"))
    expected = models.FloatField(_("应有件数"))
    p = models.FloatField(_("偶然出现的可能"))
    level = models.CharField(_("把握"), max_length=8)
    words = models.CharField(_("说明"), max_length=200)
    longitude = models.FloatField(_("经度"), null=True)
    latitude = models.FloatField(_("纬度"), null=True)
    radius = models.PositiveIntegerField(_("半径（米）"), null=True)

    objects = HotSpotManager()
    scope = ScopeColumns(territory="territory")

    class Meta:
        verbose_name = _("热点")
        ordering = ["-search__week", "p", "pk"]

    def __str__(self) -> str:
        return self.words
